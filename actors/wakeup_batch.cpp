#include "actors/wakeup_batch.hpp"

#include <caf/all.hpp>

#include <utility>

namespace alleycat {

namespace {

/// A job of the scheduler that runs others.
class bundle : public caf::resumable, public caf::ref_counted {
public:
  explicit bundle(std::vector<caf::resumable*> jobs) : jobs_{std::move(jobs)} {}
  ~bundle() override {
    for (auto* const job : jobs_)
      caf::intrusive_ptr_release(job);
  }

  resume_result resume(caf::execution_unit* context, std::size_t max_throughput) override {
    for (auto* const job : std::exchange(jobs_, {}))
      if (job->resume(context, max_throughput) == resume_later)
        context->exec_later(job);
      else
        caf::intrusive_ptr_release(job);
    return done;
  }
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }

private:
  std::vector<caf::resumable*> jobs_; ///< with a reference each
};

} // namespace

wakeup_batch::wakeup_batch(caf::execution_unit& context) : caf::execution_unit{context}, context_{context} {
  woken_.reserve(bundle_size);
}

wakeup_batch::~wakeup_batch() {
  hand_over();
}

void wakeup_batch::exec_later(caf::resumable* woken) {
  woken_.push_back(woken);
  if (woken_.size() == bundle_size)
    hand_over();
}

void wakeup_batch::hand_over() {
  if (!woken_.empty())
    context_.exec_later(new bundle{std::exchange(woken_, {})});
}

} // namespace alleycat

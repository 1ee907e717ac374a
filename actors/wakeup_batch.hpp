/// Many actors, one wake-up.
#pragma once

#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>
#include <caf/resumable.hpp>

#include <vector>

namespace alleycat {

/// To be given to `enqueue` in place of an actor's own context: collects the idle actors that messages wake, and hands them to
/// the scheduler in bundles. A worker runs a bundle one after the other. Each alone would cost a lock of the job queue and
/// mostly the waking of a thread, about 0.5 us, several times what a short handler takes.
class wakeup_batch : public caf::execution_unit {
public:
  /// Actors in a bundle: few enough that several workers share a thousand.
  static constexpr std::size_t bundle_size = 250;

  /// @param context  of the actor that sends; outlives this
  explicit wakeup_batch(caf::execution_unit& context);
  wakeup_batch(const wakeup_batch&) = delete;
  wakeup_batch& operator=(const wakeup_batch&) = delete;
  ~wakeup_batch() override;

  void exec_later(caf::resumable* woken) override;

private:
  void hand_over();

  caf::execution_unit& context_;
  std::vector<caf::resumable*> woken_; ///< with a reference each
};

} // namespace alleycat

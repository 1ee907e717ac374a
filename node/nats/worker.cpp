#include "node/nats/worker.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

worker::~worker() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void worker::later(std::chrono::milliseconds pause, job todo) {
  const std::lock_guard lock{mutex_};
  const auto due = clock::now() + pause;
  const auto at =
      std::upper_bound(jobs_.begin(), jobs_.end(), due, [](auto time, const auto& entry) { return time < entry.due; });
  jobs_.insert(at, {due, std::move(todo)});
  changed_.notify_all();
}

void worker::work() {
  auto next_repeat = repeated_ ? clock::now() : clock::time_point::max();
  for (;;) {
    job todo;
    {
      std::unique_lock lock{mutex_};
      for (;;) {
        if (stopping_ && jobs_.empty())
          return;
        const auto now = clock::now();
        if (!jobs_.empty() && (stopping_ || jobs_.front().due <= now)) {
          todo = std::move(jobs_.front().todo);
          jobs_.pop_front();
          break;
        }
        if (!stopping_ && next_repeat <= now)
          break;
        auto until = next_repeat;
        if (!jobs_.empty())
          until = std::min(until, jobs_.front().due);
        if (until == clock::time_point::max())
          changed_.wait(lock);
        else
          changed_.wait_until(lock, until);
      }
    }
    if (todo) {
      todo();
    } else {
      repeated_();
      next_repeat = clock::now() + interval_;
    }
  }
}

} // namespace alleycat

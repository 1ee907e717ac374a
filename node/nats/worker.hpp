/// A thread for what blocks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace alleycat {

/// Runs jobs one after the other, in the order they were given; between them, at an interval, one that repeats. Jobs that
/// wait are still run at the end. Thread safe.
class worker {
public:
  using job = std::function<void()>;

  worker() : thread_{[this] { work(); }} {}
  /// @param repeated  the first time at once
  worker(std::chrono::milliseconds interval, job repeated)
      : interval_{interval}, repeated_{std::move(repeated)}, thread_{[this] { work(); }} {}
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void later(job todo) { later(std::chrono::milliseconds{0}, std::move(todo)); }
  /// Not before the pause is over; at the end at once.
  void later(std::chrono::milliseconds pause, job todo);

private:
  using clock = std::chrono::steady_clock;
  struct waiting_job {
    clock::time_point due;
    job todo;
  };

  void work();

  std::mutex mutex_; ///< guards what follows
  std::condition_variable changed_;
  std::deque<waiting_job> jobs_; ///< by time
  bool stopping_ = false;

  std::chrono::milliseconds interval_{0};
  job repeated_;
  std::thread thread_; ///< last: uses the rest
};

} // namespace alleycat

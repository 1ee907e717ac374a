#include "node/ports/event_outbox.hpp"

#include <chrono>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_waiting = 256;
constexpr auto round_trip_deadline = 2s;
constexpr std::chrono::milliseconds pause{250};

} // namespace

void event_outbox::add(std::string subject, std::string json) {
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() == most_waiting) {
      waiting_.pop_front();
      ++first_;
      dropped_.add();
    }
    waiting_.push_back({std::move(subject), std::move(json)});
    if (std::exchange(scheduled_, true))
      return;
  }
  sending_.later([this] { send(); });
}

void event_outbox::send() {
  std::deque<event> batch;
  std::uint64_t end = 0;
  {
    const std::lock_guard lock{mutex_};
    batch = waiting_;
    end = first_ + waiting_.size();
  }
  auto next = pause;
  // What a broken connection would keep for later could come twice.
  if (connection_.connected() || ending_) {
    for (const auto& each : batch)
      connection_.publish(each.subject.c_str(), each.json);
    if (ending_ || connection_.answers(round_trip_deadline)) {
      const std::lock_guard lock{mutex_};
      for (; first_ < end; ++first_)
        waiting_.pop_front();
      scheduled_ = !waiting_.empty();
      if (!scheduled_)
        return;
      next = 0ms;
    }
  }
  sending_.later(next, [this] { send(); });
}

} // namespace alleycat

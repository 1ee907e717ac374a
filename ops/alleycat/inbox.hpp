/// Messages handed from the threads of the NATS client to the one that shows them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace alleycat::cli {

struct inbox_message {
  std::string subject;
  std::string payload;
};

/// Keeps the latest `capacity` messages: who is slow to show them misses the oldest, which newer ones replace anyway.
class inbox {
public:
  static constexpr std::size_t capacity = 1024;

  void put(std::string_view subject, std::string_view payload) {
    {
      const std::lock_guard lock{mutex_};
      if (messages_.size() == capacity) {
        messages_.pop_front();
      }
      messages_.push_back({std::string{subject}, std::string{payload}});
    }
    filled_.notify_one();
  }

  /// Everything that is there; waits for a first message at most this long.
  std::vector<inbox_message> take(std::chrono::milliseconds longest) {
    std::unique_lock lock{mutex_};
    filled_.wait_for(lock, longest, [this] { return !messages_.empty(); });
    std::vector<inbox_message> out{std::make_move_iterator(messages_.begin()),
                                   std::make_move_iterator(messages_.end())};
    messages_.clear();
    return out;
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<inbox_message> messages_;
};

} // namespace alleycat::cli

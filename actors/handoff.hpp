/// From a foreign thread into an actor: many items, one wake-up.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace alleycat {

/// A bounded inbox beside an actor's mailbox. Waking an idle actor costs about 1 us whatever the message, so a NATS thread
/// puts its items here and wakes the actor only when it finds the inbox empty; the actor takes them all at once.
/// Any number of writers, one reader.
template <class T>
class handoff {
public:
  enum class outcome {
    wake, ///< taken; the inbox was empty: the writer must wake the reader
    more, ///< taken; the reader has been woken already
    full, ///< not taken: the reader is `capacity` items behind
  };

  explicit handoff(std::size_t capacity) : capacity_{capacity} {}

  /// @param item  moved from, unless the outcome is `full`
  outcome push(T& item) {
    const std::lock_guard lock{mutex_};
    if (items_.size() >= capacity_)
      return outcome::full;
    items_.push_back(std::move(item));
    return items_.size() == 1 ? outcome::wake : outcome::more;
  }

  /// Everything since the last call, in order. `into` must be empty; its memory goes back to the inbox.
  void take(std::vector<T>& into) {
    const std::lock_guard lock{mutex_};
    items_.swap(into);
  }

private:
  std::mutex mutex_;
  std::size_t capacity_;
  std::vector<T> items_;
};

/// Puts an item into an inbox and wakes its reader where needed; waits while the inbox is full and somebody is `alive()`.
template <class T>
void push_when_room(handoff<T>& into, T item, const std::function<void()>& wake, const std::function<bool()>& alive) {
  for (;;) {
    const auto outcome = into.push(item);
    if (outcome == handoff<T>::outcome::wake)
      wake();
    if (outcome != handoff<T>::outcome::full || !alive())
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

} // namespace alleycat

/// From a foreign thread into an actor: many items, one wake-up.
#pragma once

#include <cstddef>
#include <mutex>
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

} // namespace alleycat

/// What may be on its way to one peer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace alleycat {

/// CAF queues without bound what a connection does not take, a stopped peer's too: so whoever wants to ask passes here
/// first. Counts questions that have no answer yet and bytes that the peer has not confirmed; an answer that comes too late
/// ends the former, never the latter. Thread safe.
class peer_door {
public:
  /// Questions without an answer.
  static constexpr std::size_t most_questions = 256;
  /// Unconfirmed bytes, by `peer_cost`.
  static constexpr std::uint64_t most_bytes = 4 * 1024 * 1024;

  enum class entry : std::uint8_t {
    admitted, ///< must be followed by `leave`
    closed,   ///< no link
    full,
  };

  entry enter(std::size_t cost) {
    const std::lock_guard lock{mutex_};
    if (!open_)
      return entry::closed;
    if (questions_ >= most_questions || sent_ - confirmed_ + cost > most_bytes) {
      ++turned_away_;
      return entry::full;
    }
    ++questions_;
    sent_ += cost;
    return entry::admitted;
  }

  /// A question has its answer, or will not get one.
  void leave() {
    const std::lock_guard lock{mutex_};
    --questions_;
  }

  /// Small messages of the link itself pass at any time, but count.
  void count(std::size_t cost) {
    const std::lock_guard lock{mutex_};
    sent_ += cost;
  }

  /// @param total  what the peer has received since the link opened; an absurd one is taken for all that was sent
  void confirm(std::uint64_t total) {
    const std::lock_guard lock{mutex_};
    if (total > confirmed_)
      confirmed_ = total < sent_ ? total : sent_;
  }

  /// A new connection: nothing is on its way.
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    sent_ = confirmed_ = 0;
  }

  void close() {
    const std::lock_guard lock{mutex_};
    open_ = false;
    sent_ = confirmed_ = 0;
  }

  bool is_open() const {
    const std::lock_guard lock{mutex_};
    return open_;
  }
  std::size_t questions() const {
    const std::lock_guard lock{mutex_};
    return questions_;
  }
  std::uint64_t unconfirmed() const {
    const std::lock_guard lock{mutex_};
    return sent_ - confirmed_;
  }
  /// Questions refused because it was full.
  std::uint64_t turned_away() const {
    const std::lock_guard lock{mutex_};
    return turned_away_;
  }

private:
  mutable std::mutex mutex_;
  bool open_ = false;
  std::size_t questions_ = 0;
  std::uint64_t sent_ = 0; ///< since the link opened
  std::uint64_t confirmed_ = 0;
  std::uint64_t turned_away_ = 0;
};

} // namespace alleycat

/// What went to and came from each peer.
#pragma once

#include "node/peers/handler.hpp"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace alleycat {

/// Bodies only; CAF's frames and heartbeats are not counted. Grow for ever.
struct peer_counters {
  std::atomic<std::uint64_t> messages_in{0};
  std::atomic<std::uint64_t> messages_out{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
  std::atomic<std::uint64_t> refused{0};   ///< messages of this peer that were not taken
  std::atomic<std::uint64_t> connected{0}; ///< how often the link to it came up

  void in(std::size_t bytes) {
    messages_in.fetch_add(1, std::memory_order_relaxed);
    bytes_in.fetch_add(bytes, std::memory_order_relaxed);
  }
  void out(std::size_t bytes) {
    messages_out.fetch_add(1, std::memory_order_relaxed);
    bytes_out.fetch_add(bytes, std::memory_order_relaxed);
  }
};

/// Counters by node, and of what was refused by reason. Thread safe.
class peer_book {
public:
  /// Names that are kept apart; further ones are counted together, under an empty name.
  static constexpr std::size_t most_names = 256;

  std::shared_ptr<peer_counters> of(const std::string& node);
  void refused(peer_fault why) { refused_[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t refusals(peer_fault why) const { return refused_[static_cast<std::size_t>(why)].load(); }

  std::vector<std::pair<std::string, std::shared_ptr<const peer_counters>>> all() const;

private:
  mutable std::mutex mutex_; ///< guards `by_name_`
  std::map<std::string, std::shared_ptr<peer_counters>> by_name_;
  std::array<std::atomic<std::uint64_t>, peer_faults> refused_{};
};

} // namespace alleycat

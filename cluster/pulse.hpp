/// A node's own heartbeats: when the next is due, and whether they come back.
///
/// That an own heartbeat came back through the watch says more than a confirmation of its writing: it is stored, and the
/// watch by which we observe others works. So silence of others counts only while the own heartbeats come back.
#pragma once

#include "cluster/timing.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace alleycat {

class pulse {
public:
  explicit pulse(const cluster_timing& timing) : timing_{timing} {}

  bool due(steady_time now) const { return !last_sent_ || now - *last_sent_ >= timing_.beat; }
  /// @pre `now` is not before that of the last one
  /// @returns the counter of the heartbeat that goes out now: 1, 2, 3 …
  std::uint64_t beat(steady_time now);
  /// An own heartbeat was seen in the bucket. Repeats and any order do no harm.
  void came_back(std::uint64_t counter);

  /// The bucket is another one: only what goes out from now on can come back.
  void restart();

  std::uint64_t last_counter() const { return counter_; }
  /// The highest that came back; 0 for none.
  std::uint64_t last_back() const { return back_; }

  /// Whether silence of others counts at this moment.
  bool counting(steady_time now) const { return younger(now, timing_.counting); }
  /// Whether what is known of the bucket may be out of date.
  bool stale(steady_time now) const { return !younger(now, timing_.stale); }
  /// Until then nobody can have taken us for dead: what we own is ours. Another bucket does not shorten it.
  steady_time proven_until() const { return proven_at_ ? *proven_at_ + timing_.stale : steady_time::min(); }

private:
  struct sent {
    std::uint64_t counter = 0;
    steady_time sent_at;
  };
  bool younger(steady_time now, milliseconds age) const { return back_at_ && now - *back_at_ <= age; }

  cluster_timing timing_;
  std::uint64_t counter_ = 0;
  std::optional<steady_time> last_sent_;
  std::deque<sent> under_way_;           ///< by counter, at most `most_under_way`
  std::uint64_t back_ = 0;               ///< highest counter that came back
  std::optional<steady_time> back_at_{}; ///< when that one was sent
  std::optional<steady_time> proven_at_; ///< the same, of all buckets there were
};

} // namespace alleycat

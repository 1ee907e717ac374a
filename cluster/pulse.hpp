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

  bool due(steady_ms now) const { return !last_sent_ || now - *last_sent_ >= timing_.beat; }
  /// @returns the counter of the heartbeat that goes out now: 1, 2, 3 …
  std::uint64_t beat(steady_ms now);
  /// An own heartbeat was seen in the bucket. Repeats and any order do no harm.
  void came_back(std::uint64_t counter);

  /// The bucket is another one: only what goes out from now on can come back.
  void begin_anew();

  std::uint64_t last_counter() const { return counter_; }
  /// The highest that came back; 0 for none.
  std::uint64_t last_back() const { return back_; }

  /// Whether silence of others counts at this moment.
  bool counting(steady_ms now) const { return younger(now, timing_.counting); }
  /// Whether what is known of the bucket may be out of date.
  bool stale(steady_ms now) const { return !younger(now, timing_.stale); }

private:
  struct sent {
    std::uint64_t counter = 0;
    steady_ms at = 0;
  };
  bool younger(steady_ms now, steady_ms age) const { return back_at_ && now - *back_at_ <= age; }

  cluster_timing timing_;
  std::uint64_t counter_ = 0;
  std::optional<steady_ms> last_sent_;
  std::deque<sent> under_way_;         ///< by counter, at most `most_under_way`
  std::uint64_t back_ = 0;             ///< highest counter that came back
  std::optional<steady_ms> back_at_{}; ///< when that one was sent
};

} // namespace alleycat

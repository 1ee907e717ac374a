/// How far this node's wall clock is from the server's.
#pragma once

#include "cluster/timing.hpp"
#include "racing/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace alleycat {

/// A heartbeat is stored after it was sent and before it comes back. Where the server's time of it lies between those two by
/// our own clock, the clocks may agree; what it lies outside by, they certainly differ by. So a slow network or a pause
/// never accuses a clock that is right.
class clock_gauge {
public:
  /// A heartbeat goes out. @param counter  grows
  void sent(std::uint64_t counter, unix_ms wall, steady_time now);
  /// It is seen in the bucket. @param stored_at  by the server; 0: unknown, says nothing
  void came_back(std::uint64_t counter, unix_ms stored_at, unix_ms wall, steady_time now);

  /// By how much the wall clock is at least ahead of the server's (negative: behind), by the latest heartbeat that says
  /// something; 0 while none did.
  milliseconds ahead() const { return ahead_; }

private:
  struct beat {
    std::uint64_t counter = 0;
    unix_ms wall{};
    steady_time sent_at;
  };
  std::deque<beat> under_way_; ///< by counter, at most 16
  milliseconds ahead_{0};
};

} // namespace alleycat

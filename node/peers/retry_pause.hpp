/// Pauses between attempts.
#pragma once

#include <algorithm>
#include <chrono>

namespace alleycat {

/// Doubles from `shortest` to `longest`; each pause is made up to half as long again or as short by chance, so that nodes
/// that lost each other together do not come back together.
class retry_pause {
public:
  using duration = std::chrono::milliseconds;

  retry_pause(duration shortest, duration longest) : shortest_{shortest}, longest_{longest}, next_{shortest} {}

  /// @param chance  0..1
  /// @returns between half of `shortest` and 1.5 times `longest`
  duration next(double chance) {
    const auto pause = next_;
    next_ = std::min(longest_, next_ * 2);
    return duration{static_cast<duration::rep>(static_cast<double>(pause.count()) * (0.5 + chance))};
  }

  void reset() { next_ = shortest_; }

private:
  duration shortest_;
  duration longest_;
  duration next_;
};

} // namespace alleycat

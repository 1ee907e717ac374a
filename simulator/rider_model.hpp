/// How a simulated rider pedals.
///
/// Cadence at second s = base cadence (78 .. 98 rpm by style and strength)
///   x warm-up    1 - 0.3 * tau / (tau + s), tau 4..20 s: the legs come in slowly
///   x fatigue    1 - f * (s / 300)^2, f 0.02..0.18: strong riders fade less
///   x surge      up to +22 % for 6..18 s, in some of the 40-second blocks, as an arch
///   x drift      +-4 % that wanders between hashed points each 7 s, and +-1.5 % from one second to the next
///   x kick       up to +15 % over seconds 280..300
/// and 0 while the rider drinks (2..3 s, rarely). Resistance is a knob: a base by strength and class (harder courses are
/// steeper), turned a little every 25 s, and with a surge by riders who push rather than spin.
#pragma once

#include "racing/ids.hpp"
#include "racing/update.hpp"

#include <cstdint>

namespace alleycat::sim {

/// The rider of one (seed, class, racer). Two models made alike answer alike, in any order of calls.
class rider_model {
public:
  rider_model(std::uint64_t seed, class_id cls, racer_id racer);

  /// @param second  1..; any ride length
  /// @returns cadence 0..2500 and resistance 0..1000 in tenths; neither power nor heart rate. O(1), no allocation.
  measurement at(own_second second) const;

private:
  /// @returns 0..1: how far into a surge the rider is at `second`.
  double surge(std::uint32_t second) const;
  /// @returns -1..1, continuous in `second`.
  double drift(std::uint32_t second) const;
  bool resting(std::uint32_t second) const;

  std::uint64_t key_;
  double cadence_;    ///< rpm
  double resistance_; ///< %
  double tau_;        ///< s, warm-up
  double fatigue_;    ///< part lost at second 300
  double restless_;   ///< chance of a surge in a block
  double spins_;      ///< part of a surge that is cadence; the rest is resistance
  double kick_;       ///< part gained at second 300
};

} // namespace alleycat::sim

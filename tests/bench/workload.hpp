/// Riders, rides and histories for benchmarks: the same for the same seed, in every program.
#pragma once

#include "racing/closed_race.hpp"
#include "racing/journal.hpp"
#include "racing/record_store.hpp"

#include <cstdint>
#include <vector>

namespace alleycat::bench {

inline constexpr std::uint16_t ride_seconds = 300;

/// What a rider of a history measured at a second: cheap, plausible, drifting. Totals of a class spread as people's do.
class past_rider {
public:
  past_rider(std::uint64_t seed, class_id cls, racer_id racer);
  /// @param second  1..
  measurement at(own_second second) const;

private:
  std::uint64_t key_;
  std::uint32_t cadence_;
  std::uint32_t resistance_;
};

/// Bests of a rider with one ride of 300 seconds behind them.
racer_bests bests_of(std::uint64_t seed, class_id cls, racer_id racer, std::uint16_t seconds = ride_seconds);

/// A closed race of these racers as the history has it: everybody with all seconds, ranks left 0 but in the result.
/// @param first  racers are first, first + step, ...
closed_race past_race(std::uint64_t seed, race_key key, std::uint32_t first, std::uint32_t step, std::size_t riders,
                      unix_ms closed);

/// One second of a live race: an update of every rider, racer ids from `first` on.
journal_batch second_of(std::uint64_t seed, class_id cls, std::uint32_t first, std::size_t riders, own_second second,
                        unix_ms start);

} // namespace alleycat::bench

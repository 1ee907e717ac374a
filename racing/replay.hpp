/// The standings of a race at any of its seconds: one ranking in which everybody is compared at the same second.
#pragma once

#include "racing/closed_race.hpp"
#include "racing/race_fold.hpp"
#include "racing/rules.hpp"
#include "racing/standings.hpp"

#include <span>
#include <vector>

namespace alleycat {

/// The here-now table of a race at one own second, with what live standings say of each rider.
struct race_moment {
  race_key key;
  epoch owner_epoch;
  journal_position as_of; ///< of a closed race: of the close mark
  unix_ms at{};           ///< when it was closed, or was so
  race_phase phase = race_phase::closed;
  unix_ms final_at{}; ///< with `complete`
  own_second second;
  std::uint32_t racers = 0;   ///< in the whole race
  std::uint32_t reported = 0; ///< rides that reached `second`
  std::uint32_t finished = 0; ///< at `second`
  /// How many are in the all-time table at `second`, the rider of a row counted once more; 1 = there is no history. Of live
  /// races only; 0 = not known.
  std::uint32_t all_time_of = 0;
  bool all_time_stale = false; ///< the class did not answer in time
  /// Riders with a score at `second`, by rank, then racer id. Of a live race the others follow, as they are now, without ranks:
  /// by pace, the mean output of the seconds they have ridden, then racer id.
  std::vector<standing> rows;
  std::size_t ranked = 0; ///< rows with a rank: the first ones
};

/// Later seconds are treated as not yet ridden: totals, counts and `finished` are those of the moment. In a field that
/// started in phase, without loss, this is what was published live with the same `second`. O(riders * second).
/// @param rides  of one race
/// @param second  1..ride_seconds
race_moment moment_of(const race_result& result, std::span<const ride_record> rides, own_second second, scoring rule,
                      const race_rules& rules);

/// The same of a race that is still open, without all-time ranks. O(riders log riders).
/// @param second  1..ride_seconds
race_moment moment_of(const race_fold& race, own_second second);

/// The furthest own second that half of those on their way have reached: where a ranking compares most of a field that started one
/// after the other, without waiting for the last.
/// @param on_their_way  the furthest seconds of those who ride, in any order; empty: nobody does
/// @param otherwise     the answer then
own_second reached_by_half(std::vector<own_second> on_their_way, own_second otherwise);

} // namespace alleycat

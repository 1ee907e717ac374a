/// The standings of a closed race at any of its seconds, from its rides.
#pragma once

#include "racing/closed_race.hpp"
#include "racing/rules.hpp"
#include "racing/standings.hpp"

#include <span>
#include <vector>

namespace alleycat {

/// The here-now table of a closed race at one own second, with what live standings say of each rider.
struct race_moment {
  race_key key;
  epoch owner_epoch;
  journal_position as_of; ///< of the close mark
  unix_ms closed = 0;
  own_second second;
  std::uint32_t racers = 0;   ///< in the whole race
  std::uint32_t reported = 0; ///< rides that reached `second`
  std::uint32_t finished = 0; ///< at `second`
  std::vector<standing> rows; ///< riders with a score at `second`, by rank, then racer id
};

/// Seconds behind `second` count as not ridden yet: totals, counts and `finished` are those of the moment. In a field that
/// started in phase, without loss, this is what was published live with the same `second`. O(riders * second).
/// @param rides  of one race
/// @param second  1..ride_seconds
race_moment moment_of(const race_result& result, std::span<const ride_record> rides, own_second second, scoring rule,
                      const race_rules& rules);

} // namespace alleycat

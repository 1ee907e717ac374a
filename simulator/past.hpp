/// Races that are over: a history to begin with, sent as fast as it is taken to a node that does not look at the clock.
#pragma once

#include "racing/ids.hpp"
#include "racing/update.hpp"
#include "simulator/options.hpp"
#include "simulator/server_rules.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace alleycat::sim {

/// One ride of a past race.
struct past_ride {
  racer_id racer;
  unix_ms start{}; ///< within the race's window
  double form = 1; ///< of this rider on this day, times what the rider's model pedals
};

struct past_race {
  class_id cls;
  race_id race;
  std::vector<past_ride> rides; ///< 1.., each racer once
};

/// `options.past` races in each class, the oldest first: the latest three windows before the one of `now`, the others ever
/// farther apart, over two weeks and a bit. In each of them some of the class's `options.racers` riders, who are the ones
/// that would ride live. The same seed and the same window give the same races.
std::vector<past_race> plan_past(const sim_options& options, const server_rules& rules, unix_ms now);

/// The updates of one ride as a gateway sends them, `{"updates":[…]}`, for own seconds `from`..`to`.
std::string past_batch(const past_race& race, const past_ride& ride, std::uint64_t seed, std::uint32_t from,
                       std::uint32_t to);

struct past_summary {
  std::size_t races = 0;
  std::size_t rides = 0;
  std::uint64_t updates = 0;
  double elapsed_seconds = 0;
};

/// Sends the races and waits until each of them is closed.
/// @throws std::runtime_error in words when something is refused, or unanswered for half a minute.
past_summary ride_past(const sim_options& options, const std::atomic<bool>& stop);

} // namespace alleycat::sim

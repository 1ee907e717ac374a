/// What every actor of a node shares. Outlives the actors.
#pragma once

#include "actors/correction_book.hpp"
#include "actors/meters.hpp"
#include "actors/name_book.hpp"
#include "actors/ports.hpp"
#include "racing/rules.hpp"

#include <atomic>

namespace alleycat {

struct actor_context {
  rule_set rules;
  // May change while actors run: whoever needs one reads it each time.
  std::atomic<milliseconds> standings_min_interval{milliseconds{900}}; ///< of races that open from now on
  std::atomic<milliseconds> journal_linger{milliseconds{20}};          ///< of races that open from now on
  std::atomic<milliseconds> history_keep{std::chrono::days{90}};       ///< results and rides of older races go

  const clock_port* clock = nullptr;
  journal_port* journal = nullptr;
  results_log_port* results_log = nullptr;
  publish_port* publisher = nullptr;
  answer_port* answers = nullptr;
  ownership_port* ownership = nullptr;
  log_port* log = nullptr;
  meters* counts = nullptr;
  name_book* names = nullptr;
  correction_book* edits = nullptr;

  /// Whether anybody in a race was ever corrected.
  bool corrected(const closed_race& race) const { return edits->knows_one_of(race); }
  /// Brings rides of one race up to date with the corrections. @pre there is one
  void correct(std::vector<ride_record>& rides) const {
    closed_race race;
    race.result.key = rides.front().key;
    race.rides = std::move(rides);
    correct(race);
    rides = std::move(race.rides);
  }
  /// Likewise a whole race. @returns whether somebody moved
  bool correct(closed_race& race) const {
    const auto* course = rules.find(race.result.key.cls);
    return course != nullptr && edits->read([&](const corrections& all) {
      return alleycat::correct(race, all, course->score, rules.race.start_of(race.result.key.race));
    });
  }
};

} // namespace alleycat

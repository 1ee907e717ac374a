/// The race that the actors' tests ride, its rules and its updates.
#pragma once

#include "racing/journal.hpp"
#include "racing/rules.hpp"
#include "racing/update.hpp"

#include <cstdint>

namespace alleycat::test {

/// Start of the race that the tests ride: window 10 s, ride 10 s, grace 2 s.
inline constexpr race_key the_race{class_id{3}, race_id{100'000}};
inline constexpr unix_ms race_start = at_ms(1'000'000'000);

inline rule_set short_rules() {
  rule_set rules;
  rules.race.window_seconds = 10;
  rules.race.ride_seconds = 10;
  rules.race.grace_seconds = 10;
  rules.race.capacity = 100;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::total}};
  return rules;
}

/// An update of the race, ridden when it should be.
inline update update_at(std::uint32_t racer, std::uint16_t second, std::uint16_t cadence = 800) {
  update u;
  u.cls = the_race.cls;
  u.race = the_race.race;
  u.racer = racer_id{racer};
  u.second = own_second{second};
  u.device_timestamp = race_start + length_of(u.second);
  u.measured = {cadence, 500, 0, 0};
  return u;
}

inline journal_update journaled(const update& u) {
  return {u.racer, u.second, u.device_timestamp, u.measured, u.wants_view, u.name};
}

} // namespace alleycat::test

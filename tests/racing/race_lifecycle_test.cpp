#include "a_race.hpp"

#include "racing/race_lifecycle.hpp"

namespace alleycat {
namespace {

race_lifecycle life_of(const a_race& race, unix_ms idle_since = {}) {
  return {race.state.rules(), race.state.key().race, idle_since};
}

rule_set any_time(std::uint32_t idle_seconds) {
  auto rules = rules_for(10);
  rules.race.admit = admission::any;
  rules.race.idle_close_seconds = idle_seconds;
  return rules;
}

constexpr milliseconds window_end = 300s; // after the start
constexpr milliseconds deadline = 340s;   // 300 + 10 + 30 s

/// Marks go out this long after the deadline.
constexpr milliseconds due = deadline + race_lifecycle::mark_after;

} // namespace

TEST_CASE("a race lives from running over marking to closed", "[race_lifecycle]") {
  a_race race;
  race.add(at(8, 1));
  auto life = life_of(race);
  CHECK(life.phase() == life_phase::running);
  CHECK(life.should_mark(race.state, race.start() + due));
  CHECK(life.phase() == life_phase::marking);
  life.saw_mark();
  CHECK(life.phase() == life_phase::closed);
  CHECK_FALSE(life.should_mark(race.state, race.start() + due + 60'000ms));
}

TEST_CASE("a mark that was read ends a race that never asked for one: another owner wrote it", "[race_lifecycle]") {
  a_race race;
  race.add(at(8, 1));
  auto life = life_of(race);
  life.saw_mark();
  CHECK(life.phase() == life_phase::closed);
  CHECK_FALSE(life.should_mark(race.state, race.start() + due));
}

TEST_CASE("a mark that does not come back is written again, not too often", "[race_lifecycle]") {
  a_race race;
  race.add(at(8, 1));
  auto life = life_of(race);
  const auto first = race.start() + due;
  CHECK(life.should_mark(race.state, first));
  CHECK_FALSE(life.should_mark(race.state, first + 1ms));
  CHECK_FALSE(life.should_mark(race.state, first + 1'999ms));
  CHECK(life.should_mark(race.state, first + 2'000ms));
  CHECK_FALSE(life.should_mark(race.state, first + 3'999ms));
  CHECK(life.should_mark(race.state, first + 4'000ms));
  life.saw_mark();
  CHECK_FALSE(life.should_mark(race.state, first + 60'000ms));
}

TEST_CASE("a race with riders under way ends at its deadline", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500);
  race.ride(9, 500, 1, 9); // one second missing
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start()));
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end));
  CHECK_FALSE(life.should_mark(race.state, race.start() + due - 1ms));
  CHECK(life.phase() == life_phase::running);
  CHECK(life.should_mark(race.state, race.start() + due));
}

TEST_CASE(
    "a race whose riders all have all their seconds is complete from the window's end on, and ends at its deadline",
    "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500);
  race.ride(9, 500);
  auto life = life_of(race);
  CHECK_FALSE(life.complete(race.state, race.start() + window_end - 1ms));
  CHECK(life.complete(race.state, race.start() + window_end));
  CHECK(life.final_at() == race.deadline());
  CHECK_FALSE(life.should_mark(race.state, race.start() + due - 1ms));
  CHECK(life.should_mark(race.state, race.start() + due));
}

TEST_CASE("who comes late takes the completeness back", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500);
  const auto life = life_of(race);
  REQUIRE(life.complete(race.state, race.start() + window_end));
  race.add(at(9, 1), race.start() + window_end + 8'000ms);
  CHECK_FALSE(life.complete(race.state, race.start() + window_end + 8'000ms));
}

TEST_CASE("a finisher with gaps does not make a race complete: the gaps may still come", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 2, 10);
  REQUIRE(race.state.finished() == 1);
  CHECK_FALSE(life_of(race).complete(race.state, race.start() + due));
}

TEST_CASE("a race of which nothing is in the journal has no end", "[race_lifecycle]") {
  const a_race race;
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start() + due + 86'400'000ms));
  CHECK_FALSE(life.complete(race.state, race.start() + window_end));
}

TEST_CASE("a race without an accepted ride ends at its deadline", "[race_lifecycle]") {
  a_race race;
  race.add(at(8, 10), race.start()); // out of time
  REQUIRE(race.state.racers() == 0);
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end));
  CHECK_FALSE(life.should_mark(race.state, race.start() + due - 1ms));
  CHECK(life.should_mark(race.state, race.start() + due));
}

TEST_CASE("an overdue race is closed at the first question", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 1, 3);
  CHECK(life_of(race).should_mark(race.state, race.start() + 86'400'000ms));
}

TEST_CASE("with admit any a race ends after its silence, whatever the clock says of its window", "[race_lifecycle]") {
  a_race race{any_time(5)};
  race.ride(8, 500, 1, 3);
  const auto watched_since = GENERATE_COPY(at_ms(1'000'000), race.start() + deadline + 86'400'000ms);
  auto life = life_of(race, watched_since);
  CHECK_FALSE(life.should_mark(race.state, watched_since));
  CHECK_FALSE(life.should_mark(race.state, watched_since + 4'999ms));

  SECTION("counted from when the owner began to watch") {
    CHECK(life.should_mark(race.state, watched_since + 5'000ms));
  }
  SECTION("and anew from each update") {
    life.saw_update(watched_since + 4'000ms);
    CHECK_FALSE(life.should_mark(race.state, watched_since + 8'999ms));
    CHECK(life.should_mark(race.state, watched_since + 9'000ms));
  }
}

TEST_CASE("with admit live silence ends nothing", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 1, 3);
  auto life = life_of(race, race.start());
  CHECK_FALSE(life.should_mark(race.state, race.start() + due - 1ms));
}

TEST_CASE("the phases have names", "[race_lifecycle]") {
  CHECK(to_string(life_phase::running) == "running");
  CHECK(to_string(life_phase::marking) == "marking");
  CHECK(to_string(life_phase::closed) == "closed");
}

} // namespace alleycat

#include "a_race.hpp"

#include "racing/race_lifecycle.hpp"

namespace alleycat {
namespace {

race_lifecycle life_of(const a_race& race, unix_ms idle_since = 0) {
  return {race.state.rules(), race.state.key().race, idle_since};
}

rule_set any_time(std::uint32_t idle_seconds) {
  auto rules = rules_for(10);
  rules.race.admit = admission::any;
  rules.race.idle_close_seconds = idle_seconds;
  return rules;
}

constexpr unix_ms window_end = 300'000; // after the start
constexpr unix_ms deadline = 340'000;   // 300 + 10 + 30 s

/// Brings a life into a phase the only way there is.
race_lifecycle at_phase(const a_race& race, life_phase phase) {
  auto life = life_of(race);
  if (phase == life_phase::running)
    return life;
  REQUIRE(life.should_mark(race.state, race.start() + deadline));
  if (phase == life_phase::marking)
    return life;
  life.saw_mark();
  if (phase == life_phase::closed)
    return life;
  life.saw_stored();
  if (phase == life_phase::stored)
    return life;
  life.saw_applied();
  return life;
}

} // namespace

TEST_CASE("a race lives from running over marking, closed and stored to done", "[race_lifecycle]") {
  const a_race race;
  auto life = life_of(race);
  CHECK(life.phase() == life_phase::running);
  CHECK(life.should_mark(race.state, race.start() + deadline));
  CHECK(life.phase() == life_phase::marking);
  life.saw_mark();
  CHECK(life.phase() == life_phase::closed);
  life.saw_stored();
  CHECK(life.phase() == life_phase::stored);
  life.saw_applied();
  CHECK(life.phase() == life_phase::done);
}

TEST_CASE("every event in every phase leads where the drawing says, or nowhere", "[race_lifecycle]") {
  using enum life_phase;
  struct row {
    life_phase from, on_mark, on_stored, on_applied, on_due;
    bool marks;
  };
  const auto r = GENERATE(values<row>({
      {running, closed, running, running, marking, true}, // the mark may be another owner's
      {marking, closed, marking, marking, marking, false},
      {closed, closed, stored, closed, closed, false},
      {stored, stored, stored, done, stored, false},
      {done, done, done, done, done, false},
  }));
  CAPTURE(r.from);
  const a_race race;
  REQUIRE(at_phase(race, r.from).phase() == r.from);
  auto life = at_phase(race, r.from);
  life.saw_mark();
  CHECK(life.phase() == r.on_mark);
  life = at_phase(race, r.from);
  life.saw_stored();
  CHECK(life.phase() == r.on_stored);
  life = at_phase(race, r.from);
  life.saw_applied();
  CHECK(life.phase() == r.on_applied);
  life = at_phase(race, r.from);
  CHECK(life.should_mark(race.state, race.start() + deadline) == r.marks);
  CHECK(life.phase() == r.on_due);
}

TEST_CASE("after a mark was read none is ever written again", "[race_lifecycle]") {
  const auto phase = GENERATE(life_phase::closed, life_phase::stored, life_phase::done);
  const a_race race;
  auto life = at_phase(race, phase);
  CHECK_FALSE(life.should_mark(race.state, race.start() + deadline + 3'600'000));
  CHECK(life.phase() == phase);
}

TEST_CASE("a mark that does not come back is written again, not too often", "[race_lifecycle]") {
  const a_race race;
  auto life = life_of(race);
  const auto due = race.start() + deadline;
  CHECK(life.should_mark(race.state, due));
  CHECK_FALSE(life.should_mark(race.state, due + 1));
  CHECK_FALSE(life.should_mark(race.state, due + 1'999));
  CHECK(life.should_mark(race.state, due + 2'000));
  CHECK_FALSE(life.should_mark(race.state, due + 3'999));
  CHECK(life.should_mark(race.state, due + 4'000));
  life.saw_mark();
  CHECK_FALSE(life.should_mark(race.state, due + 60'000));
}

TEST_CASE("a race with riders under way ends at its deadline", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500);
  race.ride(9, 500, 1, 9); // one second missing
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start()));
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end));
  CHECK_FALSE(life.should_mark(race.state, race.start() + deadline - 1));
  CHECK(life.phase() == life_phase::running);
  CHECK(life.should_mark(race.state, race.start() + deadline));
}

TEST_CASE("a race whose riders all have all their seconds ends when nobody can start any more", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500);
  race.ride(9, 500);
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start() + 20'000));
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end + race_lifecycle::last_start_ms - 1));
  CHECK(life.should_mark(race.state, race.start() + window_end + race_lifecycle::last_start_ms));
}

TEST_CASE("the last missing second makes a race due at once", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 2, 10);
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end + 8'000));
  race.add(at(8, 1), race.start() + window_end + 8'001);
  CHECK(life.should_mark(race.state, race.start() + window_end + 8'001));
}

TEST_CASE("a finisher with gaps keeps the race open: the gaps may still come", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 2, 10);
  REQUIRE(race.state.finished() == 1);
  CHECK_FALSE(life_of(race).should_mark(race.state, race.start() + deadline - 1));
}

TEST_CASE("a race without an accepted ride ends at its deadline", "[race_lifecycle]") {
  a_race race;
  race.add(at(8, 10), race.start()); // out of time
  REQUIRE(race.state.racers() == 0);
  auto life = life_of(race);
  CHECK_FALSE(life.should_mark(race.state, race.start() + window_end));
  CHECK_FALSE(life.should_mark(race.state, race.start() + deadline - 1));
  CHECK(life.should_mark(race.state, race.start() + deadline));
}

TEST_CASE("an overdue race is closed at the first question", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 1, 3);
  CHECK(life_of(race).should_mark(race.state, race.start() + 86'400'000));
}

TEST_CASE("with admit any a race ends after its silence, whatever the clock says of its window", "[race_lifecycle]") {
  a_race race{any_time(5)};
  race.ride(8, 500, 1, 3);
  const auto watched_since = GENERATE_COPY(unix_ms{1'000'000}, race.start() + deadline + 86'400'000);
  auto life = life_of(race, watched_since);
  CHECK_FALSE(life.should_mark(race.state, watched_since));
  CHECK_FALSE(life.should_mark(race.state, watched_since + 4'999));

  SECTION("counted from when the owner began to watch") {
    CHECK(life.should_mark(race.state, watched_since + 5'000));
  }
  SECTION("and anew from each update") {
    life.saw_update(watched_since + 4'000);
    CHECK_FALSE(life.should_mark(race.state, watched_since + 8'999));
    CHECK(life.should_mark(race.state, watched_since + 9'000));
  }
}

TEST_CASE("with admit live silence ends nothing", "[race_lifecycle]") {
  a_race race;
  race.ride(8, 500, 1, 3);
  auto life = life_of(race, race.start());
  CHECK_FALSE(life.should_mark(race.state, race.start() + deadline - 1));
}

TEST_CASE("the phases have names", "[race_lifecycle]") {
  CHECK(to_string(life_phase::running) == "running");
  CHECK(to_string(life_phase::marking) == "marking");
  CHECK(to_string(life_phase::closed) == "closed");
  CHECK(to_string(life_phase::stored) == "stored");
  CHECK(to_string(life_phase::done) == "done");
}

} // namespace alleycat

#include "actors/archive.hpp"
#include "actors/calendar.hpp"
#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alleycat;
using namespace alleycat::test;

namespace {

using std::chrono::days;

/// A store that knows the closed races it was given.
struct past_records : record_store {
  std::vector<closed_race> closed;

  bool apply(const closed_race&, scoring, bool) override { return true; }
  bool apply_rides(const std::vector<ride_record>&, scoring) override { return true; }
  void merge_bests(class_id, const std::vector<racer_bests>&) override {}
  std::vector<race_key> unannounced(class_id) override { return {}; }
  std::vector<racer_bests> unannounced_bests_of(race_key) override { return {}; }
  void announced(race_key) override {}
  stream_cursor cursor_of(record_stream) override { return {}; }
  void store_cursor(record_stream, const stream_cursor&) override {}
  std::optional<journal_stamp> applied(race_key) override { return std::nullopt; }
  void each_bests(class_id, const std::function<void(const racer_bests&)>&) override {}
  void each_name(const std::function<void(racer_id, const std::string&)>&) override {}
  std::vector<race_summary> races(class_id, std::optional<race_id>, std::size_t) override { return {}; }
  std::optional<race_result> result(race_key key) override {
    const auto found = find(key);
    return found == nullptr ? std::nullopt : std::optional{found->result};
  }
  void each_result(class_id cls, race_id from, const std::function<void(const race_result&)>& visit) override {
    for (const auto& race : closed)
      if (race.result.key.cls == cls && race.result.key.race >= from)
        visit(race.result);
  }
  std::optional<ride_record> ride(race_key, racer_id) override { return std::nullopt; }
  std::vector<ride_record> rides(race_key key) override {
    const auto found = find(key);
    return found == nullptr ? std::vector<ride_record>{} : found->rides;
  }
  std::vector<ride_summary> rides_of(racer_id racer, std::size_t limit, const std::optional<history_place>&) override {
    std::vector<ride_summary> all;
    for (std::uint32_t race = 1; race <= 5 && all.size() < limit; ++race) {
      ride_summary ride;
      ride.racer = racer;
      ride.key.race = race_id{race};
      all.push_back(ride);
    }
    return all;
  }
  std::optional<racer_bests> bests_of(class_id, racer_id) override { return std::nullopt; }
  edit_effect apply_edit(const edit&, const stream_cursor&, const corrections&, const race_rules&) override {
    return {};
  }
  std::vector<race_key> results_to_clean(std::size_t) override { return {}; }
  std::vector<edit> riders_to_clean(std::size_t) override { return {}; }
  void cleaned(race_key) override {}
  void cleaned(const edit&) override {}
  void each_edit(const std::function<void(const edit&)>&) override {}
  std::vector<edit> edits(std::optional<std::uint64_t>, std::size_t, std::optional<racer_id>) override { return {}; }
  std::uint64_t count_start(std::uint64_t) override { return 1; }
  old_race_search find_old(unix_ms, race_key, std::size_t) override { return {}; }
  void remove_old(const old_race&) override {}
  usage map_usage() override { return {}; }

private:
  const closed_race* find(race_key key) const {
    const auto found = std::find_if(closed.begin(), closed.end(), [&](const auto& r) { return r.result.key == key; });
    return found == closed.end() ? nullptr : &*found;
  }
};

struct past_stage : stage {
  past_stage() { clock.time = unix_ms{days{1'000}} + 1min; }

  /// A race in which each racer finished with a total, some days ago.
  closed_race race_of(int days_ago, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& totals,
                      bool finished = true) const {
    closed_race race;
    race.result.key = {class_id{3}, context.rules.race.race_at(clock.time - days{days_ago})};
    for (const auto& [racer, total] : totals) {
      standing row;
      row.racer = racer_id{racer};
      row.total = score{total};
      row.finished = finished;
      race.result.rows.push_back(row);
    }
    return race;
  }

  calendar_actor start() {
    auto actor = keep(system().spawn(calendar, &context, static_cast<record_store*>(&records)));
    settle();
    return actor;
  }

  std::vector<std::uint32_t> board(const calendar_actor& actor, period over) {
    std::vector<std::uint32_t> racers;
    const auto answer = ask<leaderboard_answer>(actor, get_period_board{class_id{3}, over, {}});
    REQUIRE(answer);
    for (const auto& row : answer->rows)
      racers.push_back(row.racer.value());
    return racers;
  }

  past_records records;
};

using racers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("the calendar knows the last days from the store, and what is closed after") {
  past_stage s;
  s.records.closed = {s.race_of(40, {{1, 900}}), s.race_of(10, {{2, 800}}), s.race_of(3, {{3, 700}, {2, 100}}),
                      s.race_of(0, {{4, 600}}), s.race_of(0, {{5, 999}}, false)};
  const auto calendar = s.start();
  CHECK(s.board(calendar, period::today) == racers{4});
  CHECK(s.board(calendar, period::week) == racers{3, 4, 2});
  CHECK(s.board(calendar, period::month) == racers{2, 3, 4});
  caf::anon_send(calendar, std::make_shared<const closed_race>(s.race_of(0, {{6, 650}})));
  s.settle();
  CHECK(s.board(calendar, period::today) == racers{6, 4});
  CHECK(s.board(calendar, period::month) == racers{2, 3, 6, 4});
}

TEST_CASE("who is hidden leaves the boards of days, and is not taken in again") {
  past_stage s;
  s.records.closed = {s.race_of(3, {{3, 700}, {2, 100}}), s.race_of(0, {{4, 600}})};
  const auto calendar = s.start();
  edit hide;
  hide.kind = edit_kind::hide;
  hide.racer = racer_id{3};
  s.edits.apply(hide);
  caf::anon_send(calendar, edited{std::make_shared<const edit>(hide)});
  s.settle();
  CHECK(s.board(calendar, period::week) == racers{4, 2});
  caf::anon_send(calendar, std::make_shared<const closed_race>(s.race_of(0, {{3, 650}})));
  s.settle();
  CHECK(s.board(calendar, period::today) == racers{4});
}

TEST_CASE("at midnight the boards of the calendar are those of the new day") {
  past_stage s;
  s.records.closed = {s.race_of(6, {{3, 700}}), s.race_of(0, {{4, 600}})};
  const auto calendar = s.start();
  CHECK(s.board(calendar, period::week) == racers{3, 4});
  s.clock.time += days{1};
  CHECK(s.board(calendar, period::today).empty());
  CHECK(s.board(calendar, period::week) == racers{4});
  CHECK(s.board(calendar, period::month) == racers{3, 4});
}

TEST_CASE("a class that is not loaded is answered with not_ready") {
  past_stage s;
  const auto calendar =
      s.keep(s.system().spawn(alleycat::calendar, &s.context, static_cast<record_store*>(&s.records)));
  const auto answer = s.ask<leaderboard_answer>(calendar, get_period_board{class_id{9}, period::today, {}});
  REQUIRE_FALSE(answer);
  CHECK(answer.error() == ec::not_ready);
}

TEST_CASE("the archive shows a page of a racer's rides, and says what it does not have") {
  past_stage s;
  const auto reader = s.keep(s.system().spawn(archive, &s.context, static_cast<record_store*>(&s.records)));
  const auto page = s.ask<racer_answer>(reader, find_racer{racer_id{8}, 2, 2});
  REQUIRE(page);
  REQUIRE(page->rides.size() == 2);
  CHECK(page->rides[0].key.race == race_id{3});
  CHECK(s.ask<racer_answer>(reader, find_racer{racer_id{8}, 9, 2})->rides.empty());
  CHECK(s.ask<moment_answer>(reader, find_moment{the_race, own_second{1}})->moment == nullptr);
  s.records.closed = {s.race_of(0, {{4, 600}})};
  const auto key = s.records.closed[0].result.key;
  CHECK(s.ask<moment_answer>(reader, find_moment{key, own_second{1}})->moment != nullptr);
  const auto ride = s.ask<ride_answer>(reader, find_ride{key, racer_id{4}});
  CHECK(ride->ride == nullptr);
  CHECK(ride->race_known);
  CHECK_FALSE(s.ask<ride_answer>(reader, find_ride{the_race, racer_id{4}})->race_known);
}

#include "racing/check.hpp"

#include "racing/all_time_table.hpp"
#include "racing/closed_race.hpp"
#include "racing/leaderboard.hpp"
#include "racing/race_fold.hpp"
#include "racing/racer_index.hpp"
#include "racing/ranked_column.hpp"
#include "tests/racing/death.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

rule_set ten_seconds() {
  rule_set rules;
  rules.race.ride_seconds = 10;
  rules.race.window_seconds = 10;
  rules.race.admit = admission::any;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::total}};
  return rules;
}

constexpr race_key key{class_id{3}, race_id{7}};

race_fold one_rider() {
  race_fold race{ten_seconds(), key};
  journal_update u;
  u.racer = racer_id{8};
  u.second = own_second{2};
  u.device_timestamp = at_ms(72'000);
  race.apply({journal_position{1}, at_ms(72'000), journal_batch{u}});
  return race;
}

} // namespace

TEST_CASE("a check that holds does nothing, and evaluates its argument once", "[check]") {
  int times = 0;
  ALLEYCAT_CHECK(++times == 1);
  CHECK(times == 1);
  if (times == 1)
    ALLEYCAT_CHECK(true);
  else
    FAIL("a check is one statement");
}

TEST_CASE("a failed check says file, line and expression, and ends the process", "[check]") {
  const int line = __LINE__ + 1;
  const auto heard = last_words_of([] { ALLEYCAT_CHECK(2 + 2 == 5); });
  CHECK(heard.aborted);
  CHECK(heard.text == "tests/racing/check_test.cpp:" + std::to_string(line) + ": check failed: 2 + 2 == 5\n");
}

TEST_CASE("a process without a failed check goes on", "[check]") {
  const auto heard = last_words_of([] { ALLEYCAT_CHECK(2 + 2 == 4); });
  CHECK_FALSE(heard.aborted);
  CHECK(heard.text.empty());
}

TEST_CASE("the fold is asked only for what can be there", "[check]") {
  const auto fold = "racing/race_fold.cpp";
  CHECK(dies_of(fold, "rules.find(key.cls) != nullptr", [] { race_fold{ten_seconds(), {class_id{4}, race_id{7}}}; }));
  const auto race = one_rider();
  const auto second_in_ride = "s.value() >= 1 && s.value() <= rules_.ride_seconds";
  CHECK(dies_of("racing/race_fold.hpp", second_in_ride, [&] { race.ranked(own_second{0}); }));
  CHECK(dies_of("racing/race_fold.hpp", second_in_ride, [&] { race.score_at(0, own_second{11}); }));
  CHECK(dies_of("racing/race_fold.hpp", second_in_ride, [&] { race.output(0, own_second{11}); }));
  CHECK(dies_of("racing/race_fold.hpp", second_in_ride, [&] { race.here_now(own_second{11}, 0, 1); }));
  CHECK(dies_of("racing/race_fold.hpp", "row < rides_.size()", [&] { race.racer(1); }));
  CHECK(dies_of("racing/race_fold.hpp", "row < rides_.size()", [&] { race.seconds(1, own_second{2}); }));
  // Second 1 has not arrived and there is no total before it: no place either.
  CHECK(dies_of(fold, "value.value() != 0", [&] { race.place(0, own_second{1}); }));
  CHECK(dies_of("racing/race_ending.cpp", "race.closed_", [&] { race.close(epoch{1}); }));
}

TEST_CASE("tables are asked only for what can be there", "[check]") {
  all_time_table table{10};
  const auto file = "racing/all_time_table.hpp";
  const auto second_in_ride = "s.value() >= 1 && s.value() <= order_.size()";
  CHECK(dies_of(file, second_in_ride, [&] { table.ranked(own_second{11}); }));
  CHECK(dies_of(file, second_in_ride, [&] { table.place(own_second{0}, score{1}, racer_id{1}); }));
  table.load({racer_id{1}, {score{5}}, std::nullopt});
  CHECK(dies_of("racing/all_time_table.cpp", "is_new", [&] { table.load({racer_id{1}, {score{6}}, std::nullopt}); }));
  CHECK(dies_of(file, "staged_.empty()", [&] { table.page(own_second{1}, 0, 1); }));
  table.sort();
  CHECK(table.page(own_second{1}, 0, 1).size() == 1);
}

TEST_CASE("a column of ranks holds what is taken out of it, and nothing twice", "[check]") {
  std::vector<score> values{score{5}, score{7}, score{6}};
  const std::vector<racer_id> racers{racer_id{1}, racer_id{2}, racer_id{3}};
  const ranked_rows rows{values, racers};
  ranked_column<2> column;
  column.insert(0, rows);
  column.insert(1, rows);
  column.settle(rows);
  const auto file = "racing/ranked_column.hpp";
  const auto stands_here = "at < from.size && from.rows[static_cast<std::size_t>(at)] == r";
  CHECK(dies_of(file, stands_here, [&] { column.erase(2, rows); }));
  CHECK(dies_of(file, stands_here, [&] {
    values[1] = score{4}; // changed while it stands there
    column.erase(1, rows);
  }));
  CHECK(dies_of(file, "at == into.size || into.rows[static_cast<std::size_t>(at)] != r",
                [&] { column.insert(1, rows); }));
  CHECK(dies_of(file, "place < size_", [&] { column.at(2); }));
  CHECK(dies_of(file, "from <= size_ && count <= size_ - from", [&] { column.each(1, 2, [](auto) {}); }));
}

TEST_CASE("a racer has one row, and a row that can be told from none", "[check]") {
  racer_index index;
  CHECK(dies_of("racing/racer_index.hpp", "at != vacant", [&] { index.insert(racer_id{1}, ~std::uint32_t{0}); }));
}

TEST_CASE("a leaderboard is sorted before it is merged into", "[check]") {
  leaderboard board;
  board.load(racer_id{1}, {score{5}, race_id{1}, {}});
  CHECK(dies_of("racing/leaderboard.cpp", "rows_.size() == records_.size()", [&] { board.merge({}, scoring::total); }));
  board.sort();
  board.merge({}, scoring::total);
  CHECK(board.page(0, 1).size() == 1);
}

TEST_CASE("ranks are taken from rides in the order of their racers", "[check]") {
  race_result result;
  std::vector<ride_record> rides(2);
  rides[0].racer = racer_id{2};
  rides[1].racer = racer_id{1};
  CHECK(last_words_of([&] { take_ranks(result, rides); }).aborted);
  std::swap(rides[0], rides[1]);
  take_ranks(result, rides);
}

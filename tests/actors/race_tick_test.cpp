#include "actors/race_tick.hpp"

#include "racing/race_fold.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alleycat;

namespace {

/// Riders 7, 8 and 9, in rows 0, 1 and 2.
race_fold three_riders() {
  rule_set rules;
  rules.race.ride_seconds = 10;
  rules.race.admit = admission::any;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::total}};
  race_fold race{rules, {class_id{3}, race_id{7}}};
  journal_batch batch(3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    batch[i].racer = racer_id{7 + i};
    batch[i].second = own_second{1};
    batch[i].measured = {60, 60};
  }
  race.apply({journal_position{1}, unix_ms{}, batch});
  race.take_news();
  return race;
}

std::vector<own_second> seconds(std::span<const own_second> part) {
  return {part.begin(), part.end()};
}

std::vector<refusal> reasons(std::span<const refusal> part) {
  return {part.begin(), part.end()};
}

} // namespace

TEST_CASE("a tick has riders with news only, in the given order, each with its own seconds and refusals") {
  const auto race = three_riders();
  race_news news;
  news.accepted = {{0, own_second{2}}, {2, own_second{5}}, {0, own_second{4}}, {0, own_second{3}}};
  news.refused = {{0, refusal::duplicate}, {0, refusal::conflict}};
  race_tick tick;
  sort_news(race, news, std::vector<row_index>{2, 1, 0}, tick);

  REQUIRE(tick.riders.size() == 2);
  CHECK(tick.riders[0].racer == racer_id{9});
  CHECK(tick.riders[0].row == 2);
  CHECK(seconds(tick.accepted_of(tick.riders[0])) == std::vector<own_second>{own_second{5}});
  CHECK(tick.refused_of(tick.riders[0]).empty());
  CHECK_FALSE(tick.riders[0].wants_view());
  CHECK(tick.riders[1].racer == racer_id{7});
  CHECK(tick.riders[1].row == 0);
  CHECK(seconds(tick.accepted_of(tick.riders[1])) ==
        std::vector<own_second>{own_second{2}, own_second{4}, own_second{3}});
  CHECK(reasons(tick.refused_of(tick.riders[1])) == std::vector<refusal>{refusal::duplicate, refusal::conflict});
}

TEST_CASE("a rider whose updates were all refused is told too") {
  const auto race = three_riders();
  race_tick tick;
  sort_news(race, {{}, {{1, refusal::other_ride}}}, std::vector<row_index>{0, 1, 2}, tick);
  REQUIRE(tick.riders.size() == 1);
  CHECK(tick.riders[0].racer == racer_id{8});
  CHECK(tick.accepted_of(tick.riders[0]).empty());
  CHECK(reasons(tick.refused_of(tick.riders[0])) == std::vector<refusal>{refusal::other_ride});
}

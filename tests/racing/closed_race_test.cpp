#include "rides.hpp"

#include "racing/closed_race.hpp"

namespace alleycat {

TEST_CASE("totals and scores of a ride follow from its present seconds", "[closed_race]") {
  const auto ride = record_of({.race = 1, .racer = 8, .thousands = {500, 0, 400, 0, 0, 600}});
  const auto k = [](std::initializer_list<std::uint32_t> thousands) {
    std::vector<score> out;
    for (const auto t : thousands)
      out.push_back(thousand(t));
    return out;
  };
  CHECK(ride.furthest() == own_second{6});
  CHECK(totals_of(ride) == k({500, 500, 900, 900, 900, 1500}));
  CHECK(scores_of(ride, scoring::total) == totals_of(ride));
  CHECK(scores_of(ride, scoring::output) == k({500, 0, 400, 0, 0, 600}));
}

TEST_CASE("a ride of its last second only has no score before it", "[closed_race]") {
  plain_ride ride{.race = 1, .racer = 8, .thousands = std::vector<unsigned>(300, 0)};
  ride.thousands[299] = 500;
  const auto totals = totals_of(record_of(ride));
  REQUIRE(totals.size() == 300);
  CHECK(totals[298] == score{0});
  CHECK(totals[299] == thousand(500));
}

TEST_CASE("measurements of a missing second do not count", "[closed_race]") {
  auto ride = record_of({.race = 1, .racer = 8, .thousands = {500, 0, 500}});
  ride.seconds[1].measured = worth(900);
  CHECK(totals_of(ride).back() == thousand(1000));
  CHECK(scores_of(ride, scoring::output)[1] == score{0});
}

TEST_CASE("the longest and hardest ride does not overflow", "[closed_race]") {
  ride_record ride;
  ride.seconds.resize(max_ride_seconds, {.present = true, .measured = {max_cadence, max_resistance}});
  CHECK(totals_of(ride).back() == score{4'232'250'000});
}

TEST_CASE("a result lists finishers by score, then the others by furthest second, score and racer", "[closed_race]") {
  a_race race; // 10 seconds, 9 needed
  race.ride(50, 500);
  race.ride(40, 600);
  race.ride(60, 500);
  race.ride(70, 400);
  race.ride(10, 900, 1, 9);  // never reached the end
  race.ride(11, 900, 3, 10); // reached it, 8 seconds only
  race.ride(14, 900, 1, 4);
  race.ride(13, 800, 1, 9);
  race.ride(12, 800, 1, 9);
  race.mark(epoch{3});
  const auto closed = race.state.close(epoch{3});
  CHECK(places(closed.result.rows) ==
        place_list{{1, 40}, {2, 50}, {2, 60}, {4, 70}, {0, 11}, {0, 10}, {0, 12}, {0, 13}, {0, 14}});
  CHECK(closed.result.finished == 4);
  CHECK(closed.result.key == the_race);
  CHECK(closed.result.owner_epoch == epoch{3});
  CHECK(closed.result.closed == race.deadline() + 1ms);
  CHECK(closed.result.as_of == race.state.as_of());
  for (const auto& row : closed.result.rows)
    CHECK(row.finished == (row.rank != 0));
}

TEST_CASE("a class that scores by output crowns the last second", "[closed_race]") {
  a_race race{10, scoring::output};
  race.ride(8, 900, 1, 9);
  race.add(at(8, 10, 400));
  race.ride(9, 500);
  race.mark();
  const auto closed = race.state.close(epoch{1});
  REQUIRE(places(closed.result.rows) == place_list{{1, 9}, {2, 8}});
  CHECK(closed.result.rows[1].total == thousand(8500));
  CHECK(closed.result.rows[1].output == thousand(400));
}

TEST_CASE("rides are kept with every second up to the furthest one, and its rank in the complete race",
          "[closed_race]") {
  a_race race;
  auto with_heart = at(9, 1, 500);
  with_heart.measured.power = 250;
  with_heart.measured.heart_rate = 140;
  race.add(named(shifted(with_heart, 1234ms), "Berta"));
  race.add(shifted(at(9, 3, 500), 1234ms));
  race.ride(8, 600);
  race.add(shifted(at(9, 2, 900), 1234ms)); // late: corrects the ranks of both
  race.mark();
  const auto closed = race.state.close(epoch{1});
  REQUIRE(closed.rides.size() == 2);
  const auto& eight = closed.rides[0];
  const auto& nine = closed.rides[1];
  CHECK(eight.racer == racer_id{8});
  CHECK(eight.rank == 1);
  CHECK(eight.finished);
  CHECK(eight.seconds.size() == 10);
  CHECK(nine.racer == racer_id{9});
  CHECK(nine.key == the_race);
  CHECK(nine.name == "Berta");
  CHECK(nine.anchor == race.start() + 1234ms);
  CHECK(nine.closed == race.deadline() + 1ms);
  CHECK(nine.rank == 0);
  CHECK_FALSE(nine.finished);
  CHECK(nine.flags == 0);
  REQUIRE(nine.seconds.size() == 3);
  CHECK(nine.seconds[0].measured == with_heart.measured);
  CHECK(nine.seconds[0].here_now_rank == 2);
  CHECK(nine.seconds[1].here_now_rank == 1);
  CHECK(nine.seconds[2].here_now_rank == 1);
  CHECK(eight.seconds[1].here_now_rank == 2);
  CHECK(eight.seconds[3].here_now_rank == 1);
  for (const auto& second : nine.seconds)
    CHECK(second.all_time_rank == 0);
}

TEST_CASE("a missing second is kept as missing: ranked by total, unranked by output", "[closed_race]") {
  const auto rule = GENERATE(scoring::total, scoring::output);
  a_race race{10, rule};
  race.add(at(8, 1));
  race.add(at(8, 3));
  race.mark();
  const auto closed = race.state.close(epoch{1});
  REQUIRE(closed.rides[0].seconds.size() == 3);
  const auto& missing = closed.rides[0].seconds[1];
  CHECK_FALSE(missing.present);
  CHECK(missing.measured == measurement{});
  CHECK(missing.here_now_rank == (rule == scoring::total ? 1U : 0U));
}

TEST_CASE("a race that nobody rode closes empty", "[closed_race]") {
  a_race race;
  race.mark(epoch{2});
  const auto closed = race.state.close(epoch{2});
  CHECK(closed.result.rows.empty());
  CHECK(closed.rides.empty());
  CHECK(closed.result.finished == 0);
  CHECK(closed.stamp.position == journal_position{1});
  CHECK(closed.stamp.stored == race.deadline() + 1ms);
}

TEST_CASE("the stamp tells one journal from another", "[closed_race]") {
  const auto stamp_of = [](const journal_update& u, milliseconds later, std::uint64_t position) {
    race_fold state{rules_for(10), the_race};
    const auto stored = race_rules{}.start_of(race_5400172) + 20s;
    state.apply({journal_position{position}, stored + later, journal_batch{at(8, 1), u}});
    state.apply({journal_position{9}, race_rules{}.deadline_of(race_5400172) + 1s, close_mark{epoch{1}, {}}});
    return state.close(epoch{1}).stamp;
  };
  const auto u = at(8, 2, 500);
  const auto original = stamp_of(u, 0ms, 1);
  CHECK(stamp_of(u, 0ms, 1) == original);

  const auto differs = [&](const char* what, const journal_stamp& stamp) {
    CAPTURE(what);
    CHECK(stamp.position == original.position);
    CHECK(stamp.stored == original.stored);
    CHECK(stamp.checksum != original.checksum);
  };
  differs("position", stamp_of(u, 0ms, 2));
  differs("timestamp", stamp_of(u, 1ms, 1));
  differs("racer", stamp_of(at(9, 2, 500), 0ms, 1));
  differs("second", stamp_of(at(8, 3, 500), 0ms, 1));
  differs("device timestamp", stamp_of(shifted(u, 1ms), 0ms, 1));
  differs("cadence", stamp_of(at(8, 2, 501), 0ms, 1));
  auto other = u;
  other.measured.resistance = 351;
  differs("resistance", stamp_of(other, 0ms, 1));
  other = u;
  other.measured.power = 1;
  differs("power", stamp_of(other, 0ms, 1));
  other = u;
  other.measured.heart_rate = 1;
  differs("heart rate", stamp_of(other, 0ms, 1));
  differs("name", stamp_of(named(u, "Adell"), 0ms, 1));
}

} // namespace alleycat

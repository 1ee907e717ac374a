#include "rides.hpp"

#include "racing/replay.hpp"

namespace alleycat {

namespace {

place_list ranks_of(const race_moment& moment) {
  return places(moment.rows);
}

} // namespace

TEST_CASE("a closed race shows at a second who was ahead then, and what they had by then", "[replay]") {
  a_race race;
  race.ride(40, 500);
  race.ride(50, 600, 1, 4);
  race.ride(60, 500);
  race.mark(epoch{3});
  const auto closed = race.state.close(epoch{3});
  const auto at = [&](std::uint16_t s) {
    return moment_of(closed.result, closed.rides, own_second{s}, scoring::total, race.state.rules());
  };
  const auto early = at(4);
  CHECK(ranks_of(early) == place_list{{1, 50}, {2, 40}, {2, 60}});
  CHECK(early.racers == 3);
  CHECK(early.reported == 3);
  CHECK(early.finished == 0);
  CHECK(early.rows[0].total == thousand(2400));
  CHECK(early.rows[0].seconds == 4);
  CHECK(early.rows[0].here_now_rank == 1);
  const auto later = at(5);
  CHECK(ranks_of(later) == place_list{{1, 40}, {1, 60}});
  CHECK(later.reported == 2);
  CHECK(at(10).finished == 2);
}

TEST_CASE("whoever scores by output has no place at a second that is missing", "[replay]") {
  const std::vector<ride_record> rides{record_of({.race = 1, .racer = 8, .thousands = {500, 0, 500}}),
                                       record_of({.race = 1, .racer = 9, .thousands = {0, 400, 400}})};
  race_rules rules;
  rules.ride_seconds = 10;
  const auto by_output = moment_of({}, rides, own_second{2}, scoring::output, rules);
  CHECK(ranks_of(by_output) == place_list{{1, 9}});
  CHECK(by_output.reported == 2);
  const auto by_total = moment_of({}, rides, own_second{2}, scoring::total, rules);
  CHECK(ranks_of(by_total) == place_list{{1, 8}, {2, 9}});
  CHECK(by_total.rows[0].output == score{});
  CHECK(ranks_of(moment_of({}, rides, own_second{1}, scoring::total, rules)) == place_list{{1, 8}});
}

TEST_CASE("the replay has the here-now ranks that were stored at the close", "[replay]") {
  for (const auto rule : {scoring::total, scoring::output}) {
    a_race race{10, rule};
    for (std::uint16_t racer = 1; racer <= 20; ++racer)
      race.ride(racer, 400U + racer * 37U % 7U, static_cast<std::uint16_t>(1 + racer % 3),
                static_cast<std::uint16_t>(10 - racer % 4));
    race.mark(epoch{3});
    const auto closed = race.state.close(epoch{3});
    for (std::uint16_t s = 1; s <= 10; ++s) {
      std::size_t ranked = 0;
      const auto moment = moment_of(closed.result, closed.rides, own_second{s}, rule, race.state.rules());
      for (const auto& ride : closed.rides) {
        if (s > ride.seconds.size() || ride.seconds[s - 1U].here_now_rank == 0)
          continue;
        ++ranked;
        const auto row = std::find_if(moment.rows.begin(), moment.rows.end(),
                                      [&](const standing& r) { return r.racer == ride.racer; });
        REQUIRE(row != moment.rows.end());
        CHECK(row->rank == ride.seconds[s - 1U].here_now_rank);
      }
      CHECK(moment.rows.size() == ranked);
    }
  }
}

TEST_CASE("a live race shows who is ahead at a second, and below them who has not reached it, by pace", "[replay]") {
  a_race race;
  race.ride(40, 500);       // all ten seconds
  race.ride(50, 600, 1, 6); // faster, at second 6
  race.ride(60, 500, 2, 8); // its first second is missing
  race.ride(70, 400, 1, 3);
  race.ride(80, 700, 1, 2);
  race.ride(90, 400, 1, 4); // the pace of 70
  const auto moment = moment_of(race.state, own_second{6});
  CHECK(ranks_of(moment) == place_list{{1, 50}, {2, 40}, {3, 60}, {0, 80}, {0, 70}, {0, 90}});
  CHECK(moment.ranked == 3);
  CHECK(moment.racers == 6);
  CHECK(moment.reported == 3);
  CHECK(moment.finished == 0);
  CHECK(moment.phase == race_phase::running);
  CHECK(moment.as_of == race.state.as_of());
  // Up to the second for who has reached it, as it is for who has not.
  CHECK(moment.rows[1].second == own_second{6});
  CHECK(moment.rows[1].seconds == 6);
  CHECK(moment.rows[1].total == thousand(3000));
  CHECK(moment.rows[2].seconds == 5);
  CHECK(moment.rows[2].total == thousand(2500));
  CHECK(moment.rows[3].second == own_second{2});
  CHECK(moment.rows[3].total == thousand(1400));
  const auto last = moment_of(race.state, own_second{10});
  CHECK(last.finished == 1);
  CHECK(last.rows[0].finished);
}

TEST_CASE("a live race and its replay rank a second alike", "[replay]") {
  for (const auto rule : {scoring::total, scoring::output}) {
    a_race race{10, rule};
    for (std::uint16_t racer = 1; racer <= 20; ++racer)
      race.ride(racer, 400U + racer * 37U % 7U, static_cast<std::uint16_t>(1 + racer % 3),
                static_cast<std::uint16_t>(10 - racer % 4));
    std::vector<race_moment> live;
    for (std::uint16_t s = 1; s <= 10; ++s)
      live.push_back(moment_of(race.state, own_second{s}));
    race.mark(epoch{3});
    const auto closed = race.state.close(epoch{3});
    for (auto& moment : live) {
      const auto replay = moment_of(closed.result, closed.rides, moment.second, rule, race.state.rules());
      CHECK(moment.rows.size() == 20);
      CHECK(moment.reported == replay.reported);
      CHECK(moment.finished == replay.finished);
      moment.rows.resize(moment.ranked);
      CHECK(ranks_of(moment) == ranks_of(replay));
      for (std::size_t i = 0; i < replay.rows.size(); ++i) {
        CHECK(moment.rows[i].total == replay.rows[i].total);
        CHECK(moment.rows[i].seconds == replay.rows[i].seconds);
        CHECK(moment.rows[i].output == replay.rows[i].output);
      }
    }
  }
}

TEST_CASE("the usual second is the furthest that half of those on their way have reached", "[replay]") {
  const auto usual = [](std::vector<std::uint16_t> seconds) {
    std::vector<own_second> all;
    for (const auto s : seconds)
      all.emplace_back(s);
    return reached_by_half(std::move(all), own_second{300}).value();
  };
  CHECK(usual({}) == 300);
  CHECK(usual({7}) == 7);
  CHECK(usual({7, 9}) == 9);
  CHECK(usual({9, 7, 1}) == 7);
  CHECK(usual({1, 5, 3, 4, 2, 6}) == 4);
}

} // namespace alleycat

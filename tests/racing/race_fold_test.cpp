#include "a_race.hpp"

namespace alleycat {

TEST_CASE("a race without updates is empty", "[race_fold]") {
  const a_race race;
  CHECK(race.state.key() == the_race);
  CHECK(race.state.course().name == "Old Town Twist");
  CHECK(race.state.as_of() == journal_position{0});
  CHECK(race.state.racers() == 0);
  CHECK(race.state.furthest() == own_second{0});
  CHECK(race.state.finished() == 0);
  CHECK(race.state.all_complete());
  CHECK(race.state.last_update() == unix_ms{});
  CHECK_FALSE(race.state.closed());
  CHECK(race.state.ranking().empty());
  CHECK(race.state.here_now(own_second{1}, 0, 10).empty());
  CHECK_FALSE(race.state.find(racer_id{8}).has_value());
}

TEST_CASE("the first update makes the ride, its name and its row", "[race_fold]") {
  a_race race;
  race.add(named(at(8, 3, 500), "Adell"));
  REQUIRE(race.state.racers() == 1);
  CHECK(race.row(8) == 0);
  CHECK(race.state.racer(0) == racer_id{8});
  CHECK(race.state.name(0) == "Adell");
  CHECK(race.state.furthest() == own_second{3});
  CHECK(race.state.furthest(0) == own_second{3});
  CHECK(race.state.as_of() == journal_position{1});
  CHECK(race.state.last_update() == race.in_time());
  CHECK(race.state.reached(own_second{1}) == 1);
  CHECK(race.state.reached(own_second{3}) == 1);
  CHECK(race.state.reached(own_second{4}) == 0);
  CHECK_FALSE(race.state.all_complete());
}

TEST_CASE("a late second corrects every later total", "[race_fold]") {
  a_race race;
  race.ride(8, 500, 1, 2);
  race.ride(8, 500, 4, 6);
  CHECK(race.total(8, 2) == thousand(1000));
  CHECK(race.total(8, 3) == thousand(1000));
  CHECK(race.total(8, 6) == thousand(2500));

  race.add(at(8, 3, 700));
  CHECK(race.total(8, 2) == thousand(1000));
  CHECK(race.total(8, 3) == thousand(1700));
  CHECK(race.total(8, 4) == thousand(2200));
  CHECK(race.total(8, 6) == thousand(3200));
}

TEST_CASE("a late second corrects every later rank", "[race_fold]") {
  a_race race;
  race.ride(1, 500, 1, 5);
  race.add(at(2, 1, 500));
  race.ride(2, 500, 3, 5);
  CHECK(race.rank(2, 1) == 1);
  CHECK(race.rank(2, 2) == 2);
  CHECK(race.rank(2, 5) == 2);
  race.add(at(2, 2, 501));
  for (std::uint16_t s = 2; s <= 5; ++s) {
    CAPTURE(s);
    CHECK(race.rank(2, s) == 1);
    CHECK(race.rank(1, s) == 2);
  }
}

TEST_CASE("a missing second adds nothing, and has a place by the total so far", "[race_fold]") {
  a_race race;
  race.add(at(8, 1, 600));
  race.add(at(8, 3, 600));
  race.ride(9, 500, 1, 3);
  CHECK(race.total(8, 2) == thousand(600));
  CHECK(race.state.output(race.row(8), own_second{2}) == score{0});
  CHECK(race.score_at(8, 2) == thousand(600));
  CHECK(race.rank(8, 2) == 2);
  CHECK(race.state.missing(race.row(8), 20) == std::vector<own_second>{own_second{2}});
  CHECK(race.state.missing(race.row(9), 20).empty());
}

TEST_CASE("there is no entry beyond the furthest second", "[race_fold]") {
  a_race race;
  race.ride(8, 500, 1, 4);
  race.ride(9, 400, 1, 6);
  CHECK(race.score_at(8, 5) == score{0});
  CHECK(race.rank(8, 5) == 0);
  CHECK(race.rank(9, 5) == 1);
  CHECK(race.state.ranked(own_second{4}) == 2);
  CHECK(race.state.ranked(own_second{5}) == 1);
}

TEST_CASE("a class that scores by output ranks each second by itself", "[race_fold]") {
  a_race race{10, scoring::output};
  race.add(at(8, 1, 900));
  race.add(at(8, 2, 400));
  race.ride(9, 500, 1, 2);
  CHECK(race.score_at(8, 2) == thousand(400));
  CHECK(race.total(8, 2) == thousand(1300));
  CHECK(race.rank(8, 1) == 1);
  CHECK(race.rank(8, 2) == 2);
  CHECK(places(race.state.ranking()) == place_list{{1, 9}, {2, 8}});
}

TEST_CASE("a class that scores by output has no score where the second is missing", "[race_fold]") {
  a_race race{10, scoring::output};
  race.add(at(8, 3, 500));
  CHECK(race.score_at(8, 2) == score{0});
  CHECK(race.rank(8, 2) == 0);
  CHECK(race.state.ranked(own_second{2}) == 0);
  CHECK(race.state.reached(own_second{2}) == 1);
  race.add(at(8, 2, 400));
  CHECK(race.score_at(8, 2) == thousand(400));
  CHECK(race.score_at(8, 3) == thousand(500));
  CHECK(race.total(8, 3) == thousand(900));
}

TEST_CASE("equal scores share a rank, and stand by racer id", "[race_fold]") {
  a_race race;
  race.add(at(40, 1, 500));
  race.add(at(10, 1, 900));
  race.add(at(30, 1, 500));
  race.add(at(20, 1, 400));
  const place_list expected{{1, 10}, {2, 30}, {2, 40}, {4, 20}};
  CHECK(places(race.state.here_now(own_second{1}, 0, 10)) == expected);
  CHECK(places(race.state.ranking()) == expected);
  CHECK(race.state.place(race.row(30), own_second{1}) == 1);
  CHECK(race.state.place(race.row(40), own_second{1}) == 2);
}

TEST_CASE("a page of the table begins with the right rank, also inside a tie", "[race_fold]") {
  a_race race;
  for (std::uint32_t racer = 1; racer <= 5; ++racer)
    race.add(at(racer, 1, racer == 1 ? 900 : 500));
  const own_second s{1};
  CHECK(places(race.state.here_now(s, 2, 2)) == place_list{{2, 3}, {2, 4}});
  CHECK(places(race.state.here_now(s, 4, 10)) == place_list{{2, 5}});
  CHECK(race.state.here_now(s, 5, 10).empty());
  CHECK(race.state.here_now(s, 50, 10).empty());
  CHECK(race.state.here_now(s, 0, 0).empty());
}

TEST_CASE("the live ranking goes by each ride's latest second, and tells the rank at the own one", "[race_fold]") {
  a_race race;
  race.ride(1, 500, 1, 8); // early starter, slow
  race.ride(2, 900, 1, 4); // late starter, fast
  const auto rows = race.state.ranking();
  REQUIRE(places(rows) == place_list{{1, 1}, {2, 2}});
  CHECK(rows[0].here_now_rank == 1);
  CHECK(rows[1].here_now_rank == 1);
  CHECK(rows[1].second == own_second{4});
  CHECK(rows[1].seconds == 4);
  CHECK(rows[1].output == thousand(900));
  CHECK(rows[1].total == thousand(3600));
  CHECK_FALSE(rows[1].finished);
  CHECK(rows[1].all_time_rank == 0);
}

TEST_CASE("a race is complete when every ride has all its seconds", "[race_fold]") {
  a_race race;
  race.ride(8, 500);
  CHECK(race.state.all_complete());
  race.add(at(9, 10, 500));
  CHECK_FALSE(race.state.all_complete());
  race.ride(9, 500, 1, 9);
  CHECK(race.state.all_complete());
}

TEST_CASE("the last second and enough of the others make a finisher, the moment they are there", "[race_fold]") {
  a_race race; // 10 seconds, 90 %: 9
  race.ride(8, 500, 1, 8);
  CHECK_FALSE(race.state.finished(0));
  race.add(at(8, 10));
  CHECK(race.state.finished(0));
  CHECK(race.state.finished() == 1);

  race.ride(9, 500, 1, 9); // enough, without the last one
  CHECK_FALSE(race.state.finished(race.row(9)));
  race.ride(7, 500, 3, 10); // the last one, not enough
  CHECK_FALSE(race.state.finished(race.row(7)));
  race.add(at(7, 2));
  CHECK(race.state.finished(race.row(7)));
  CHECK(race.state.finished() == 2);
}

TEST_CASE("second 300 only: it ranks, it does not finish", "[race_fold]") {
  a_race race{300};
  race.add(at(8, 300, 900));
  race.ride(9, 500);
  CHECK(race.state.furthest() == own_second{300});
  CHECK(race.state.reached(own_second{1}) == 2);
  CHECK(race.state.ranked(own_second{1}) == 1);
  CHECK(race.total(8, 299) == score{0});
  CHECK(race.total(8, 300) == thousand(900));
  CHECK(race.rank(8, 299) == 0);
  CHECK(race.rank(8, 300) == 2);
  CHECK(race.state.missing(race.row(8), 20).size() == 20);
  CHECK(race.state.missing(race.row(8), 1000).size() == 299);
  CHECK(race.state.finished() == 1);
  race.mark();
  const auto closed = race.state.close(epoch{1});
  CHECK(places(closed.result.rows) == place_list{{1, 9}, {0, 8}});
}

TEST_CASE("a single rider wins", "[race_fold]") {
  a_race race;
  race.ride(8, 350);
  race.mark();
  const auto closed = race.state.close(epoch{1});
  REQUIRE(places(closed.result.rows) == place_list{{1, 8}});
  CHECK(closed.result.rows[0].here_now_rank == 1);
  CHECK(closed.result.finished == 1);
  REQUIRE(closed.rides.size() == 1);
  CHECK(closed.rides[0].rank == 1);
}

TEST_CASE("a thousand riders stand where they belong", "[race_fold]") {
  constexpr std::uint32_t riders = 1000;
  a_race race{20};
  // Rider n is worth 350 + n / 2 each second: pairs share every rank.
  for (std::uint16_t s = 1; s <= 20; ++s) {
    journal_batch batch;
    for (std::uint32_t i = 0; i < riders; ++i) {
      const auto n = 1 + i * 701 % riders; // 701 and 1000 share no factor: every rider once
      batch.push_back(at(n, s, 350 + n / 2));
    }
    race.batch(std::move(batch));
  }
  REQUIRE(race.state.racers() == riders);
  CHECK(race.count(refusal::none) == riders * 20);
  CHECK(race.state.finished() == riders);
  const auto rows = race.state.ranking();
  for (std::uint32_t n = 1; n <= riders; ++n) {
    // Above rider n stand those of a higher half.
    const auto expected = 1 + riders - (n / 2 * 2 + 1 > riders ? riders : n / 2 * 2 + 1);
    CAPTURE(n);
    REQUIRE(race.rank(n, 1) == expected);
    REQUIRE(race.rank(n, 20) == expected);
  }
  CHECK(rows.front().racer == racer_id{1000});
  CHECK(rows.back().racer == racer_id{1});
}

TEST_CASE("a thousand riders are the capacity as shipped", "[race_fold]") {
  a_race race{1};
  for (std::uint32_t n = 1; n <= 1001; ++n)
    race.add(at(n, 1));
  CHECK(race.state.racers() == 1000);
  CHECK(race.count(refusal::race_full) == 1);
}

} // namespace alleycat

#include "a_race.hpp"

namespace alleycat {

TEST_CASE("a race without updates is empty", "[race_state]") {
  const a_race race;
  CHECK(race.state.key() == the_race);
  CHECK(race.state.course().name == "Old Town Twist");
  CHECK(race.state.as_of() == journal_position{0});
  CHECK(race.state.racers() == 0);
  CHECK(race.state.furthest() == own_second{0});
  CHECK(race.state.finished() == 0);
  CHECK(race.state.all_complete());
  CHECK(race.state.last_update() == 0);
  CHECK_FALSE(race.state.closed());
  CHECK(race.state.ranking().empty());
  CHECK(race.state.here_now(own_second{1}, 0, 10).empty());
  CHECK_FALSE(race.state.find(racer_id{8}).has_value());
}

TEST_CASE("the first update makes the ride, its name and its row", "[race_state]") {
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

TEST_CASE("a late second corrects every later total", "[race_state]") {
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

TEST_CASE("a late second corrects every later rank", "[race_state]") {
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

TEST_CASE("a missing second adds nothing, and has a place by the total so far", "[race_state]") {
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

TEST_CASE("there is no entry beyond the furthest second", "[race_state]") {
  a_race race;
  race.ride(8, 500, 1, 4);
  race.ride(9, 400, 1, 6);
  CHECK(race.score_at(8, 5) == score{0});
  CHECK(race.rank(8, 5) == 0);
  CHECK(race.rank(9, 5) == 1);
  CHECK(race.state.ranked(own_second{4}) == 2);
  CHECK(race.state.ranked(own_second{5}) == 1);
}

TEST_CASE("a class that scores by output ranks each second by itself", "[race_state]") {
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

TEST_CASE("a class that scores by output has no score where the second is missing", "[race_state]") {
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

TEST_CASE("equal scores share a rank, and stand by racer id", "[race_state]") {
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

TEST_CASE("a page of the table begins with the right rank, also inside a tie", "[race_state]") {
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

TEST_CASE("the live ranking goes by each ride's latest second, and tells the rank at the own one", "[race_state]") {
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

TEST_CASE("what has no effect is counted by its reason", "[race_state]") {
  a_race race;
  race.add(at(8, 1, 500));
  const auto before = race.state.ranking();

  SECTION("the same value again is a duplicate") {
    race.add(at(8, 1, 500));
    CHECK(race.count(refusal::duplicate) == 1);
  }
  SECTION("another value is a conflict: the first in the journal stays") {
    race.add(at(8, 1, 900));
    CHECK(race.count(refusal::conflict) == 1);
  }
  SECTION("another heart rate is another value") {
    auto u = at(8, 1, 500);
    u.measured.heart_rate = 120;
    race.add(u);
    CHECK(race.count(refusal::conflict) == 1);
  }
  SECTION("a second that no ride has") {
    for (const auto& second : {own_second{0}, own_second{11}, own_second{65'535}})
      race.add(at(8, second.value(), 900));
    CHECK(race.count(refusal::bad_second) == 3);
  }
  CHECK(race.count(refusal::none) == 1);
  CHECK(places(race.state.ranking()) == places(before));
  CHECK(race.total(8, 1) == thousand(500));
  CHECK(race.state.racers() == 1);
}

TEST_CASE("within one batch the first of a slot wins", "[race_state]") {
  a_race race;
  race.batch({at(8, 1, 500), at(8, 1, 900), at(8, 1, 500)});
  CHECK(race.total(8, 1) == thousand(500));
  CHECK(race.count(refusal::none) == 1);
  CHECK(race.count(refusal::conflict) == 1);
  CHECK(race.count(refusal::duplicate) == 1);
}

TEST_CASE("updates more than 5 s off the anchor belong to another ride", "[race_state]") {
  struct row {
    unix_ms ms;
    refusal expected;
  };
  const auto r = GENERATE(values<row>({{0, refusal::none},
                                       {4'999, refusal::none},
                                       {5'000, refusal::none},
                                       {5'001, refusal::other_ride},
                                       {-5'000, refusal::none},
                                       {-5'001, refusal::other_ride},
                                       {60'000, refusal::other_ride}}));
  CAPTURE(r.ms);
  a_race race;
  race.add(at(8, 1));
  race.add(shifted(at(8, 2), r.ms));
  CHECK(race.count(r.expected) == (r.expected == refusal::none ? 2U : 1U));
}

TEST_CASE("the anchor is the first accepted update's and does not drift", "[race_state]") {
  a_race race;
  race.add(at(8, 1));
  race.add(shifted(at(8, 2), 4'000));
  race.add(shifted(at(8, 3), 8'000));
  CHECK(race.count(refusal::none) == 2);
  CHECK(race.count(refusal::other_ride) == 1);
}

TEST_CASE("a restart within the window is refused, and leaves the first ride as it was", "[race_state]") {
  a_race race;
  race.ride(8, 500, 1, 4);
  for (std::uint16_t s = 1; s <= 10; ++s)
    race.add(shifted(named(at(8, s, 900), "Impostor"), 20'000));
  CHECK(race.count(refusal::other_ride) == 10);
  CHECK(race.state.furthest(race.row(8)) == own_second{4});
  CHECK(race.total(8, 4) == thousand(2000));
  CHECK(race.state.name(race.row(8)).empty());
}

TEST_CASE("a second re-sent much later still belongs to its ride", "[race_state]") {
  a_race race;
  race.ride(8, 500, 2, 10);
  race.add(at(8, 1, 500), race.deadline());
  CHECK(race.count(refusal::none) == 10);
  CHECK(race.state.all_complete());
}

TEST_CASE("the time of a second is judged by the journal's timestamp", "[race_state]") {
  struct row {
    unix_ms after_start;
    refusal expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({{2'000, refusal::none, "5 s before it can be ridden"},
                                       {1'999, refusal::out_of_time, "earlier"},
                                       {340'000, refusal::none, "at the deadline: 300 + 10 + 30 s"},
                                       {340'001, refusal::out_of_time, "behind it"}}));
  CAPTURE(r.why);
  a_race race;
  race.add(at(8, 7), race.start() + r.after_start);
  CHECK(race.count(r.expected) == 1);
  CHECK(race.state.racers() == (r.expected == refusal::none ? 1U : 0U));
}

TEST_CASE("with admit any the journal's timestamp is not asked", "[race_state]") {
  auto rules = rules_for(10);
  rules.race.admit = admission::any;
  a_race race{rules};
  race.add(at(8, 7), 0);
  race.add(at(9, 7), race.deadline() + 86'400'000);
  CHECK(race.count(refusal::none) == 2);
}

TEST_CASE("what is out of time does not anchor a ride", "[race_state]") {
  a_race race;
  race.add(shifted(at(8, 9), 60'000), race.start());
  race.add(at(8, 1));
  CHECK(race.count(refusal::out_of_time) == 1);
  CHECK(race.count(refusal::none) == 1);
}

TEST_CASE("a full race takes the first riders in journal order, and all their seconds", "[race_state]") {
  auto rules = rules_for(10);
  rules.race.capacity = 2;
  a_race race{rules};
  race.add(at(30, 1));
  race.batch({at(20, 1), at(10, 1, 900)});
  race.add(at(10, 2, 900));
  race.add(at(30, 2));
  CHECK(race.state.racers() == 2);
  CHECK(race.count(refusal::race_full) == 2);
  CHECK(race.count(refusal::none) == 3);
  CHECK_FALSE(race.state.find(racer_id{10}).has_value());
  CHECK(places(race.state.here_now(own_second{1}, 0, 10)) == place_list{{1, 20}, {1, 30}});
}

TEST_CASE("who was refused does not take a place in a full race", "[race_state]") {
  auto rules = rules_for(10);
  rules.race.capacity = 1;
  a_race race{rules};
  race.add(at(30, 10), race.start());
  race.add(at(20, 1));
  CHECK(race.state.find(racer_id{20}).has_value());
  CHECK_FALSE(race.state.find(racer_id{30}).has_value());
}

TEST_CASE("the first name in journal order names the ride", "[race_state]") {
  a_race race;
  race.add(at(8, 5));
  CHECK(race.state.name(0).empty());
  race.add(named(at(8, 7), "Adell"));
  race.add(named(at(8, 1), "Berta"));
  race.add(named(at(8, 7), "Carla"));
  CHECK(race.state.name(0) == "Adell");
  CHECK(race.state.ranking()[0].name == "Adell");
}

TEST_CASE("a ride that asks for its view is known to do so", "[race_state]") {
  a_race race;
  race.add(at(8, 1));
  auto asking = at(9, 1);
  asking.wants_view = true;
  race.add(asking);
  CHECK_FALSE(race.state.wants_view(race.row(8)));
  CHECK(race.state.wants_view(race.row(9)));
}

TEST_CASE("positions up to the last one read have no effect", "[race_state]") {
  a_race race;
  race.ride(8, 500, 1, 5);
  race.add(at(8, 1, 900));
  race.state.take_news();
  for (const auto& entry : race.journal())
    race.state.apply(entry);
  CHECK(race.count(refusal::none) == 5);
  CHECK(race.count(refusal::conflict) == 1);
  CHECK(race.count(refusal::duplicate) == 0);
  CHECK(race.state.as_of() == journal_position{6});
  CHECK(race.state.take_news().empty());
}

TEST_CASE("another content under a position that was read has no effect either", "[race_state]") {
  a_race race;
  race.add(at(8, 1));
  race.state.apply({journal_position{1}, race.in_time(), journal_batch{at(9, 1)}});
  race.state.apply({journal_position{1}, race.in_time(), close_mark{epoch{1}, 0}});
  CHECK(race.state.racers() == 1);
  CHECK_FALSE(race.state.closed());
}

TEST_CASE("a position that can not be decoded is skipped, and counts as read", "[race_state]") {
  a_race race;
  race.add(at(8, 1));
  race.state.skip(journal_position{2});
  CHECK(race.state.as_of() == journal_position{2});
  race.state.apply({journal_position{2}, race.in_time(), journal_batch{at(9, 1)}});
  CHECK(race.state.racers() == 1);
  race.state.skip(journal_position{1});
  CHECK(race.state.as_of() == journal_position{2});
  race.state.apply({journal_position{3}, race.in_time(), journal_batch{at(9, 1)}});
  CHECK(race.state.racers() == 2);
}

TEST_CASE("anything after the close mark is late", "[race_state]") {
  a_race race;
  race.ride(8, 500);
  race.add(at(9, 1, 900));
  race.mark(epoch{4}, race.in_time() + 1);
  REQUIRE(race.state.closed());
  const auto before = race.state.close(epoch{4});

  race.add(at(9, 2, 900));
  race.batch({at(10, 1), at(8, 1), named(at(9, 3), "Berta")});
  race.mark(epoch{6}, race.deadline());
  race.mark(epoch{5}, race.deadline());
  const auto after = race.state.close(epoch{4});

  CHECK(race.count(refusal::late) == 4);
  CHECK(race.count(refusal::duplicate) == 0);
  CHECK(race.state.racers() == 2);
  CHECK(race.state.marked_by() == epoch{6});
  CHECK(race.state.as_of() == journal_position{16});
  CHECK(after.stamp == before.stamp);
  CHECK(after.result.as_of == journal_position{12});
  CHECK(after.result.closed == race.in_time() + 1);
  CHECK(places(after.result.rows) == places(before.result.rows));
  CHECK(after.rides == before.rides);
}

TEST_CASE("a race is complete when every ride has all its seconds", "[race_state]") {
  a_race race;
  race.ride(8, 500);
  CHECK(race.state.all_complete());
  race.add(at(9, 10, 500));
  CHECK_FALSE(race.state.all_complete());
  race.ride(9, 500, 1, 9);
  CHECK(race.state.all_complete());
}

TEST_CASE("the last second and enough of the others make a finisher, the moment they are there", "[race_state]") {
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

TEST_CASE("second 300 only: it ranks, it does not finish", "[race_state]") {
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

TEST_CASE("a single rider wins", "[race_state]") {
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

TEST_CASE("a thousand riders stand where they belong", "[race_state]") {
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

TEST_CASE("a thousand riders are the capacity as shipped", "[race_state]") {
  a_race race{1};
  for (std::uint32_t n = 1; n <= 1001; ++n)
    race.add(at(n, 1));
  CHECK(race.state.racers() == 1000);
  CHECK(race.count(refusal::race_full) == 1);
}

TEST_CASE("news tell each ride's accepted seconds and refusals once, in order of first news", "[race_state]") {
  a_race race;
  race.batch({at(9, 1), at(8, 2), at(9, 3), at(9, 2)});
  race.add(at(8, 2));
  auto news = race.state.take_news();
  REQUIRE(news.size() == 2);
  CHECK(news[0].row == race.row(9));
  CHECK(news[0].accepted == std::vector<own_second>{own_second{1}, own_second{3}, own_second{2}});
  CHECK(news[1].row == race.row(8));
  CHECK(news[1].accepted == std::vector<own_second>{own_second{2}});
  CHECK(news[1].refused[static_cast<std::size_t>(refusal::duplicate)] == 1);
  CHECK(race.state.take_news().empty());

  race.add(at(8, 2, 900));
  news = race.state.take_news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].row == race.row(8));
  CHECK(news[0].accepted.empty());
  CHECK(news[0].refused[static_cast<std::size_t>(refusal::conflict)] == 1);
  CHECK(news[0].refused[static_cast<std::size_t>(refusal::duplicate)] == 0);
}

} // namespace alleycat

#include "a_race.hpp"

namespace alleycat {

TEST_CASE("what has no effect is counted by its reason", "[race_fold]") {
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

TEST_CASE("within one batch the first of a slot wins", "[race_fold]") {
  a_race race;
  race.batch({at(8, 1, 500), at(8, 1, 900), at(8, 1, 500)});
  CHECK(race.total(8, 1) == thousand(500));
  CHECK(race.count(refusal::none) == 1);
  CHECK(race.count(refusal::conflict) == 1);
  CHECK(race.count(refusal::duplicate) == 1);
}

TEST_CASE("updates more than 5 s off the anchor belong to another ride", "[race_fold]") {
  struct row {
    std::int64_t ms;
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
  race.add(shifted(at(8, 2), milliseconds{r.ms}));
  CHECK(race.count(r.expected) == (r.expected == refusal::none ? 2U : 1U));
}

TEST_CASE("the anchor is the first accepted update's and does not drift", "[race_fold]") {
  a_race race;
  race.add(at(8, 1));
  race.add(shifted(at(8, 2), 4s));
  race.add(shifted(at(8, 3), 8s));
  CHECK(race.count(refusal::none) == 2);
  CHECK(race.count(refusal::other_ride) == 1);
}

TEST_CASE("a restart within the window is refused, and leaves the first ride as it was", "[race_fold]") {
  a_race race;
  race.ride(8, 500, 1, 4);
  for (std::uint16_t s = 1; s <= 10; ++s)
    race.add(shifted(named(at(8, s, 900), "Impostor"), 20s));
  CHECK(race.count(refusal::other_ride) == 10);
  CHECK(race.state.furthest(race.row(8)) == own_second{4});
  CHECK(race.total(8, 4) == thousand(2000));
  CHECK(race.state.name(race.row(8)).empty());
}

TEST_CASE("a second re-sent much later still belongs to its ride", "[race_fold]") {
  a_race race;
  race.ride(8, 500, 2, 10);
  race.add(at(8, 1, 500), race.deadline());
  CHECK(race.count(refusal::none) == 10);
  CHECK(race.state.all_complete());
}

TEST_CASE("the time of a second is judged by the journal's timestamp", "[race_fold]") {
  struct row {
    std::int64_t after_start;
    refusal expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({{0, refusal::none, "7 s before it can be ridden"},
                                       {-1, refusal::out_of_time, "earlier"},
                                       {340'000, refusal::none, "at the deadline: 300 + 10 + 30 s"},
                                       {340'001, refusal::out_of_time, "behind it"}}));
  CAPTURE(r.why);
  a_race race;
  race.add(at(8, 7), race.start() + milliseconds{r.after_start});
  CHECK(race.count(r.expected) == 1);
  CHECK(race.state.racers() == (r.expected == refusal::none ? 1U : 0U));
}

TEST_CASE("with admit any the journal's timestamp is not asked", "[race_fold]") {
  auto rules = rules_for(10);
  rules.race.admit = admission::any;
  a_race race{rules};
  race.add(at(8, 7), unix_ms{});
  race.add(at(9, 7), race.deadline() + 24h);
  CHECK(race.count(refusal::none) == 2);
}

TEST_CASE("what is out of time does not anchor a ride", "[race_fold]") {
  a_race race;
  race.add(shifted(at(8, 9), 60s), race.start());
  race.add(at(8, 1));
  CHECK(race.count(refusal::out_of_time) == 1);
  CHECK(race.count(refusal::none) == 1);
}

TEST_CASE("a full race takes the first riders in journal order, and all their seconds", "[race_fold]") {
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

TEST_CASE("who was refused does not take a place in a full race", "[race_fold]") {
  auto rules = rules_for(10);
  rules.race.capacity = 1;
  a_race race{rules};
  race.add(at(30, 10), race.start());
  race.add(at(20, 1));
  CHECK(race.state.find(racer_id{20}).has_value());
  CHECK_FALSE(race.state.find(racer_id{30}).has_value());
}

TEST_CASE("the first name in journal order names the ride", "[race_fold]") {
  a_race race;
  race.add(at(8, 5));
  CHECK(race.state.name(0).empty());
  race.add(named(at(8, 7), "Adell"));
  race.add(named(at(8, 1), "Berta"));
  race.add(named(at(8, 7), "Carla"));
  CHECK(race.state.name(0) == "Adell");
  CHECK(race.state.ranking()[0].name == "Adell");
}

TEST_CASE("a ride that asks for its view is known to do so", "[race_fold]") {
  a_race race;
  race.add(at(8, 1));
  auto asking = at(9, 1);
  asking.wants_view = true;
  race.add(asking);
  CHECK_FALSE(race.state.wants_view(race.row(8)));
  CHECK(race.state.wants_view(race.row(9)));
}

TEST_CASE("positions up to the last one read have no effect", "[race_fold]") {
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

TEST_CASE("another content under a position that was read has no effect either", "[race_fold]") {
  a_race race;
  race.add(at(8, 1));
  race.state.apply({journal_position{1}, race.in_time(), journal_batch{at(9, 1)}});
  race.state.apply({journal_position{1}, race.in_time(), close_mark{epoch{1}, {}}});
  CHECK(race.state.racers() == 1);
  CHECK_FALSE(race.state.closed());
}

TEST_CASE("a position that cannot be decoded is skipped, and counts as read", "[race_fold]") {
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

TEST_CASE("anything after the close mark has no effect", "[race_fold]") {
  a_race race;
  race.ride(8, 500);
  race.add(at(9, 1, 900));
  race.mark(epoch{4}, race.deadline() + 1ms);
  REQUIRE(race.state.closed());
  const auto before = race.state.close(epoch{4});

  race.add(at(9, 2, 900));
  race.batch({at(10, 1), at(8, 1), named(at(9, 3), "Berta")});
  race.mark(epoch{6}, race.deadline());
  race.mark(epoch{5}, race.deadline());
  const auto after = race.state.close(epoch{4});

  CHECK(race.count(refusal::out_of_time) == 4);
  CHECK(race.count(refusal::duplicate) == 0);
  CHECK(race.state.racers() == 2);
  CHECK(race.state.marked_by() == epoch{6});
  CHECK(race.state.as_of() == journal_position{16});
  CHECK(after.stamp == before.stamp);
  CHECK(after.result.as_of == journal_position{12});
  CHECK(after.result.closed == race.deadline() + 1ms);
  CHECK(places(after.result.rows) == places(before.result.rows));
  CHECK(after.rides == before.rides);
}

TEST_CASE("a mark that was stored before the deadline ends nothing", "[race_fold]") {
  a_race race;
  race.add(at(8, 1));
  race.mark(epoch{4}, race.deadline());
  race.add(at(8, 2), race.deadline());
  CHECK_FALSE(race.state.closed());
  CHECK(race.state.early_marks() == 1);
  CHECK(race.count(refusal::none) == 2);
  race.mark(epoch{3}, race.deadline() + 1ms); // whoever wrote it
  CHECK(race.state.closed());
  CHECK(race.state.close(epoch{4}).rides[0].seconds.size() == 2);
}

TEST_CASE("news tell what was accepted and refused, in order and once", "[race_fold]") {
  using accepted = race_news::accepted_second;
  using refused = race_news::refused_update;
  a_race race;
  race.batch({at(9, 1), at(8, 2), at(9, 3), at(9, 2)});
  race.add(at(8, 2));
  const auto row_9 = race.row(9), row_8 = race.row(8);
  auto news = race.state.take_news();
  CHECK(news.accepted ==
        std::vector<accepted>{
            {row_9, own_second{1}}, {row_8, own_second{2}}, {row_9, own_second{3}}, {row_9, own_second{2}}});
  CHECK(news.refused == std::vector<refused>{{row_8, refusal::duplicate}});
  CHECK(race.state.take_news().empty());

  race.add(at(8, 2, 900));
  news = race.state.take_news();
  CHECK(news.accepted.empty());
  CHECK(news.refused == std::vector<refused>{{row_8, refusal::conflict}});
}

} // namespace alleycat

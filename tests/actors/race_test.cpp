#include "tests/actors/race_stage.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

TEST_CASE("standings go out as soon as every live ride has reported") {
  race_stage s;
  s.journaled_now({update_at(8, 1), update_at(9, 1, 900)});
  REQUIRE(s.publications.tables.size() == 1);
  s.pass(1'000ms);
  CHECK(s.publications.tables.size() == 1); // nothing changed
  s.journaled_now({update_at(8, 2)});
  CHECK(s.publications.tables.size() == 1); // 9 may be on the way
  s.pass(200ms);
  CHECK(s.publications.tables.size() == 2); // a second is over, and nobody comes: no more waiting
  s.pass(950ms);
  s.journaled_now({update_at(8, 3)});
  CHECK(s.publications.tables.size() == 2); // 9 is live and has not reported
  s.journaled_now({update_at(9, 2)});
  REQUIRE(s.publications.tables.size() == 3);
  const auto& table = s.publications.tables.back();
  CHECK(table.owner_epoch == epoch{7});
  CHECK(table.as_of == journal_position{4});
  CHECK(table.second == own_second{3});
  CHECK(table.rows.size() == 2);
  CHECK_FALSE(table.all_time_stale);
  CHECK(s.course->in_a_hurry); // questions that wait at the class hold no standings up
}

TEST_CASE("standings do not wait for riders who fell silent longer than a second") {
  race_stage s;
  s.journaled_now({update_at(8, 1), update_at(9, 1)});
  s.pass(900ms);
  s.journaled_now({update_at(8, 2)});
  CHECK(s.publications.tables.size() == 1);
  s.pass(200ms);
  CHECK(s.publications.tables.size() == 2);
}

TEST_CASE("standings that waited go out when they are due, not when the race looks at the clock next") {
  race_stage s;
  s.journaled_now({update_at(8, 1), update_at(9, 1)});
  s.pass(1'030ms);
  s.journaled_now({update_at(8, 2)}); // 9 is silent: due 100 ms later
  s.pass(90ms);
  CHECK(s.publications.tables.size() == 1);
  s.pass(10ms);
  CHECK(s.publications.tables.size() == 2);
}

TEST_CASE("a class that does not answer delays standings by 150 ms and costs the all-time ranks") {
  race_stage s;
  s.course->silent = true;
  s.journaled_now({update_at(8, 1)});
  CHECK(s.publications.tables.empty());
  s.pass(160ms);
  REQUIRE(s.publications.tables.size() == 1);
  CHECK(s.publications.tables[0].all_time_stale);
  CHECK(s.publications.tables[0].rows[0].all_time_rank == 0);
  CHECK(s.counts.standings_stale.value() == 1);
}

TEST_CASE("nothing is published before the journal was read to its end") {
  race_stage s;
  s.journaled_now({update_at(8, 1)}, 2);
  s.journaled_now({update_at(8, 2)}, 1);
  s.pass(1'500ms);
  CHECK(s.publications.tables.empty());
  s.journaled_now({update_at(8, 3)}, 0);
  REQUIRE(s.publications.tables.size() == 1);
  CHECK(s.publications.tables[0].rows[0].seconds == 3);
}

TEST_CASE("each rider gets a view of the own second, and every accepted second reaches the racer once") {
  race_stage s;
  s.journaled_now({update_at(8, 1), update_at(9, 1, 900), update_at(8, 3), update_at(8, 3, 700)});
  REQUIRE(s.publications.views.size() == 2);
  const auto& view = s.publications.views[0].racer == racer_id{8} ? s.publications.views[0] : s.publications.views[1];
  CHECK(view.second == own_second{3});
  CHECK(view.here_now.rank == 1);
  CHECK(view.here_now.of == 1); // nobody else has reached second 3
  CHECK(view.missing == std::vector{own_second{2}});
  CHECK(view.refused[static_cast<std::size_t>(refusal::conflict)] == 1);
  CHECK(s.counts.racer_seconds.value() == 3);
}

TEST_CASE("views are only for those who asked, where the rules say so") {
  auto rules = short_rules();
  rules.race.views = view_policy::asked;
  race_stage s;
  s.context.rules = rules;
  auto asking = update_at(9, 1);
  asking.wants_view = true;
  s.journaled_now({update_at(8, 1), asking});
  REQUIRE(s.publications.views.size() == 1);
  CHECK(s.publications.views[0].racer == racer_id{9});
  CHECK(s.counts.racer_seconds.value() == 2);
}

TEST_CASE("one class that answers too late costs the ranks of its table only, and nothing is published twice") {
  race_stage s{short_rules(), 0ms};
  s.course->silent = true;
  s.journaled_now({update_at(8, 1)});
  s.pass(100ms);
  CHECK(s.publications.tables.empty());
  s.pass(50ms);
  REQUIRE(s.publications.tables.size() == 1);
  s.course->silent = false;
  s.pass(100ms);
  s.journaled_now({update_at(8, 2)});
  REQUIRE(s.publications.tables.size() == 2);
  CHECK_FALSE(s.publications.tables.back().all_time_stale);
  s.course->silent = true;
  s.journaled_now({update_at(8, 3)});
  s.pass(140ms);
  CHECK(s.publications.tables.size() == 2);
  s.pass(10ms);
  CHECK(s.publications.tables.size() == 3);
  CHECK(s.counts.standings_stale.value() == 2);
}

TEST_CASE("a race whose riders are all complete says so when nobody can start any more, and when it will be final") {
  race_stage s;
  for (std::uint16_t second = 1; second <= 10; ++second) {
    s.clock.time = race_start + 1s * second;
    s.journaled_now({update_at(8, second), update_at(9, second, 900)});
  }
  s.pass(2'000ms);
  CHECK(s.publications.tables.back().phase == race_phase::complete); // the window ended with the tenth second
  CHECK(s.publications.tables.back().final_at == s.deadline);
  const auto tables = s.publications.tables.size();

  SECTION("and ends at its deadline all the same") {
    s.clock.time = s.deadline;
    s.pass(100ms);
    CHECK(s.journal.marks.empty());
    s.pass(200ms);
    REQUIRE(s.journal.marks.size() == 1);
    CHECK(s.journal.marks[0].second.owner_epoch == epoch{7});
    CHECK(s.counts.marks_acknowledged.value() == 1);
    CHECK(s.publications.tables.size() == tables); // nothing changed
  }
  SECTION("and is running again when somebody comes who was away from the first second on") {
    s.journaled_now({update_at(10, 1, 950)});
    s.pass(1'000ms);
    CHECK(s.publications.tables.back().phase == race_phase::running);
    CHECK(s.publications.tables.back().rows.size() == 3);
  }
}

TEST_CASE("a race that was folded to its mark goes to its shard once, and ends with it") {
  race_stage s;
  for (std::uint16_t second = 1; second <= 10; ++second) {
    s.clock.time = race_start + 1s * second;
    s.journaled_now({update_at(8, second), update_at(9, second, 900)});
  }
  s.ended();
  s.pass(500ms);
  REQUIRE(s.shard->folded.size() == 1);
  const auto& result = s.shard->folded.front()->result;
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].racer == racer_id{9});
  CHECK(result.rows[0].finished);
  CHECK(result.owner_epoch == epoch{7});
  CHECK(s.shard->status[the_race].closed);
  CHECK(actor_meters::of(actor_kind::race).running() == 1);
  caf::anon_send(s.actor, race_over{});
  s.settle();
  CHECK(actor_meters::of(actor_kind::race).running() == 0);
  CHECK(actor_meters::of(actor_kind::racer).running() == 0);
}

TEST_CASE("the last seconds before the mark still reach their riders") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.journaled_now({update_at(8, 2)}); // within the minimum interval: waits
  CHECK(s.publications.views.size() == 1);
  s.ended();
  REQUIRE(s.publications.views.size() == 2);
  CHECK(s.publications.views.back().second == own_second{2});
}

TEST_CASE("a race ends at its deadline, never before") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.clock.time = s.deadline - 500ms;
  s.pass(500ms);
  CHECK(s.journal.marks.empty());
  s.pass(400ms);
  CHECK(s.journal.marks.size() == 1);
}

TEST_CASE("a mark that the journal stored before the deadline ends nothing, and is counted") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.clock.time = s.deadline;
  s.marked_now();
  CHECK(s.shard->folded.empty());
  CHECK(s.counts.marks_early.value() == 1);
  s.journaled_now({update_at(8, 2)}); // in time
  s.ended();
  REQUIRE(s.shard->folded.size() == 1);
  CHECK(s.shard->folded[0]->rides[0].seconds.size() == 2);
}

TEST_CASE("a mark that is not read is written again every 2 s") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.clock.time = s.deadline + 1'000ms;
  s.pass(200ms);
  CHECK(s.journal.marks.size() == 1);
  s.pass(2'200ms);
  CHECK(s.journal.marks.size() == 2);
}

TEST_CASE("a race of which nothing is in the journal is never marked") {
  race_stage s;
  s.clock.time = s.deadline + 60'000ms;
  s.pass(500ms);
  CHECK(s.journal.marks.empty());
}

TEST_CASE("what comes after the close mark changes nothing") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.ended();
  s.journaled_now({update_at(8, 2), update_at(9, 1)});
  s.pass(1'500ms);
  REQUIRE(s.shard->folded.size() == 1);
  REQUIRE(s.shard->folded.front()->rides.size() == 1);
  CHECK(s.shard->folded.front()->rides[0].seconds.size() == 1);
  CHECK(s.counts.updates_refused[static_cast<std::size_t>(refusal::out_of_time)].value() == 2);
}

TEST_CASE(
    "a term that is only preloading reads everything and emits nothing; what was read is acted on when it begins") {
  race_stage s;
  s.clear();
  const auto under = std::make_shared<term>(the_race.cls);
  const auto partners =
      race_partners{s.keep(s.system().spawn(kept_shard, s.shard)), s.keep(s.system().spawn(empty_class, s.course))};
  s.keep(s.system().spawn(race, &s.context, under, the_race, partners));
  s.settle();
  s.journaled_now({update_at(8, 1), update_at(8, 1)});
  s.clock.time = s.deadline + 1'000ms;
  s.pass(1'000ms);
  CHECK(s.publications.tables.empty());
  CHECK(s.publications.fenced == 0);
  CHECK(s.journal.marks.empty());
  CHECK(s.counts.updates_folded.value() == 0);
  CHECK(s.shard->status[the_race].caught_up);
  under->begin(epoch{9});
  s.pass(200ms);
  CHECK(s.counts.updates_folded.value() == 2);
  REQUIRE(s.publications.tables.size() == 1);
  CHECK(s.publications.tables[0].owner_epoch == epoch{9});
  CHECK(s.journal.marks.size() == 1);
  s.marked_now();
  s.pass(200ms);
  CHECK(s.shard->folded.size() == 1);
}

TEST_CASE("nothing of a term that is over leaves") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  REQUIRE(s.publications.tables.size() == 1);
  s.under->end();
  s.journaled_now({update_at(8, 2)});
  s.pass(2'000ms);
  CHECK(s.publications.tables.size() == 1);
  s.ended();
  CHECK(s.shard->folded.empty());
}

TEST_CASE("a reader that brings nothing of what the journal has is opened again after 2 s") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  const auto listed = [&](std::uint64_t messages) {
    caf::anon_send(s.actor, journal_extent{messages});
    s.pass(1'000ms);
  };
  listed(1);
  listed(2); // on its way
  s.journaled_now({update_at(8, 2)});
  listed(2);
  CHECK(s.journal.reopened == 0);
  listed(5);
  listed(5);
  CHECK(s.journal.reopened == 0);
  listed(5);
  CHECK(s.journal.reopened == 1);
  CHECK(s.counts.readers_reopened.value() == 1);
}

TEST_CASE("a message that does not decode is skipped and counted") {
  race_stage s;
  s.journal.deliver(the_race, {journal_position{++s.position}, s.clock.time, 0, std::nullopt});
  s.settle();
  s.journaled_now({update_at(8, 1)});
  CHECK(s.counts.journal_undecodable.value() == 1);
  CHECK(s.publications.tables.size() == 1);
}

TEST_CASE("a rider who finds the race full is told so") {
  auto rules = short_rules();
  rules.race.capacity = 1;
  race_stage s;
  s.clear();
  stage full{rules};
  full.clock.time = race_start + 1'000ms;
  const auto partners = race_partners{full.keep(full.system().spawn(kept_shard, std::make_shared<remembered_shard>())),
                                      full.keep(full.system().spawn(empty_class, std::make_shared<class_script>()))};
  full.keep(
      full.system().spawn(race, &full.context, std::make_shared<term>(the_race.cls, epoch{7}), the_race, partners));
  full.settle();
  full.journal.deliver(the_race, {journal_position{1}, full.clock.time, 0,
                                  journal_batch{journaled(update_at(8, 1)), journaled(update_at(9, 1))}});
  full.settle();
  REQUIRE(full.publications.views.size() == 2);
  const auto& view = full.publications.views[full.publications.views[0].racer == racer_id{9} ? 0 : 1];
  CHECK(view.racer == racer_id{9});
  CHECK(view.refused[static_cast<std::size_t>(refusal::race_full)] == 1);
}

TEST_CASE("a race whose journal went backwards ends, to be made again") {
  race_stage s;
  bool ended = false;
  s.actor->attach_functor([&] { ended = true; });
  s.journal.deliver(the_race, {{}, {}, 1, std::nullopt, true});
  s.settle();
  CHECK(ended);
  CHECK(s.counts.streams_backwards.value() == 1);
  CHECK(s.log.events.back() == "journal.went_backwards");
}

TEST_CASE("a live race is ranked at any second, with all-time ranks, and who watches together gets one answer") {
  race_stage s;
  for (std::uint16_t second = 1; second <= 4; ++second) {
    s.clock.time = race_start + 1s * second;
    std::vector<update> updates{update_at(8, second)};
    if (second <= 3)
      updates.push_back(update_at(9, second, 900));
    if (second == 1)
      updates.push_back(update_at(7, second));
    s.journaled_now(updates);
  }
  const auto moment = [&](std::optional<own_second> second) {
    return s.ask<moment_answer>(s.actor, get_moment{second}).value().moment;
  };
  const auto second_2 = moment(own_second{2});
  REQUIRE(second_2->rows.size() == 3);
  CHECK(second_2->ranked == 2);
  CHECK(second_2->owner_epoch == epoch{7});
  CHECK(second_2->rows[0].rank == 1);
  CHECK(second_2->rows[0].all_time_rank == 1);
  CHECK(second_2->rows[2].racer == racer_id{7});
  CHECK(second_2->rows[2].rank == 0);
  CHECK(second_2->rows[2].all_time_rank == 0);
  CHECK(second_2->all_time_of == 1); // the class has no history
  CHECK_FALSE(s.course->in_a_hurry); // spectators wait behind live ranks
  // 7 fell silent 3 s ago; of 8 and 9 one has reached second 4.
  CHECK(moment(std::nullopt)->second == own_second{4});
  CHECK(moment(own_second{2}) == second_2);
  s.pass(600ms);
  CHECK(moment(own_second{2}) != second_2);
}

TEST_CASE("a ranking at a second does not wait for a class that is silent") {
  race_stage s;
  s.journaled_now({update_at(8, 1)});
  s.course->silent = true;
  std::shared_ptr<const race_moment> got;
  caf::scoped_actor asker{s.system()};
  asker->send(s.actor, get_moment{own_second{1}});
  s.pass(160ms);
  asker->receive([&](const moment_answer& x) { got = x.moment; });
  REQUIRE(got);
  CHECK(got->all_time_stale);
  CHECK(got->all_time_of == 0);
}

#include "actors/registry.hpp"
#include "actors/shard.hpp"
#include "tests/actors/remembered_records.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

constexpr class_id the_class = the_race.cls;
constexpr race_key next_race{the_class, race_id{100'001}};

/// A real shard with real races and a real class; streams and store are remembered.
struct shard_stage : stage {
  shard_stage() { clock.time = race_start + 1'000ms; }

  shard_partners partners() {
    return {keep(system().spawn(kept_registry, registry)), keep(system().spawn(kept_store, records)),
            keep(system().spawn(kept_store, records)),     keep(system().spawn(kept_archive, closed)),
            keep(system().spawn(kept_results, results)),   keep(system().spawn(current_follower))};
  }
  void start(epoch by = epoch{7}) {
    under = std::make_shared<term>(the_class);
    actor = keep(system().spawn(shard, &context, under, context.rules.classes.front(), partners()));
    settle();
    if (by != epoch{}) {
      caf::anon_send(actor, begin_term{by});
      settle();
    }
  }
  void tell(auto message) {
    caf::anon_send(actor, std::move(message));
    settle();
  }
  /// The journal has these races from now on.
  void lists(std::vector<race_key> keys) {
    journal.contents.subjects.clear();
    for (const auto key : keys)
      journal.contents.subjects.emplace_back(key, position);
    pass(1'000ms);
  }
  /// A rider's second in a race, stored now.
  void rides(race_key key, std::uint32_t racer, std::uint16_t second, std::uint16_t cadence = 800) {
    auto u = update_at(racer, second, cadence);
    u.race = key.race;
    u.device_timestamp = context.rules.race.start_of(key.race) + length_of(u.second);
    journal.deliver(key, {journal_position{++position}, context.rules.race.start_of(key.race) + length_of(u.second), 0,
                          journal_batch{journaled(u)}});
    settle();
  }
  void marked(race_key key) {
    journal.deliver(key, {journal_position{++position}, context.rules.race.deadline_of(key.race) + 1ms, 0,
                          close_mark{epoch{7}, {}}});
    pass(200ms);
  }
  std::vector<std::uint32_t> stored_races() const {
    std::vector<std::uint32_t> ids;
    for (const auto& race : results->races)
      ids.push_back(race->result.key.race.value());
    return ids;
  }

  std::shared_ptr<remembered_registry> registry = std::make_shared<remembered_registry>();
  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  std::shared_ptr<remembered_results> results = std::make_shared<remembered_results>();
  std::shared_ptr<std::vector<race_summary>> closed = std::make_shared<std::vector<race_summary>>();
  std::uint64_t position = 0;
  term_ptr under;
  shard_actor actor;
};

} // namespace

// -- races -------------------------------------------------------------------------------------------------------------

TEST_CASE("a race is opened once, however often it is seen") {
  shard_stage s;
  s.start();
  s.tell(race_hint{the_race});
  s.tell(race_hint{the_race});
  s.lists({the_race});
  CHECK(s.journal.readers_opened == 1);
  CHECK(s.publications.opened == std::vector{the_race});
  CHECK(s.ask<race_actor>(s.actor, find_race{the_race}));
}

TEST_CASE("a race that only a hint told of does not hold up readiness, and is dropped when nothing of it was stored") {
  shard_stage s;
  s.start();
  s.tell(race_hint{the_race});
  s.pass(1'000ms);
  REQUIRE(s.registry->status);
  CHECK(s.registry->status->ready);
  CHECK(s.registry->status->races.empty());
  s.pass(31s);
  CHECK_FALSE(s.ask<race_actor>(s.actor, find_race{the_race}));
  CHECK(actor_meters::of(actor_kind::race).running() == 0);
  CHECK(s.journal.marks.empty());
}

TEST_CASE("an applied race is not opened again; its subject is purged an hour after its close") {
  shard_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 0};
  s.start();
  s.lists({the_race});
  CHECK(s.journal.readers_opened == 0);
  s.clock.time += 59min;
  s.pass(1'000ms);
  CHECK(s.journal.purged.empty());
  s.clock.time += 1min;
  s.pass(1'000ms);
  CHECK(s.journal.purged == std::vector{the_race});
}

TEST_CASE("a journal that is 80 percent full is purged of applied races at once") {
  shard_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 0};
  s.journal.contents.max_bytes = 1'000;
  s.journal.contents.bytes = 799;
  s.start();
  s.lists({the_race});
  s.pass(2'000ms);
  CHECK(s.journal.purged.empty());
  s.journal.contents.bytes = 800;
  s.pass(2'000ms);
  CHECK(s.journal.purged == std::vector{the_race});
}

TEST_CASE("an applied race whose subject turns up again after its purge is purged again, never reopened") {
  shard_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 77};
  s.journal.stamps = stamp_check::gone;
  s.start();
  s.lists({the_race});
  s.pass(1'000ms);
  CHECK(s.journal.readers_opened == 0);
  CHECK(s.journal.purged == std::vector{the_race});
  CHECK(s.counts.streams_backwards.value() == 0);
}

TEST_CASE("an applied race whose journal is another one now is read again from the start") {
  shard_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 77};
  s.journal.stamps = stamp_check::other;
  s.start();
  s.lists({the_race});
  CHECK(s.journal.checked == std::vector{the_race});
  CHECK(s.journal.readers_opened == 1);
  CHECK(s.counts.streams_backwards.value() == 1);
}

TEST_CASE("a race that dies is made again from the journal") {
  shard_stage s;
  s.start();
  s.lists({the_race});
  const auto race = s.ask<race_actor>(s.actor, find_race{the_race});
  REQUIRE(race);
  const auto restarts = actor_meters::of(actor_kind::race).restarts();
  caf::anon_send_exit(*race, caf::exit_reason::kill);
  s.settle();
  CHECK(actor_meters::of(actor_kind::race).restarts() == restarts + 1);
  s.lists({the_race});
  CHECK(s.journal.readers_opened == 2);
}

TEST_CASE("a shard is ready when its class is loaded and the races of the first listing are read, and stays so") {
  shard_stage s;
  s.journal.contents.subjects = {{the_race, 1}};
  s.start();
  CHECK_FALSE(s.registry->status->ready);
  s.rides(the_race, 8, 1);
  s.pass(200ms);
  CHECK(s.registry->status->ready);
  REQUIRE(s.registry->status->races.size() == 1);
  CHECK(s.registry->status->races[0].racers == 1);
  s.lists({the_race, next_race}); // one more is being read
  CHECK(s.registry->status->ready);
}

// -- closing -----------------------------------------------------------------------------------------------------------

TEST_CASE("a race that was folded to its mark is ranked, stored, published as stored, applied and announced") {
  shard_stage s;
  s.start();
  s.lists({the_race});
  s.rides(the_race, 8, 1);
  s.rides(the_race, 9, 1, 900);
  s.marked(the_race);
  REQUIRE(s.stored_races() == std::vector<std::uint32_t>{100'000});
  const auto& rows = s.results->races[0]->result.rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].racer == racer_id{9});
  CHECK(rows[0].all_time_rank == 1);
  REQUIRE(s.publications.results.size() == 1);
  CHECK(s.publications.results[0] == std::pair{the_race, std::string{"result 100000"}});
  CHECK(s.publications.closed == std::vector{the_race});
  CHECK(s.records->races.size() == 1);
  CHECK(s.results->bests.size() == 2);
  CHECK(s.records->unannounced.empty());
  CHECK(actor_meters::of(actor_kind::race).running() == 0);
  CHECK(s.counts.races_closed.value() == 1);
}

TEST_CASE(
    "races are closed in the order of their ids: the later one waits, and is ranked by the table after the earlier") {
  shard_stage s;
  s.start();
  s.lists({the_race, next_race});
  s.rides(the_race, 8, 1, 900);
  s.rides(next_race, 9, 1, 800);
  s.clock.time = s.context.rules.race.deadline_of(next_race.race);
  s.marked(next_race);
  s.pass(3'000ms);
  CHECK(s.stored_races().empty());
  s.marked(the_race);
  s.pass(1'000ms);
  REQUIRE(s.stored_races() == std::vector<std::uint32_t>{100'000, 100'001});
  // Racer 8 of the earlier race is ahead.
  CHECK(s.results->rides.at(next_race)[0].seconds[0].all_time_rank == 2);
}

TEST_CASE("nothing is ranked before the journal was listed after the claim: a lower race may be in it") {
  shard_stage s;
  s.start(epoch{});
  s.lists({next_race});
  s.rides(next_race, 9, 1);
  s.journal.silent = true;
  s.clock.time = s.context.rules.race.deadline_of(next_race.race);
  s.tell(begin_term{epoch{7}});
  s.marked(next_race);
  s.pass(2'000ms);
  CHECK(s.stored_races().empty());
  s.journal.silent = false;
  s.journal.contents.subjects = {{the_race, 1}, {next_race, 2}};
  s.pass(6'000ms); // the listing that was not answered is asked for again
  CHECK(s.stored_races().empty());
  s.rides(the_race, 8, 1, 900);
  s.marked(the_race);
  s.pass(1'000ms);
  CHECK(s.stored_races() == std::vector<std::uint32_t>{100'000, 100'001});
}

TEST_CASE("every step of a close is tried again until it succeeds") {
  shard_stage s;
  s.start();
  s.lists({the_race});
  s.rides(the_race, 8, 1);
  s.results->failures = 2;
  s.marked(the_race);
  CHECK(s.counts.closes_delayed.value() == 1);
  CHECK(s.publications.results.empty());
  s.pass(5'000ms);
  CHECK(s.publications.results.size() == 1);
  CHECK(s.counts.closes_delayed.value() == 0);
}

TEST_CASE("a disk that fails delays neither the result nor the next race") {
  shard_stage s;
  s.start();
  s.lists({the_race, next_race});
  s.records->broken = true;
  s.rides(the_race, 8, 1);
  s.rides(next_race, 8, 1);
  s.clock.time = s.context.rules.race.deadline_of(next_race.race);
  s.marked(the_race);
  s.marked(next_race);
  s.pass(1'000ms);
  CHECK(s.publications.results.size() == 2);
  CHECK(s.records->races.empty());
  s.records->broken = false;
  s.pass(3'000ms);
  CHECK(s.records->races.size() == 2);
}

TEST_CASE("whatever an owner left undone at whichever step, the next one finishes: rides and result agree") {
  // The first owner is cut off after so many calls of the results log; the next one has its own table.
  const auto steps = GENERATE(0, 1, 2, 3);
  CAPTURE(steps);
  shard_stage s;
  s.start();
  s.lists({the_race});
  s.rides(the_race, 8, 1);
  s.rides(the_race, 9, 1, 900);
  if (steps >= 1) {
    // Its rides stand there, ranked by a table with somebody ahead.
    auto race = std::make_shared<closed_race>();
    race->result.key = the_race;
    for (const std::uint32_t racer : {8U, 9U}) {
      ride_record ride;
      ride.key = the_race;
      ride.racer = racer_id{racer};
      ride.seconds.assign(1, ride_second{true, {static_cast<std::uint16_t>(racer == 8 ? 800 : 900), 500, 0, 0}, 1, 5});
      race->rides.push_back(ride);
    }
    s.results->rides[the_race] = race->rides;
    if (steps >= 2) {
      race->result.rows.resize(2);
      s.results->races.push_back(race);
      s.results->payloads[the_race] = "stored by somebody else";
    }
    if (steps >= 3)
      s.records->applied[the_race] = {journal_position{3}, {}, 0};
  }
  s.marked(the_race);
  s.pass(1'000ms);
  REQUIRE(s.publications.results.size() == 1);
  CHECK(s.publications.results[0].second == (steps >= 2 ? "stored by somebody else" : "result 100000"));
  CHECK(s.results->rides.at(the_race)[0].seconds[0].all_time_rank == (steps >= 1 ? 5 : 1));
  CHECK(s.results->bests.size() == 2);
  CHECK(actor_meters::of(actor_kind::race).running() == 0);
}

// -- terms -------------------------------------------------------------------------------------------------------------

TEST_CASE("a shard that preloads opens races and emits nothing; it goes on where it is when its term begins") {
  shard_stage s;
  s.start(epoch{});
  s.lists({the_race});
  s.rides(the_race, 8, 1);
  s.pass(1'000ms);
  CHECK(s.registry->status->ready);
  CHECK_FALSE(s.registry->status->running);
  CHECK(s.publications.tables.empty());
  CHECK(s.publications.opened.empty());
  s.tell(begin_term{epoch{9}});
  s.pass(1'000ms);
  CHECK(s.journal.readers_opened == 1);
  REQUIRE_FALSE(s.publications.tables.empty());
  CHECK(s.publications.tables[0].owner_epoch == epoch{9});
}

TEST_CASE("a new owner publishes the results of the last ten minutes again, and announces the bests of the last hour") {
  shard_stage s;
  const auto closed_ago = [&](std::uint32_t race, milliseconds ago) {
    race_summary summary;
    summary.key = {the_class, race_id{race}};
    summary.closed = s.clock.time - ago;
    s.closed->push_back(summary);
    s.results->payloads[summary.key] = "result " + std::to_string(race);
    auto stored = std::make_shared<closed_race>();
    stored->result.key = summary.key;
    stored->rides.resize(1);
    stored->rides[0].racer = racer_id{race};
    stored->rides[0].seconds.resize(1);
    s.records->races.push_back(stored);
  };
  closed_ago(3, 9min);
  closed_ago(2, 11min);
  closed_ago(1, 61min);
  s.start();
  s.pass(1'000ms);
  REQUIRE(s.publications.results.size() == 1);
  CHECK(s.publications.results[0].second == "result 3");
  std::vector<std::uint32_t> announced;
  for (const auto& bests : s.results->bests)
    announced.push_back(bests.racer.value());
  CHECK(announced == std::vector<std::uint32_t>{3, 2});
}

TEST_CASE("a shard whose term ends takes its races, its class and their riders with it") {
  shard_stage s;
  s.start();
  s.lists({the_race});
  s.rides(the_race, 8, 1);
  REQUIRE(actor_meters::of(actor_kind::racer).running() == 1);
  CHECK(s.ask<ack>(s.actor, end_term{}));
  CHECK(s.under->over());
  CHECK(actor_meters::of(actor_kind::race).running() == 0);
  CHECK(actor_meters::of(actor_kind::racer).running() == 0);
  CHECK(actor_meters::of(actor_kind::cls).running() == 0);
}

// -- the registry ------------------------------------------------------------------------------------------------------

namespace {

struct registry_stage : stage {
  registry_stage() {
    clock.time = race_start + 1'000ms;
    const registry_partners partners{keep(system().spawn(kept_store, records)),
                                     keep(system().spawn(kept_store, records)),
                                     keep(system().spawn(kept_archive, std::make_shared<std::vector<race_summary>>())),
                                     keep(system().spawn(kept_results, std::make_shared<remembered_results>())),
                                     keep(system().spawn(current_follower))};
    actor = keep(system().spawn(alleycat::registry, &context, partners));
    settle();
  }
  void tell(auto message) {
    caf::anon_send(actor, std::move(message));
    settle();
  }

  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  registry_actor actor;
};

} // namespace

TEST_CASE("what is not owned here cannot be asked here, and its hints go to the owner") {
  registry_stage s;
  const auto found = s.ask<class_actor>(s.actor, find_class{the_class});
  REQUIRE_FALSE(found);
  CHECK(found.error() == ec::not_owner);
  s.tell(race_hint{the_race});
  CHECK(s.ownership.hints == std::vector{the_race});
  CHECK(s.ask<open_races>(s.actor, get_open_races{})->classes.empty());
}

TEST_CASE("an owned class recovers, answers, and is gone when it is disowned") {
  registry_stage s;
  s.tell(own_class{the_class, epoch{7}});
  s.pass(1'000ms);
  CHECK(s.ownership.recovered_classes == std::vector{std::pair{the_class, epoch{7}}});
  CHECK(s.ask<class_actor>(s.actor, find_class{the_class}));
  CHECK(s.ask<open_races>(s.actor, get_open_races{})->classes.size() == 1);
  s.tell(disown_class{the_class});
  CHECK(s.ownership.stopped_classes == std::vector{the_class});
  CHECK_FALSE(s.ask<class_actor>(s.actor, find_class{the_class}));
  CHECK(actor_meters::of(actor_kind::cls).running() == 0);
}

TEST_CASE("a preloaded class is taken up by its claim, not read a second time") {
  registry_stage s;
  s.tell(preload_class{the_class});
  s.pass(1'000ms);
  CHECK(s.ownership.preloaded_classes == std::vector{the_class});
  CHECK_FALSE(s.ask<class_actor>(s.actor, find_class{the_class}));
  s.tell(own_class{the_class, epoch{8}});
  s.pass(1'000ms);
  CHECK(actor_meters::of(actor_kind::cls).running() == 1);
  CHECK(s.ownership.recovered_classes == std::vector{std::pair{the_class, epoch{8}}});
  CHECK(
      s.ask<leaderboard_answer>(*s.ask<class_actor>(s.actor, find_class{the_class}), get_leaderboard{})->owner_epoch ==
      epoch{8});
}

TEST_CASE("what was preloaded goes when it is called off, and stays when it was claimed meanwhile") {
  registry_stage s;
  s.tell(preload_class{the_class});
  s.pass(1'000ms);
  s.tell(preload_over{the_class});
  s.pass(1'000ms);
  CHECK(actor_meters::of(actor_kind::cls).running() == 0);
  s.tell(preload_class{the_class});
  s.pass(1'000ms);
  // Both wait in the mailbox: the shard has not begun its term when it is called off.
  caf::anon_send(s.actor, own_class{the_class, epoch{8}});
  caf::anon_send(s.actor, preload_over{the_class});
  s.pass(1'000ms);
  CHECK(actor_meters::of(actor_kind::cls).running() == 1);
  CHECK(s.ask<class_actor>(s.actor, find_class{the_class}));
}

TEST_CASE("an owner that has to claim anew goes on by its higher epoch, state kept") {
  registry_stage s;
  s.tell(own_class{the_class, epoch{7}});
  s.pass(1'000ms);
  s.tell(own_class{the_class, epoch{1'000'001}});
  s.pass(1'000ms);
  CHECK(actor_meters::of(actor_kind::cls).running() == 1);
  CHECK(s.ownership.recovered_classes.back() == std::pair{the_class, epoch{1'000'001}});
}

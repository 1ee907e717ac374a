#include "actors/host.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

struct host_stage : stage {
  host_stage() {
    clock.time = race_start + 1'000;
    const auto store = keep(system().spawn(kept_store, records));
    const auto results = keep(system().spawn(kept_results, std::make_shared<remembered_results>()));
    const auto history = keep(system().spawn(current_follower));
    actor = keep(system().spawn(host, &context, class_partners{store, store, results, history}));
    settle();
  }
  void tell(auto message) {
    caf::anon_send(actor, std::move(message));
    settle();
  }

  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  host_actor actor;
};

} // namespace

TEST_CASE("a race is opened once, however often it is seen") {
  host_stage s;
  s.tell(race_hint{the_race});
  s.tell(race_hint{the_race});
  s.tell(journal_subjects{{the_race}});
  CHECK(s.journal.readers_opened == 1);
  CHECK(s.publications.opened == std::vector{the_race});
  CHECK(s.ask<race_actor>(s.actor, find_race{the_race}));
}

TEST_CASE("a race that was merged is not opened again, and its subject is purged an hour after its close") {
  host_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 0};
  s.tell(journal_subjects{{the_race}});
  CHECK(s.journal.readers_opened == 0);
  s.clock.time += 59 * 60'000;
  s.pass(1'000ms);
  CHECK(s.journal.purged.empty());
  s.clock.time += 60'000;
  s.pass(1'000ms);
  CHECK(s.journal.purged == std::vector{the_race});
}

TEST_CASE("a merged race whose journal is another one now is read again from the start") {
  host_stage s;
  s.records->applied[the_race] = {journal_position{5}, s.clock.time, 77};
  s.journal.holds_stamps = false;
  s.tell(journal_subjects{{the_race}});
  CHECK(s.journal.checked == std::vector{the_race});
  CHECK(s.journal.readers_opened == 1);
  CHECK(s.counts.streams_backwards.value() == 1);
}

TEST_CASE("a subject of a class that is not run here is left alone") {
  host_stage s;
  s.tell(journal_subjects{{race_key{class_id{9}, race_id{1}}}});
  CHECK(s.journal.readers_opened == 0);
}

TEST_CASE("a race that dies is made again from the journal") {
  host_stage s;
  s.tell(race_hint{the_race});
  const auto race = s.ask<race_actor>(s.actor, find_race{the_race});
  REQUIRE(race);
  caf::anon_send_exit(*race, caf::exit_reason::kill);
  s.settle();
  CHECK(s.counts.races_restarted.value() == 1);
  s.tell(journal_subjects{{the_race}});
  CHECK(s.journal.readers_opened == 2);
  CHECK(s.ask<race_actor>(s.actor, find_race{the_race}));
}

TEST_CASE("a node is ready when the journal was looked at and every open race is rebuilt") {
  host_stage s;
  CHECK_FALSE(s.ask<open_races>(s.actor, get_open_races{})->ready);
  s.tell(journal_subjects{{the_race}});
  CHECK_FALSE(s.ask<open_races>(s.actor, get_open_races{})->ready);
  s.journal.deliver(the_race, {journal_position{1}, s.clock.time, 0, journal_batch{journaled(update_at(8, 1))}});
  s.pass(200ms);
  const auto open = s.ask<open_races>(s.actor, get_open_races{});
  CHECK(open->ready);
  REQUIRE(open->races.size() == 1);
  CHECK(open->races[0].racers == 1);
}

TEST_CASE("who asks for what is not there gets an error with its name") {
  host_stage s;
  const auto race = s.ask<race_actor>(s.actor, find_race{the_race});
  REQUIRE_FALSE(race);
  CHECK(race.error() == ec::unknown_race);
  const auto cls = s.ask<class_actor>(s.actor, find_class{class_id{9}});
  REQUIRE_FALSE(cls);
  CHECK(cls.error() == ec::unknown_class);
}

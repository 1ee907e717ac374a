#include "tests/cluster/bench.hpp"

#include "cluster/rendezvous.hpp"

using namespace alleycat;
using namespace alleycat::testing;

namespace {

/// A race that the first of the given members, and then the second, is in line for.
race_key race_for(const std::string& first, const std::string& second = "", const std::string& third = "") {
  std::vector<std::string> members{first};
  for (const auto& name : {second, third})
    if (!name.empty())
      members.push_back(name);
  for (std::uint32_t i = 100;; ++i)
    if (const race_key key{class_id{1}, race_id{i}}; in_line_for(entity::of(key), members) == members)
      return key;
}

} // namespace

TEST_CASE("a node that is alone claims at once") {
  bench node;
  node.mind = std::make_unique<ownership>(node.settings);
  node.tell(entries_read{0});
  CHECK(node.started() == words{"class-1 by 1"});
  CHECK(node.created() == words{"generation.1", "claim.class-1.1", "rules"});
  CHECK(node.claim_at(class_1, 1) == claim{"self", node.mind->incarnation(), false, ""});
  CHECK(node.mind->trusted() == trust::fresh);
}

TEST_CASE("a node takes over what its earlier incarnation had, at once") {
  bench before;
  before.start();
  REQUIRE(before.mind->incarnation() != 0);
  bench node;
  node.store = before.store;
  node.settings.starts = 2;
  node.mind = std::make_unique<ownership>(node.settings);
  for (const auto& [key, entry] : before.store.entries())
    node.tell(entry);
  CHECK(node.log.empty());
  node.tell(entries_read{0});
  CHECK(node.started() == words{"class-1 by 2"});
  CHECK(node.mind->incarnation() > before.mind->incarnation());
  CHECK(node.created() == words{"claim.class-1.2"});
}

TEST_CASE("a node whose disk was wiped is still a later incarnation") {
  bench before;
  before.settings.starts = 40;
  before.start();
  bench node;
  node.store = before.store;
  node.start();
  CHECK(node.mind->incarnation() > before.mind->incarnation());
  CHECK(node.started() == words{"class-1 by 2"});
}

TEST_CASE("nothing is claimed before all entries were read and an own heartbeat came back") {
  bench node;
  node.mind = std::make_unique<ownership>(node.settings);
  node.pass(5'000);
  CHECK(node.log.empty());
  node.deaf = true;
  node.tell(entries_read{0});
  CHECK(node.all<put_entry>().size() == 1);
  node.pass(5'000);
  CHECK(node.created().empty());
  CHECK(node.mind->trusted() == trust::stale);
}

TEST_CASE("a bucket that is empty begins above every epoch that is found outside") {
  bench node;
  node.outside = epoch{2'000'017};
  node.start();
  CHECK(node.created() == words{"generation.4", "claim.class-1.3000001", "rules"});
  CHECK(node.started() == words{"class-1 by 3000001"});
}

TEST_CASE("the next epoch is above what was met outside for this entity") {
  bench node;
  node.start();
  node.forget();
  node.obey(node.mind->met(node.now, class_1, epoch{17}));
  CHECK(node.started() == words{"class-1 by 18"});
  CHECK(node.stopped().empty());
  SECTION("the own epoch, met outside, changes nothing") {
    node.forget();
    node.obey(node.mind->met(node.now, class_1, epoch{18}));
    CHECK(node.log.empty());
  }
}

TEST_CASE("a race is claimed by who is first in line, the second follows a second later") {
  const auto race = race_for("b", "self", "a");
  bench node(0);
  node.start();
  node.join("a");
  node.join("b");
  node.obey(node.mind->hint(node.now, race));
  node.pass(900);
  CHECK(node.started().empty());
  node.pass(200);
  CHECK(node.started() == words{to_text(entity::of(race)) + " by 1"});
}

TEST_CASE("a new member is in line for new races at once, and not for old ones") {
  const auto race = race_for("a", "self");
  const auto kept = race_for("a", "self", "b");
  bench node(0);
  node.start();
  node.obey(node.mind->hint(node.now, kept));
  CHECK(node.started().size() == 1);
  node.join("a");
  node.obey(node.mind->hint(node.now, race));
  node.pass(500);
  CHECK(node.started().size() == 1);
  CHECK(node.stopped().empty());
}

TEST_CASE("a living owner keeps what it has; a dead one loses it") {
  const auto race = race_for("self", "a");
  bench node(0);
  node.start();
  node.join("a");
  node.tell_claim(entity::of(race), 4, {"a", 65'536, false, ""});
  node.obey(node.mind->hint(node.now, race));
  node.pass(20'000);
  CHECK(node.started().empty());
  REQUIRE(node.mind->owner_of(entity::of(race)).has_value());
  CHECK(*node.mind->owner_of(entity::of(race)) == ownership::owner{"a", 65'536, epoch{4}});
  node.silence("a");
  node.pass(2'600);
  CHECK(node.started().empty());
  node.pass(400);
  CHECK(node.started() == words{to_text(entity::of(race)) + " by 5"});
  CHECK(node.mind->owner_of(entity::of(race))->name == "self");
}

TEST_CASE("what an older incarnation had is free at once") {
  const auto race = race_for("self", "a");
  bench node(0);
  node.start();
  node.join("a", 1 << 16);
  node.tell_claim(entity::of(race), 1, {"a", 1 << 16, false, ""});
  node.obey(node.mind->hint(node.now, race));
  CHECK(node.started().empty());
  node.silence("a");
  node.join("a", 2 << 16);
  CHECK(node.started() == words{to_text(entity::of(race)) + " by 2"});
}

TEST_CASE("an owner of whom only the claim is known has three seconds to show itself") {
  const auto race = race_for("self", "a");
  bench node(0);
  node.store.create(to_text(claim_key{entity::of(race), epoch{3}}), to_text(claim{"a", 65'536, false, ""}));
  node.start();
  node.obey(node.mind->hint(node.now, race));
  node.pass(2'500);
  CHECK(node.started().empty());
  node.pass(600);
  CHECK(node.started() == words{to_text(entity::of(race)) + " by 4"});
}

TEST_CASE("an overtaken owner stops at once") {
  bench node;
  node.start();
  node.join("a");
  node.forget();
  node.tell_claim(class_1, 2, {"a", 65'536, false, ""});
  CHECK(node.stopped() == words{"class-1 by 1 fenced"});
  CHECK_FALSE(node.mind->is_current(class_1, epoch{1}));
  CHECK(node.mind->is_current(class_1, epoch{2}));
  CHECK(node.mind->own().empty());
  SECTION("and does not start again when the old claim is told once more") {
    node.tell_claim(class_1, 1, {"self", node.mind->incarnation(), false, ""});
    node.pass(1'000);
    CHECK(node.started().empty());
  }
}

TEST_CASE("who is beaten to a claim reads who was faster") {
  bench node(0);
  node.start();
  node.join("a");
  const auto race = race_for("self", "a");
  node.store.create(to_text(claim_key{entity::of(race), epoch{1}}), to_text(claim{"a", 65'536, false, ""}));
  node.obey(node.mind->hint(node.now, race));
  CHECK(node.all<read_entry>().size() == 1);
  CHECK(node.started().empty());
  CHECK(node.mind->owner_of(entity::of(race))->name == "a");
}

TEST_CASE("a creation without an answer is read back") {
  bench node(0);
  node.start();
  node.forget();
  node.deaf = true;
  node.obey(node.mind->hint(node.now, race_key_7));
  const auto key = to_text(claim_key{race_7, epoch{1}});
  REQUIRE(node.created() == words{key});
  const auto mine = to_text(claim{"self", node.mind->incarnation(), false, ""});
  node.tell(create_outcome{key, creation::unknown});
  CHECK(node.all<read_entry>().size() == 1);
  CHECK(node.started().empty());

  SECTION("it had worked") {
    node.tell(read_outcome{{key, mine}, finding::found});
    CHECK(node.started() == words{"race-1-7 by 1"});
  }
  SECTION("somebody else was faster") {
    node.tell(read_outcome{{key, to_text(claim{"a", 65'536, false, ""})}, finding::found});
    CHECK(node.started().empty());
    CHECK(node.created().size() == 1);
  }
  SECTION("it is not there: once more, with the same epoch") {
    node.tell(read_outcome{{key, ""}, finding::absent});
    CHECK(node.created().size() == 1);
    node.pass(200);
    CHECK(node.created() == words{key, key});
    node.tell(create_outcome{key, creation::taken});
    node.tell(read_outcome{{key, mine}, finding::found});
    CHECK(node.started() == words{"race-1-7 by 1"});
  }
  SECTION("no answer to that either: read again") {
    node.tell(read_outcome{{key, ""}, finding::failed});
    node.pass(200);
    CHECK(node.all<read_entry>().size() == 2);
    CHECK(node.created().size() == 1);
  }
  SECTION("the watch tells first; what comes after has no effect") {
    node.tell(bucket_entry{key, mine});
    node.tell(read_outcome{{key, mine}, finding::found});
    node.tell(create_outcome{key, creation::created});
    CHECK(node.started() == words{"race-1-7 by 1"});
  }
}

TEST_CASE("a claim of ours that appears when nobody waits for it any more is taken up") {
  bench node(0);
  node.start();
  node.tell_claim(race_7, 1, {"self", node.mind->incarnation(), false, ""});
  CHECK(node.started() == words{"race-1-7 by 1"});
}

TEST_CASE("with the bucket away nobody claims, owners go on, and the output is stale") {
  bench node;
  node.start();
  node.join("a");
  node.pass(1'000);
  node.forget();
  node.deaf = true;
  node.pass(2'600);
  REQUIRE(node.all<trust_changed>().size() == 1);
  CHECK(node.all<trust_changed>().front().now == trust::stale);
  node.obey(node.mind->hint(node.now, race_key_7));
  node.pass(60'000);
  CHECK(node.created().empty());
  CHECK(node.stopped().empty());
  CHECK(node.mind->members().stands("a", 65'536));
  CHECK(node.mind->trusted_until() > node.now);
  node.deaf = false;
  node.pass(1'000);
  CHECK(node.mind->trusted() == trust::fresh);
}

TEST_CASE("a process that did not run takes nothing for granted until it has read the claims again") {
  bench node;
  node.start();
  node.join("a");
  const auto until = node.mind->trusted_until();
  node.forget();
  node.deaf = true;
  node.sleep(30'000);
  CHECK(until < node.now);
  node.obey(node.mind->tick(node.now));
  REQUIRE(node.log.size() >= 2);
  CHECK(std::get<trust_changed>(node.log[0]).now == trust::suspect);
  const auto token = std::get<read_entries>(node.log[1]).token;
  CHECK(node.mind->trusted_until() < node.now);
  const auto counter = node.last_beat().counter;
  const auto beat = node.all<put_entry>().back();

  SECTION("an older heartbeat and an older reading are no proof") {
    auto old = node.last_beat();
    old.counter = counter - 1;
    node.tell_entry(node_key{"self"}, to_text(old));
    node.tell(entries_read{token - 1});
    node.pass(500);
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("the reading alone is no proof") {
    node.tell(entries_read{token});
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("the heartbeat alone is no proof") {
    node.tell(bucket_entry{beat.key, beat.value});
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("nothing has changed: it goes on") {
    node.tell(bucket_entry{beat.key, beat.value});
    node.tell(entries_read{token});
    CHECK(node.mind->trusted() == trust::fresh);
    CHECK(node.mind->trusted_until() > node.now);
    CHECK(node.stopped().empty());
    CHECK(node.started().empty());
    CHECK(node.mind->members().stands("a", 65'536)); // its silence was our sleep
  }
  SECTION("it was overtaken: it stops, and is trusted only then") {
    node.tell_claim(class_1, 2, {"a", 65'536, false, ""});
    CHECK(node.stopped() == words{"class-1 by 1 fenced"});
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("a reading that is not answered is asked for again") {
    node.pass(2'000);
    CHECK(node.all<read_entries>().size() == 2);
    node.tell(bucket_entry{beat.key, beat.value});
    node.tell(entries_read{token + 1});
    CHECK(node.mind->trusted() == trust::fresh);
  }
}

TEST_CASE("another process with our name that was started later ends this one") {
  bench node;
  node.start();
  node.forget();
  SECTION("its heartbeat is seen") {
    node.tell_entry(node_key{"self"}, to_text([&] {
                      auto beat = node.other("self", node.mind->incarnation() + 65'536);
                      beat.counter = 1;
                      return beat;
                    }()));
  }
  SECTION("its claim is seen") {
    node.tell_claim(class_1, 2, {"self", node.mind->incarnation() + 65'536, false, ""});
  }
  CHECK(node.stopped() == words{"class-1 by 1 lost"});
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK_THAT(node.all<give_up>().front().why, Catch::Contains("self"));
  node.forget();
  node.pass(10'000);
  CHECK(node.log.empty());
}

TEST_CASE("a node with other rules than the cluster gives up and says what differs") {
  bench node;
  node.store.create("rules", "rule=2\n");
  node.start();
  CHECK(node.started().empty());
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK_THAT(node.all<give_up>().front().why, Catch::Contains("rule is 1 here and 2 in the cluster"));
  CHECK(node.store.entries().at("rules").value == "rule=2\n");
}

TEST_CASE("of two nodes that bring different rules to an empty bucket, one stays") {
  bench node;
  node.mind = std::make_unique<ownership>(node.settings);
  node.store.create("rules", "rule=2\n"); // came first; the watch has not told yet
  node.tell(entries_read{0});
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK(node.mind->own().empty());
}

TEST_CASE("after the bucket was lost owners claim anew, with epochs above all before") {
  bench node;
  node.start();
  node.join("a");
  node.tell_claim(race_7, 1, {"a", 65'536, false, ""});
  node.obey(node.mind->hint(node.now, race_key_7));
  node.forget();
  node.store.lose();
  node.outside = epoch{1};
  node.tell(bucket_lost{});
  CHECK(node.mind->trusted() == trust::stale);
  CHECK(node.stopped().empty());
  node.tell(entries_read{0});
  node.pass(1'000);
  CHECK(node.started() == words{"class-1 by 1000001"});
  CHECK(node.stopped().empty());
  CHECK(node.mind->trusted() == trust::fresh);

  SECTION("what another one has is left to it") {
    CHECK(node.mind->owner_of(race_7)->name == "a");
    node.tell_claim(race_7, 1'000'001, {"a", 65'536, false, ""});
    node.pass(10'000);
    CHECK(node.started().size() == 1);
  }
  SECTION("but not for ever: it may not know of its claim") {
    node.pass(4'500);
    CHECK(node.started() == words{"class-1 by 1000001", "race-1-7 by 1000001"});
  }
}

TEST_CASE("the keys of a race that is over are deleted, and it is never claimed again") {
  bench node(0);
  node.start();
  node.obey(node.mind->hint(node.now, race_key_7));
  node.obey(node.mind->recovered(node.now, race_7));
  REQUIRE(node.started() == words{"race-1-7 by 1"});
  node.forget();
  node.obey(node.mind->ended(node.now, race_key_7));
  CHECK(node.all<erase_entry>().size() == 1);
  CHECK(node.stopped().empty());
  CHECK(node.mind->own().empty());
  CHECK_FALSE(node.mind->owner_of(race_7).has_value());
  node.obey(node.mind->listed(node.now, {race_key_7}));
  node.pass(30'000);
  CHECK(node.created().empty());
  CHECK(node.all<erase_entry>().size() == 1);
  SECTION("it is forgotten with its subject") {
    node.obey(node.mind->listed(node.now, {}));
    CHECK(node.mind->known().empty());
  }
}

TEST_CASE("a race whose claim was deleted by another node is over here too") {
  bench node(0);
  node.start();
  node.join("a");
  node.obey(node.mind->listed(node.now, {race_key_7}));
  node.pass(2'000);
  REQUIRE(node.started() == words{"race-1-7 by 1"});
  node.forget();
  node.tell(bucket_entry{to_text(claim_key{race_7, epoch{1}}), "", true});
  CHECK(node.stopped() == words{"race-1-7 by 1 ended"});
  node.pass(30'000);
  CHECK(node.created().empty());
}

TEST_CASE("a marker where a claim should go says that the race is over") {
  bench node(0);
  node.start();
  const auto key = to_text(claim_key{race_7, epoch{1}});
  node.store.create(key, "x");
  node.store.erase(key);
  node.obey(node.mind->hint(node.now, race_key_7));
  CHECK(node.started().empty());
  CHECK(node.created().back() == key);
  node.forget();
  node.pass(10'000);
  CHECK(node.created().empty());
}

TEST_CASE("claims of a race that nobody has and no subject tells of are cleared away, those of living owners not") {
  bench node(0);
  node.settings.timing.sweep = 20'000;
  node.start();
  node.join("a");
  const auto left = entity::of(race_for("self", "a"));
  const auto kept = entity::of(race_key{class_id{2}, left.race.value()});
  node.tell_claim(left, 1, {"gone", 65'536, false, ""});
  node.tell_claim(kept, 1, {"a", 65'536, false, ""});
  for (int i = 0; i < 60; ++i) {
    node.obey(node.mind->listed(node.now, {}));
    node.pass(1'000);
  }
  REQUIRE(node.all<erase_entry>().size() == 1);
  CHECK(node.all<erase_entry>().front().key == to_text(claim_key{left, epoch{1}}));
}

TEST_CASE("peers are told once they are there, and once they are gone") {
  bench node(0);
  node.start();
  node.join("a");
  node.pass(3'000);
  REQUIRE(node.all<peer_up>().size() == 1);
  CHECK(node.all<peer_up>().front().last.address == "a:1");
  CHECK(node.all<peer_up>().front().speaks_with_us);
  auto foreign = node.other("f");
  foreign.protocol = 2;
  node.beat(foreign);
  REQUIRE(node.all<peer_up>().size() == 2);
  CHECK_FALSE(node.all<peer_up>().back().speaks_with_us);
  node.silence("a");
  node.pass(3'100);
  CHECK(node.all<peer_down>().size() == 2);
}

TEST_CASE("a lost CAF connection shortens the take-over") {
  const auto race = race_for("self", "a");
  bench node(0);
  node.start();
  node.join("a");
  node.tell_claim(entity::of(race), 1, {"a", 65'536, false, ""});
  node.obey(node.mind->hint(node.now, race));
  node.silence("a");
  node.obey(node.mind->connection_down(node.now, "a"));
  node.pass(1'400);
  CHECK(node.started().empty());
  node.pass(200);
  CHECK(node.started() == words{to_text(entity::of(race)) + " by 2"});
}

TEST_CASE("a heartbeat says what is owned and the load") {
  bench node(2);
  node.start();
  node.obey(node.mind->hint(node.now, race_key_7));
  node_load load;
  load.riders = 120;
  load.races = 99; // filled in by what is owned
  node.mind->set_load(load);
  node.pass(1'000);
  CHECK(node.last_beat().load == node_load{1, 2, 120, 0, 0, 0});
  CHECK(node.last_beat().state == member_state::serving);
}

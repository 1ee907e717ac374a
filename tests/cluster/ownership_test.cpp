#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

namespace {

/// A node with this one class, among members that join after it started.
bench node_with(class_id only) {
  bench node(0);
  node.settings.classes = {only};
  return node;
}

std::string name_of(class_id of, std::uint64_t number) {
  return std::to_string(of.value()) + " by " + std::to_string(number);
}

} // namespace

// -- the start ---------------------------------------------------------------------------------------------------------

TEST_CASE("a node that is alone listens for one heartbeat, then claims") {
  bench node;
  node.begin();
  node.pass(1'000ms);
  CHECK(node.started().empty());
  node.pass(200ms);
  CHECK(node.started() == words{"1 by 1"});
  CHECK(node.created() == words{"generation.1", "rules.1", "claim.1.1"});
  CHECK(node.claim_of(class_1, 1).owner == "self");
  CHECK(node.mind->trusted() == trust::fresh);
  CHECK(node.all<start_class>().front().how == succession::first);
}

TEST_CASE("nodes that start together all hear of each other before the first claim") {
  const auto cls = class_for({"a", "self"});
  auto node = node_with(cls);
  node.begin();
  node.pass(900ms);
  node.join("a");
  node.pass(1'000ms);
  CHECK(node.started().empty());
}

TEST_CASE("a node takes over what its earlier incarnation had") {
  bench before;
  before.start();
  REQUIRE(before.started() == words{"1 by 1"});
  bench node;
  node.store = before.store;
  node.settings.starts = 2;
  node.start();
  CHECK(node.started() == words{"1 by 2"});
  CHECK(node.mind->incarnation() > before.mind->incarnation());
  CHECK(node.created() == words{"claim.1.2"});
  CHECK(node.all<start_class>().front().how == succession::took_over);
}

TEST_CASE("a node whose disk was wiped is still a later incarnation") {
  bench before;
  before.settings.starts = 40;
  before.start();
  bench node;
  node.store = before.store;
  node.start();
  CHECK(node.mind->incarnation() > before.mind->incarnation());
  CHECK(node.started() == words{"1 by 2"});
}

TEST_CASE("nothing is claimed before all entries were read and an own heartbeat came back") {
  bench node;
  node.mind = std::make_unique<ownership>(node.settings);
  node.be(true, true);
  node.pass(5s);
  CHECK(node.log.empty());
  node.deaf = true;
  node.read(0);
  CHECK(node.all<put_entry>().size() == 1);
  node.pass(5s);
  CHECK(node.created().empty());
  CHECK(node.mind->trusted() == trust::stale);
}

TEST_CASE(
    "a bucket that is empty although epochs are found outside was lost: three seconds are listened, and epochs begin "
    "above all of them") {
  bench node;
  node.outside = epoch{2'000'017};
  node.begin();
  node.pass(2'900ms);
  CHECK(node.created() == words{"generation.4"});
  node.pass(1s);
  CHECK(node.created() == words{"generation.4", "rules.1", "claim.1.3000001"});
  CHECK(node.started() == words{"1 by 3000001"});
}

TEST_CASE("the next epoch is above what was met outside for this class") {
  bench node;
  node.start();
  node.forget();
  node.obey(node.mind->met(node.now, class_1, epoch{17}));
  CHECK(node.started() == words{"1 by 18"});
  CHECK(node.all<start_class>().front().how == succession::renewed);
  CHECK(node.stopped().empty());
  SECTION("the own epoch, met outside, changes nothing") {
    node.forget();
    node.obey(node.mind->met(node.now, class_1, epoch{18}));
    CHECK(node.log.empty());
  }
  SECTION("an absurd one is reported and changes nothing") {
    node.forget();
    node.obey(node.mind->met(node.now, class_1, epoch{~std::uint64_t{0}}));
    CHECK(node.started().empty());
    CHECK(node.all<report_oddity>().size() == 1);
  }
}

// -- who may claim -----------------------------------------------------------------------------------------------------

TEST_CASE("within a tier the first in line claims at once, the second a second later") {
  const auto cls = class_for({"b", "self", "a"});
  auto node = node_with(cls);
  node.begin();
  node.join("a");
  node.join("b");
  node.tell_claim(cls, 1, held_by("a"));
  node.pass(12s);
  node.tell_claim(cls, 2, released_by("a"));
  node.pass(900ms);
  CHECK(node.started().empty());
  node.pass(200ms);
  REQUIRE(node.started() == words{name_of(cls, 3)});
  CHECK(node.all<start_class>().front().how == succession::handed_over);
  CHECK(node.all<start_class>().front().before == "a");
}

TEST_CASE("a lower tier claims when no live member is in a higher one, or all of those failed to for ten seconds") {
  const auto cls = class_for({"self", "a"});
  auto node = node_with(cls);
  node.store.create("generation.1", "a");
  node.store.create("claim." + std::to_string(cls.value()) + ".1", to_text(held_by("a")));
  node.store.create("rules.1", node.settings.rules);
  node.start();
  auto a = node.other("a");
  SECTION("it is ready, another is ready and steady") {
    node.join(a);
    node.tell_claim(cls, 2, released_by("a"));
    node.pass(9'900ms - 2s);
    CHECK(node.started().empty());
    // It becomes steady itself, and is first by weight.
    node.pass(3s);
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is fit, another is ready") {
    node.be(true, false);
    a.steady = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("a"));
    node.pass(9'800ms);
    CHECK(node.started().empty());
    node.pass(400ms);
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is fit, and so is the other: the first by weight claims") {
    node.be(true, false);
    a.steady = a.ready = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("a"));
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is fit, the other is not") {
    node.be(true, false);
    a.fit = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("a"));
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is not fit: never") {
    node.be(false, true);
    a.fit = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("a"));
    node.pass(60s);
    CHECK(node.started().empty());
    node.be(true, true);
    CHECK(node.started() == words{name_of(cls, 3)});
  }
}

TEST_CASE("when nobody is ready, who is fit claims after one heartbeat") {
  bench node;
  node.mind = std::make_unique<ownership>(node.settings);
  node.be(true, false);
  node.read(0);
  node.pass(1'200ms);
  CHECK(node.started() == words{"1 by 1"});
}

TEST_CASE("how a node fares goes out at once when it changes") {
  bench node;
  node.start_steady();
  CHECK(fitness_of(node.last_beat()) == fitness::steady);
  node.forget();
  node.be(true, true);
  CHECK(node.log.empty());
  node.be(false, true);
  CHECK(fitness_of(node.last_beat()) == fitness::none);
  node.be(true, true);
  CHECK(fitness_of(node.last_beat()) == fitness::ready);
  node.pass(9'900ms);
  CHECK(fitness_of(node.last_beat()) == fitness::ready);
  node.pass(1'100ms);
  CHECK(fitness_of(node.last_beat()) == fitness::steady);
}

TEST_CASE("a living owner keeps what it has; a dead one loses it") {
  const auto cls = class_for({"self", "a"});
  auto node = node_with(cls);
  node.begin();
  node.join("a");
  node.tell_claim(cls, 4, held_by("a"));
  node.pass(20s);
  CHECK(node.started().empty());
  REQUIRE(node.mind->owner_of(cls).has_value());
  CHECK(*node.mind->owner_of(cls) == ownership::owner{"a", 65'536, epoch{4}, 0});
  node.silence("a");
  node.pass(2'900ms);
  CHECK(node.started().empty());
  node.pass(200ms);
  CHECK(node.started() == words{name_of(cls, 5)});
  CHECK(node.mind->owner_of(cls)->name == "self");
  CHECK(node.all<start_class>().front().how == succession::took_over);
  CHECK(node.all<start_class>().front().before == "a");
}

TEST_CASE("a lost CAF connection shortens the take-over") {
  const auto cls = class_for({"self", "a"});
  auto node = node_with(cls);
  node.begin();
  node.join("a");
  node.tell_claim(cls, 1, held_by("a"));
  node.pass(10s);
  node.silence("a");
  node.obey(node.mind->connection_down(node.now, "a"));
  node.pass(2'400ms);
  CHECK(node.started().empty());
  node.pass(200ms);
  CHECK(node.started() == words{name_of(cls, 2)});
}

TEST_CASE("when all others fall silent together their classes are left to them for ten seconds") {
  const auto cls = class_for({"self", "a", "b"});
  auto node = node_with(cls);
  node.begin();
  node.join("a");
  node.join("b");
  node.tell_claim(cls, 1, held_by("a"));
  node.pass(10s);
  node.silence("a");
  node.silence("b");
  node.pass(9'900ms);
  CHECK(node.started().empty());
  node.pass(300ms);
  CHECK(node.started() == words{name_of(cls, 2)});
}

TEST_CASE("what an older incarnation had is free at once") {
  const auto cls = class_for({"self", "a"});
  auto node = node_with(cls);
  node.begin();
  node.join("a", 1 << 16);
  node.tell_claim(cls, 1, held_by("a", 1 << 16));
  node.pass(12s);
  CHECK(node.started().empty());
  node.silence("a");
  node.join("a", 2 << 16);
  CHECK(node.started() == words{name_of(cls, 2)});
}

TEST_CASE("an owner of whom only the claim is known has three seconds to show itself") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("rules.1", node.settings.rules);
  node.store.create("claim.1.3", to_text(held_by("a")));
  node.start();
  node.pass(1s);
  CHECK(node.started().empty());
  node.pass(700ms);
  CHECK(node.started() == words{"1 by 4"});
}

// -- claims ------------------------------------------------------------------------------------------------------------

TEST_CASE("an overtaken owner stops at once") {
  bench node;
  node.start();
  node.join("a");
  node.forget();
  node.tell_claim(class_1, 2, held_by("a"));
  CHECK(node.stopped() == words{"1 by 1 fenced"});
  CHECK_FALSE(node.mind->is_current(class_1, epoch{1}));
  CHECK(node.mind->is_current(class_1, epoch{2}));
  CHECK(node.mind->own().empty());
  SECTION("and does not start again when the old claim is told once more") {
    node.tell_claim(class_1, 1, held_by("self", node.mind->incarnation()));
    node.pass(1s);
    CHECK(node.started().empty());
  }
}

TEST_CASE("who is beaten to a claim reads who was faster") {
  const auto cls = class_for({"self", "a"});
  auto node = node_with(cls);
  node.begin();
  auto a = node.other("a");
  a.steady = false;
  node.join(a);
  node.store.create(to_text(claim_key{cls, epoch{1}}), to_text(held_by("a")));
  node.pass(1'500ms);
  CHECK(node.all<read_entry>().size() == 1);
  CHECK(node.started().empty());
  REQUIRE(node.mind->owner_of(cls).has_value());
  CHECK(node.mind->owner_of(cls)->name == "a");
}

TEST_CASE("a creation without an answer is read back") {
  bench node;
  node.start();
  node.tell_claim(class_1, 2, released_by("self"));
  node.forget();
  node.deaf = true;
  node.tell_claim(class_1, 3, released_by("a"));
  const std::string key = "claim.1.4";
  REQUIRE(node.created() == words{key});
  const auto mine = node.all<create_entry>().front().value;
  node.tell(create_outcome{key, creation::unknown});
  CHECK(node.all<read_entry>().size() == 1);
  CHECK(node.started().empty());

  SECTION("it had worked") {
    node.tell(read_outcome{{key, mine}, finding::found});
    CHECK(node.started() == words{"1 by 4"});
  }
  SECTION("somebody else was faster") {
    node.tell(read_outcome{{key, to_text(held_by("a"))}, finding::found});
    CHECK(node.started().empty());
    CHECK(node.created().size() == 1);
  }
  SECTION("it is not there: once more, with the same epoch") {
    node.tell(read_outcome{{key, ""}, finding::absent});
    CHECK(node.created().size() == 1);
    node.pass(200ms);
    CHECK(node.created() == words{key, key});
    node.tell(create_outcome{key, creation::taken});
    node.tell(read_outcome{{key, mine}, finding::found});
    CHECK(node.started() == words{"1 by 4"});
  }
  SECTION("no answer to that either: read again, with growing pauses") {
    for (const auto pause : {200ms, 400ms, 800ms, 1'600ms}) {
      const auto reads = node.all<read_entry>().size();
      node.tell(read_outcome{{key, ""}, finding::failed});
      node.pass(pause - 100ms);
      CHECK(node.all<read_entry>().size() == reads);
      node.pass(100ms);
      CHECK(node.all<read_entry>().size() == reads + 1);
    }
    CHECK(node.created().size() == 1);
  }
  SECTION("the watch tells first; what comes after has no effect") {
    node.tell(bucket_entry{key, mine});
    node.tell(read_outcome{{key, mine}, finding::found});
    node.tell(create_outcome{key, creation::created});
    CHECK(node.started() == words{"1 by 4"});
  }
}

TEST_CASE("a claim of ours that appears when nobody waits for it any more is taken up") {
  bench node;
  node.begin();
  node.tell_claim(class_1, 1, held_by("self", node.mind->incarnation()));
  node.pass(1'200ms);
  CHECK(node.started() == words{"1 by 1"});
  CHECK(node.created() == words{"generation.1", "rules.1"});
}

TEST_CASE("a claim that cannot be read is a claim, not a release") {
  bench node;
  node.start();
  node.forget();
  node.store.put("claim.1.2", "something new");
  SECTION("while a member lives that may have written it") {
    auto newer = node.other("a");
    newer.reads = 2;
    node.join(newer);
    node.tell(bucket_entry{"claim.1.2", "something new"});
    CHECK(node.stopped() == words{"1 by 1 fenced"});
    CHECK(node.all<report_oddity>().size() == 1);
    node.pass(60s);
    CHECK(node.started().empty());
    SECTION("it is deleted: the class is free") {
      node.tell_deleted(claim_key{class_1, epoch{2}});
      node.pass(30s);
      CHECK(node.started() == words{"1 by 3"});
    }
  }
  SECTION("it is nobody's when everybody who lives can be read") {
    node.tell(bucket_entry{"claim.1.2", "something new"});
    CHECK(node.stopped() == words{"1 by 1 fenced"});
    node.pass(2'900ms);
    CHECK(node.started().empty());
    node.pass(200ms);
    CHECK(node.started() == words{"1 by 3"});
  }
}

TEST_CASE("a deleted claim frees the class, and its owner claims anew above it") {
  bench node;
  SECTION("its owner") {
    node.start();
    node.forget();
    node.tell_deleted(claim_key{class_1, epoch{1}});
    CHECK(node.created() == words{"claim.1.2"});
    CHECK(node.started() == words{"1 by 2"});
    CHECK(node.stopped().empty());
  }
  SECTION("others, when the owner does not") {
    node.begin();
    node.join("a");
    node.tell_claim(class_1, 1, held_by("a"));
    node.pass(12s);
    node.tell_deleted(claim_key{class_1, epoch{1}});
    node.pass(2'900ms);
    CHECK(node.started().empty());
    node.pass(1'200ms);
    CHECK(node.started() == words{"1 by 2"});
  }
  SECTION("a marker where a claim should go: the next epoch is tried") {
    node.store.create("claim.1.1", "x");
    node.store.erase("claim.1.1");
    node.start();
    CHECK(node.started() == words{"1 by 2"});
  }
}

TEST_CASE("a reading that does not have our claim any more makes us claim anew") {
  bench node;
  node.start();
  node.forget();
  fake_bucket without{{}};
  for (const auto& [key, entry] : node.store.entries())
    if (key != "claim.1.1")
      without.put(key, entry.value);
  node.store = without;
  node.read(0);
  CHECK(node.started() == words{"1 by 2"});
  CHECK(node.stopped().empty());
}

TEST_CASE("claims that were overtaken long ago are deleted by the owner, the latest stay") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("rules.1", node.settings.rules);
  for (std::uint64_t number = 1; number <= 20; ++number)
    node.store.create(to_text(claim_key{class_1, epoch{number}}), to_text(released_by("a")));
  node.start();
  REQUIRE(node.started() == words{"1 by 21"});
  CHECK(node.all<erase_entry>().empty());
  node.recover();
  CHECK(node.all<erase_entry>().size() == 13);
  CHECK(node.all<erase_entry>().front().key == "claim.1.1");
  CHECK(node.all<erase_entry>().back().key == "claim.1.13");
  node.pass(10s);
  CHECK(node.all<erase_entry>().size() == 13);
}

// -- trust -------------------------------------------------------------------------------------------------------------

TEST_CASE("with the bucket away nobody claims, owners go on, and are silent until a heartbeat comes back") {
  bench node;
  node.start();
  node.join("a");
  node.pass(1s);
  node.forget();
  node.deaf = true;
  node.pass(1s);
  CHECK(node.mind->trusted_until() > node.now);
  node.pass(1'600ms);
  REQUIRE(node.all<trust_changed>().size() == 1);
  CHECK(node.all<trust_changed>().front().now == trust::stale);
  node.pass(60s);
  CHECK(node.created().empty());
  CHECK(node.stopped().empty());
  CHECK(node.mind->members().stands("a", 65'536));
  CHECK(node.mind->trusted_until() < node.now);
  node.deaf = false;
  node.pass(1s);
  CHECK(node.mind->trusted_until() > node.now);
  CHECK(node.mind->trusted() == trust::fresh);
}

TEST_CASE("when the bucket is back everybody has the full time to show that it lives") {
  bench node;
  node.begin();
  node.join("a");
  node.tell_claim(class_1, 1, held_by("a"));
  node.pass(12s);
  node.deaf = true;
  node.silence("a"); // stands before the same bucket
  node.pass(60s);
  node.deaf = false;
  node.pass(1s);
  REQUIRE(node.mind->trusted() == trust::fresh);
  node.pass(2'500ms);
  CHECK(node.started().empty());
  node.pass(700ms);
  CHECK(node.started() == words{"1 by 2"});
}

TEST_CASE("a process that did not run takes nothing for granted until it has read the claims again") {
  bench node;
  node.start();
  node.join("a");
  const auto until = node.mind->trusted_until();
  CHECK(until == node.now + 1s);
  node.forget();
  node.deaf = true;
  node.sleep(30s);
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
    node.pass(500ms);
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("the reading alone is no proof") {
    node.read(token);
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("the heartbeat alone is no proof") {
    node.tell(bucket_entry{beat.key, beat.value});
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("nothing has changed: it goes on") {
    node.tell(bucket_entry{beat.key, beat.value});
    node.read(token);
    CHECK(node.mind->trusted() == trust::fresh);
    CHECK(node.mind->trusted_until() > node.now);
    CHECK(node.stopped().empty());
    CHECK(node.started().empty());
    CHECK(node.mind->members().stands("a", 65'536)); // its silence was our sleep
  }
  SECTION("it was overtaken: it stops, and is trusted only then") {
    node.tell_claim(class_1, 2, held_by("a"));
    CHECK(node.stopped() == words{"1 by 1 fenced"});
    CHECK(node.mind->trusted() == trust::suspect);
  }
  SECTION("a reading that is not answered is asked for again") {
    node.pass(2s);
    CHECK(node.all<read_entries>().size() == 2);
    node.tell(bucket_entry{beat.key, beat.value});
    node.read(token + 1);
    CHECK(node.mind->trusted() == trust::fresh);
  }
}

TEST_CASE("a pause below a second changes nothing") {
  bench node;
  node.start();
  node.forget();
  node.sleep(900ms);
  node.obey(node.mind->tick(node.now));
  CHECK(node.mind->trusted() == trust::fresh);
  CHECK(node.all<read_entries>().empty());
}

TEST_CASE("another process with our name that was started later ends this one") {
  bench node;
  node.start();
  node.forget();
  SECTION("its heartbeat is seen") {
    auto beat = node.other("self", node.mind->incarnation() + 65'536);
    beat.counter = 1;
    node.tell_entry(node_key{"self"}, to_text(beat));
  }
  SECTION("its claim is seen") {
    node.tell_claim(class_1, 2, held_by("self", node.mind->incarnation() + 65'536));
  }
  CHECK(node.stopped() == words{"1 by 1 lost"});
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK_THAT(node.all<give_up>().front().why, Catch::Contains("self"));
  CHECK(node.mind->trusted_until() < node.now);
  node.forget();
  node.pass(10s);
  CHECK(node.log.empty());
}

TEST_CASE("after the bucket was lost owners claim anew at once, above all before; others listen for three seconds") {
  bench node(2);
  node.begin();
  node.join("a");
  node.tell_claim(class_2, 7, held_by("a"));
  node.pass(12s);
  REQUIRE(node.started() == words{"1 by 1"});
  node.forget();
  node.store.lose();
  node.outside = epoch{7};
  node.tell(bucket_lost{});
  CHECK(node.mind->trusted() == trust::stale);
  CHECK(node.stopped().empty());
  node.read(0);
  node.pass(1s);
  CHECK(node.started() == words{"1 by 1000001"});
  CHECK(node.created() == words{"rules.1", "generation.2", "claim.1.1000001"});
  CHECK(node.stopped().empty());
  CHECK(node.mind->trusted() == trust::fresh);
  CHECK(node.mind->owner_of(class_2)->name == "a");

  SECTION("what another one has is left to it") {
    node.tell_claim(class_2, 1'000'001, held_by("a"));
    node.pass(10s);
    CHECK(node.started().size() == 1);
  }
  SECTION("but not for ever: it may not know of its claim") {
    node.pass(1'500ms);
    CHECK(node.started().size() == 1);
    node.pass(4s);
    CHECK(node.started() == words{"1 by 1000001", "2 by 1000001"});
  }
}

TEST_CASE("a bucket that was set back to an earlier state is treated like a lost one") {
  bench node;
  node.start();
  const auto earlier = node.store.entries();
  node.tell_claim(class_1, 2, held_by("a"));
  node.tell_claim(class_1, 3, released_by("a", "self"));
  node.pass(100ms);
  REQUIRE(node.started() == words{"1 by 1", "1 by 4"});
  node.forget();
  node.store.restore(earlier);
  node.outside = epoch{1};
  node.tell(bucket_lost{});
  node.read(0);
  node.pass(1s);
  // The generation of before stands there, and counts for nothing.
  CHECK(node.created() == words{"generation.2", "claim.1.1000001"});
  CHECK(node.started() == words{"1 by 1000001"});
  CHECK(node.stopped().empty());
}

// -- letting go --------------------------------------------------------------------------------------------------------

TEST_CASE("an unfit owner lets go after five seconds, if somebody better lives") {
  bench node;
  node.start_steady();
  node.recover();
  SECTION("nobody does: it keeps what it has") {
    node.be(false, true);
    node.pass(60s);
    CHECK(node.stopped().empty());
  }
  SECTION("another is unfit too") {
    auto a = node.other("a");
    a.fit = false;
    node.join(a);
    node.be(false, true);
    node.pass(60s);
    CHECK(node.stopped().empty());
  }
  SECTION("another is fit") {
    node.join("a");
    node.be(false, true);
    node.pass(4'900ms);
    CHECK(node.stopped().empty());
    node.pass(200ms);
    CHECK(node.stopped() == words{"1 by 1 released"});
    node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
    CHECK(node.claim_of(class_1, 2).release);
    CHECK(node.claim_of(class_1, 2).to == "a");
  }
  SECTION("it is fit again in time") {
    node.join("a");
    node.be(false, true);
    node.pass(4'500ms);
    node.be(true, true);
    node.pass(20s);
    CHECK(node.stopped().empty());
  }
}

TEST_CASE("who flaps waits longer each time, and longer until it is steady") {
  bench node;
  node.start_steady();
  node.join("a");
  std::uint64_t number = 1;
  for (const auto patience : {5s, 10s, 20s}) {
    node.recover();
    node.be(false, true);
    node.pass(patience - 100ms);
    INFO(patience.count() << " s");
    CHECK(node.stopped().empty());
    node.pass(200ms);
    REQUIRE(node.stopped().size() == 1);
    node.obey(node.mind->stopped(node.now, class_1, epoch{number}));
    node.tell_claim(class_1, number + 2, held_by("a"));
    node.be(true, true);
    node.pass(2 * patience + 8s);
    CHECK(fitness_of(node.last_beat()) == fitness::ready);
    // It gets the class back all the same.
    node.tell_claim(class_1, number + 3, released_by("a", "self"));
    number += 4;
    node.pass(100ms);
    REQUIRE(node.started().back() == "1 by " + std::to_string(number));
    node.forget();
  }
  SECTION("a quiet minute forgives one time") {
    node.recover();
    node.pass(3 * 61s);
    node.be(false, true);
    node.pass(5'100ms);
    CHECK(node.stopped().size() == 1);
  }
}

TEST_CASE("an owner that does not recover lets go after half a minute, and stands back") {
  bench node;
  node.start();
  SECTION("nobody else is there: it goes on trying") {
    node.pass(300s);
    CHECK(node.stopped().empty());
  }
  SECTION("another one is") {
    node.join("a");
    node.pass(29s - 1s);
    CHECK(node.stopped().empty());
    node.pass(2s);
    CHECK(node.stopped() == words{"1 by 1 released"});
    node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
    CHECK(node.claim_of(class_1, 2).to == "a");
    node.forget();
    node.pass(55s);
    CHECK(node.started().empty());
    node.pass(10s);
    CHECK(node.started() == words{"1 by 3"}); // nobody came
  }
  SECTION("it recovered in time") {
    node.join("a");
    node.recover();
    node.pass(60s);
    CHECK(node.stopped().empty());
  }
}

TEST_CASE("a class that was stopped is released after two seconds even if nobody says that it is flushed") {
  bench node;
  node.start_steady();
  node.join("a");
  node.be(false, true);
  node.pass(5'100ms);
  REQUIRE(node.stopped() == words{"1 by 1 released"});
  node.forget();
  node.pass(1'800ms);
  CHECK(node.created().empty());
  node.pass(300ms);
  CHECK(node.created() == words{"claim.1.2"});
  // The word comes after all.
  node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
  CHECK(node.created().size() == 1);
}

// -- others ------------------------------------------------------------------------------------------------------------

TEST_CASE("peers are told once they are there, and once they are gone") {
  bench node(0);
  node.start();
  node.join("a");
  node.pass(3s);
  REQUIRE(node.all<peer_up>().size() == 1);
  CHECK(node.all<peer_up>().front().last.address == "a:1");
  CHECK(node.all<peer_up>().front().speaks_with_us);
  auto foreign = node.other("f");
  foreign.protocol = 2;
  node.beat(foreign);
  REQUIRE(node.all<peer_up>().size() == 2);
  CHECK_FALSE(node.all<peer_up>().back().speaks_with_us);
  node.pass(3'100ms);
  node.silence("a");
  node.pass(3'100ms);
  CHECK(node.all<peer_down>().size() == 2);
}

TEST_CASE("a heartbeat says what is owned and the load") {
  bench node(2);
  node.start();
  node_load load;
  load.riders = 120;
  load.races = 3;
  load.classes = 99; // filled in by what is owned
  node.mind->set_load(load);
  node.mind->set_clock_ahead(-7);
  node.pass(1s);
  CHECK(node.last_beat().load == node_load{3, 2, 120, 0, 0, 0});
  CHECK(node.last_beat().clock_ahead_ms == -7);
  CHECK(node.last_beat().highest == epoch{1});
  CHECK(node.last_beat().agreed == 1);
  CHECK(node.last_beat().state == member_state::serving);
}

TEST_CASE("the members are listed with how they fare") {
  bench node;
  node.settings.name = "m";
  node.start();
  auto unfit = node.other("b");
  unfit.fit = false;
  auto drains = node.other("z");
  drains.state = member_state::draining;
  auto left = node.other("x");
  left.state = member_state::left;
  for (const auto& each : {node.other("a"), unfit, drains, left, node.other("c")})
    node.join(each);
  node.silence("c");
  node.silence("x");
  node.pass(3'100ms);
  std::vector<std::pair<std::string, ownership::life>> seen;
  for (const auto& each : node.mind->members_seen())
    seen.emplace_back(each.last.name, each.state);
  using life = ownership::life;
  CHECK(seen ==
        std::vector<std::pair<std::string, life>>{
            {"a", life::live}, {"b", life::unfit}, {"c", life::dead}, {"m", life::live}, {"z", life::draining}});
}

#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

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

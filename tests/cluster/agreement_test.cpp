/// What all members have in common: rules and format.
#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

TEST_CASE("a node with other rules than a cluster that lives gives up and says what differs") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("rules.1", "race.capacity=9\n");
  node.begin();
  auto a = node.other("a");
  a.rules = 99;
  node.join(a);
  node.pass(2s);
  CHECK(node.started().empty());
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK_THAT(node.all<give_up>().front().why, Catch::Contains("race.capacity is 7 here and 9 in the cluster"));
  CHECK(node.created().empty());
}

TEST_CASE("other rules hold from when nobody lives by the earlier ones any more") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("rules.1", "race.capacity=9\n");
  auto a = node.other("a");
  a.rules = 99;
  a.counter = 5;
  node.store.put("node.a", to_text(a)); // stands there, nobody knows since when
  node.begin();
  node.pass(2'900ms);
  CHECK(node.created().empty());
  node.pass(500ms);
  CHECK(node.created() == words{"rules.2", "claim.1.1"});
  CHECK(node.store.entries().at("rules.2").value == node.settings.rules);
  CHECK(node.all<give_up>().empty());
  CHECK(node.last_beat().agreed == 2);
}

TEST_CASE("nodes that bring the same new rules together agree on them") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("rules.1", "race.capacity=9\n");
  node.begin();
  auto a = node.other("a");
  a.agreed = 0;
  node.join(a);
  node.pass(2'900ms);
  CHECK(node.created().empty());
  node.pass(300ms);
  CHECK(node.all<give_up>().empty());
  CHECK(node.created().front() == "rules.2");
}

TEST_CASE("of two nodes that bring different rules to an empty bucket, one stays") {
  bench node;
  node.begin();
  node.store.create("rules.1", "race.capacity=9\n"); // came first; the watch has not told yet
  auto a = node.other("a");
  a.rules = 99;
  a.agreed = 0;
  node.join(a);
  node.pass(1'500ms);
  CHECK(node.created().back() == "rules.1");
  CHECK(node.all<give_up>().empty());
  node.member("a").agreed = 1;
  node.pass(1s);
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK(node.created().back() == "rules.1");
  CHECK(node.started().empty());
}

TEST_CASE("a running node gives up when other rules hold from now on") {
  bench node;
  node.start();
  node.tell_entry(rules_key{2}, "race.capacity=9\n");
  CHECK(node.stopped() == words{"1 by 1 lost"});
  CHECK(node.all<give_up>().size() == 1);
}

TEST_CASE("rules that differ only in what has its default are the same") {
  bench node;
  node.store.create("rules.1", "race.capacity=7\nrace.grace_seconds=30\n");
  node.start();
  CHECK(node.started() == words{"1 by 1"});
  CHECK(node.created() == words{"generation.1", "claim.1.1"});
}

TEST_CASE("a newcomer with other rules does not bring them into a bucket that was lost under others") {
  bench node;
  node.outside = epoch{5};
  node.begin();
  auto a = node.other("a");
  a.rules = 99;
  node.join(a);
  node.pass(10s);
  CHECK(node.created() == words{"generation.2"});
  node.tell_entry(rules_key{1}, "race.capacity=9\n"); // by those who lived by them
  CHECK(node.all<give_up>().size() == 1);
}

TEST_CASE("the format rises when all who live, or may come back, can read the next one") {
  bench node;
  node.settings.reads = 2;
  node.begin();
  auto a = node.other("a");
  a.reads = 1;
  node.join(a);
  node.pass(60s);
  CHECK(node.mind->format() == 1);
  CHECK(node.last_beat().reads == 2);
  CHECK(node.last_beat().writes == 1);
  SECTION("the old one died, but may come back") {
    node.silence("a");
    node.pass(60s);
    CHECK(node.mind->format() == 1);
  }
  SECTION("it is replaced by a newer one") {
    node.silence("a");
    auto newer = node.other("a", 2 << 16);
    newer.reads = 2;
    node.join(newer);
    CHECK(node.mind->format() == 2);
    CHECK(node.created().back() == "format.2");
    node.pass(1s);
    CHECK(node.last_beat().writes == 2);
  }
  SECTION("it left") {
    node.silence("a");
    auto gone = node.other("a", 2 << 16);
    gone.state = member_state::left;
    node.beat(gone);
    CHECK(node.mind->format() == 2);
  }
}

TEST_CASE("the format rises only when it has been calm for ten seconds") {
  bench node;
  node.settings.reads = 2;
  node.begin();
  node.pass(9'900ms);
  CHECK(node.mind->format() == 1);
  node.pass(300ms);
  CHECK(node.mind->format() == 2);
}

TEST_CASE("a program that cannot read what the cluster writes gives up") {
  bench node;
  node.settings.version = "0.1.0";
  node.store.create("format.2", "a");
  node.begin();
  REQUIRE(node.all<give_up>().size() == 1);
  CHECK(node.all<give_up>().front().why ==
        "the cluster writes format 2; this program, version 0.1.0, reads formats up to 1");
}

TEST_CASE("the format does not fall when the bucket is lost") {
  bench node;
  node.settings.reads = 2;
  node.begin();
  node.pass(11s);
  REQUIRE(node.mind->format() == 2);
  node.forget();
  node.store.lose();
  node.outside = epoch{1};
  node.tell(bucket_lost{});
  node.read(0);
  node.pass(2s);
  CHECK(node.mind->format() == 2);
  CHECK(node.store.entries().contains("format.2"));
}

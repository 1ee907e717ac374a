#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

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

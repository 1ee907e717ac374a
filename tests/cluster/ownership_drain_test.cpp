#include "tests/cluster/bench.hpp"

#include <set>

using namespace alleycat;
using namespace alleycat::testing;

TEST_CASE("a node that is alone flushes, releases and leaves") {
  bench node;
  node.start();
  node.forget();
  node.obey(node.mind->drain(node.now));
  CHECK(node.last_beat().state == member_state::draining);
  CHECK(node.all<offer_entity>().empty());
  CHECK(node.stopped() == words{"class-1 by 1 released"});
  CHECK(node.all<leave_cluster>().empty());
  node.obey(node.mind->stopped(node.now, class_1));
  CHECK(node.claim_at(class_1, 2) == claim{"self", node.mind->incarnation(), true, ""});
  CHECK(node.all<leave_cluster>().size() == 1);
  CHECK(node.last_beat().state == member_state::left);
  node.forget();
  node.pass(10'000);
  CHECK(node.log.empty());
}

TEST_CASE("a draining node hands each entity to who is first in line among the others") {
  bench node;
  node.start();
  node.join("a");
  node.forget();
  node.obey(node.mind->drain(node.now));
  REQUIRE(node.all<offer_entity>().size() == 1);
  CHECK(node.all<offer_entity>().front().to == "a");
  CHECK(node.stopped().empty());
  CHECK(node.mind->is_current(class_1, epoch{1})); // it goes on while the other one loads

  node.obey(node.mind->preloaded(node.now, class_1, "somebody else"));
  CHECK(node.stopped().empty());
  node.obey(node.mind->preloaded(node.now, class_1, "a"));
  CHECK(node.stopped() == words{"class-1 by 1 released"});
  CHECK(node.created().empty());
  node.obey(node.mind->stopped(node.now, class_1));
  CHECK(node.claim_at(class_1, 2) == claim{"self", node.mind->incarnation(), true, "a"});
  CHECK(node.all<leave_cluster>().empty());

  SECTION("and leaves when the new owner is there") {
    node.tell_claim(class_1, 3, {"a", 65'536, false, ""});
    CHECK(node.all<leave_cluster>().size() == 1);
  }
  SECTION("or when its time is over") {
    node.pass(9'800);
    CHECK(node.all<leave_cluster>().empty());
    node.pass(200);
    CHECK(node.all<leave_cluster>().size() == 1);
  }
}

TEST_CASE("a draining node claims nothing") {
  bench node(0);
  node.start();
  node.join("a");
  node.tell_claim(race_7, 1, {"a", 65'536, false, ""});
  node.deaf = true; // a claim under way keeps it from leaving
  node.obey(node.mind->hint(node.now, race_key{class_id{1}, race_id{3}}));
  node.pass(1'100);
  node.deaf = false;
  node.obey(node.mind->drain(node.now));
  node.forget();
  node.silence("a");
  node.pass(5'000);
  CHECK(node.created().empty());
}

TEST_CASE("a claim that comes through while draining is released") {
  bench node(0);
  node.start();
  node.forget();
  node.deaf = true;
  node.obey(node.mind->hint(node.now, race_key_7));
  REQUIRE(node.created().size() == 1);
  const auto asked = node.all<create_entry>().front();
  node.obey(node.mind->drain(node.now));
  node.deaf = false;
  CHECK(node.all<leave_cluster>().empty());
  node.pass(100);
  node.store.create(asked.key, asked.value);
  node.tell(create_outcome{asked.key, creation::created});
  node.pass(1'000);
  CHECK(node.started().empty());
  CHECK(node.claim_at(race_7, 2).release);
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("without a word from the successor half the time is waited") {
  bench node;
  node.start();
  node.join("a");
  node.obey(node.mind->drain(node.now));
  node.pass(4'900);
  CHECK(node.stopped().empty());
  CHECK(node.all<offer_entity>().size() == 3); // asked again every two seconds
  node.pass(100);
  CHECK(node.stopped() == words{"class-1 by 1 released"});
}

TEST_CASE("when the successor dies another one is asked") {
  bench node;
  node.start();
  node.join("a");
  node.join("b");
  node.obey(node.mind->drain(node.now));
  const auto first = node.all<offer_entity>().front().to;
  node.silence(first);
  node.obey(node.mind->connection_down(node.now, first));
  node.pass(1'600);
  REQUIRE(node.all<offer_entity>().size() == 2);
  CHECK(node.all<offer_entity>().back().to == (first == "a" ? "b" : "a"));
}

TEST_CASE("an entity that was overtaken while it was handed over is not released") {
  bench node;
  node.start();
  node.join("a");
  node.obey(node.mind->drain(node.now));
  node.forget();
  SECTION("before it was stopped") {
    node.tell_claim(class_1, 2, {"a", 65'536, false, ""});
    CHECK(node.stopped() == words{"class-1 by 1 fenced"});
  }
  SECTION("after") {
    node.obey(node.mind->preloaded(node.now, class_1, "a"));
    node.tell_claim(class_1, 2, {"a", 65'536, false, ""});
    node.obey(node.mind->stopped(node.now, class_1));
    CHECK(node.stopped() == words{"class-1 by 1 released"});
  }
  CHECK(node.created().empty());
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("a drain ends in time even when the bucket is away") {
  bench node;
  node.start();
  node.join("a");
  node.pass(1'000);
  node.deaf = true;
  node.pass(3'000);
  node.obey(node.mind->drain(node.now));
  node.forget();
  node.pass(9'900);
  CHECK(node.all<leave_cluster>().empty());
  node.pass(100);
  CHECK(node.stopped() == words{"class-1 by 1 released"});
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("a release names who is first; others follow") {
  bench node;
  node.store.create("generation.1", "a");
  node.store.create("claim.class-1.1", to_text(claim{"a", 65'536, false, ""}));
  node.start();
  node.join("a");
  node.join("b");
  node.forget();
  SECTION("us: at once") {
    node.tell_claim(class_1, 2, {"a", 65'536, true, "self"});
    CHECK(node.started() == words{"class-1 by 3"});
  }
  SECTION("another one: after it") {
    node.tell_claim(class_1, 2, {"a", 65'536, true, "b"});
    node.pass(900);
    CHECK(node.started().empty());
    node.pass(2'100);
    CHECK(node.started() == words{"class-1 by 3"});
  }
  SECTION("one who is not there: by the line") {
    node.tell_claim(class_1, 2, {"a", 65'536, true, "nobody"});
    node.pass(2'100);
    CHECK(node.started() == words{"class-1 by 3"});
  }
}

TEST_CASE("classes move one at a time from who has most to who has fewest, when it is calm") {
  bench node(6);
  node.start();
  for (const auto& owned : node.mind->own())
    node.obey(node.mind->recovered(node.now, owned.what));
  REQUIRE(node.mind->own().size() == 6);
  node.pass(30'000);
  CHECK(node.all<offer_entity>().empty());
  node.join("a");
  node.pass(9'000);
  CHECK(node.all<offer_entity>().empty());
  std::set<entity> moved;
  for (int i = 0; i < 3; ++i) {
    node.forget();
    node.pass(11'000);
    const auto offers = node.all<offer_entity>();
    REQUIRE_FALSE(offers.empty());
    const auto what = offers.front().what;
    CHECK(offers.front().to == "a");
    for (const auto& again : offers)
      CHECK(again.what == what);
    CHECK(moved.insert(what).second);
    node.obey(node.mind->preloaded(node.now, what, "a"));
    node.obey(node.mind->stopped(node.now, what));
    node.tell_claim(what, 3, {"a", 65'536, false, ""});
    CHECK(node.mind->own().size() == static_cast<std::size_t>(5 - i));
  }
  node.forget();
  node.pass(60'000);
  CHECK(node.all<offer_entity>().empty());
}

TEST_CASE("a move for balance is dropped when the successor is gone or does not load") {
  bench node(2);
  node.start();
  for (const auto& owned : node.mind->own())
    node.obey(node.mind->recovered(node.now, owned.what));
  node.join("a");
  node.pass(11'000);
  REQUIRE_FALSE(node.all<offer_entity>().empty());
  const auto what = node.all<offer_entity>().front().what;
  SECTION("gone") {
    node.silence("a");
    node.pass(4'000);
  }
  SECTION("does not load") {
    node.pass(60'000);
  }
  node.forget();
  node.obey(node.mind->preloaded(node.now, what, "a"));
  node.pass(1'000);
  CHECK(node.stopped().empty());
  CHECK(node.mind->own().size() == 2);
}

TEST_CASE("nothing moves while a member comes or goes, or a class has no owner that is ready") {
  bench node(2);
  node.start();
  node.join("a");
  node.pass(30'000);
  CHECK(node.all<offer_entity>().empty()); // not recovered
  for (const auto& owned : node.mind->own())
    node.obey(node.mind->recovered(node.now, owned.what));
  node.pass(5'000);
  node.join("b");
  node.pass(9'000);
  CHECK(node.all<offer_entity>().empty());
  node.pass(2'000);
  CHECK_FALSE(node.all<offer_entity>().empty());
}

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
  CHECK(node.all<offer_class>().empty());
  CHECK(node.stopped() == words{"1 by 1 released"});
  CHECK(node.all<leave_cluster>().empty());
  node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
  CHECK(node.claim_of(class_1, 2).release);
  CHECK(node.all<leave_cluster>().size() == 1);
  CHECK(node.last_beat().state == member_state::left);
  node.forget();
  node.pass(10'000ms);
  CHECK(node.log.empty());
}

TEST_CASE("a draining node hands each class to who is first in line among the others") {
  bench node;
  node.start();
  node.join("a");
  node.forget();
  node.obey(node.mind->drain(node.now));
  REQUIRE(node.all<offer_class>().size() == 1);
  CHECK(node.all<offer_class>().front().to == "a");
  CHECK(node.stopped().empty());
  CHECK(node.mind->is_current(class_1, epoch{1})); // it goes on while the other one loads

  node.obey(node.mind->preloaded(node.now, class_1, "somebody else"));
  CHECK(node.stopped().empty());
  node.obey(node.mind->preloaded(node.now, class_1, "a"));
  CHECK(node.stopped() == words{"1 by 1 released"});
  CHECK(node.created().empty());
  node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
  CHECK(node.claim_of(class_1, 2).to == "a");
  CHECK(node.all<leave_cluster>().empty());

  SECTION("and leaves when the new owner is there") {
    node.tell_claim(class_1, 3, held_by("a"));
    CHECK(node.all<leave_cluster>().size() == 1);
  }
  SECTION("or when its time is over") {
    node.pass(9'800ms);
    CHECK(node.all<leave_cluster>().empty());
    node.pass(200ms);
    CHECK(node.all<leave_cluster>().size() == 1);
  }
}

TEST_CASE("a draining node claims nothing") {
  bench node(2);
  node.begin();
  node.join("a");
  node.tell_claim(class_1, 1, held_by("a"));
  node.tell_claim(class_2, 1, held_by("self", node.mind->incarnation()));
  node.pass(2'000ms);
  REQUIRE(node.started() == words{"2 by 1"});
  node.obey(node.mind->drain(node.now)); // what it has keeps it from leaving
  node.silence("a");
  node.forget();
  node.pass(4'900ms);
  CHECK(node.created().empty());
}

TEST_CASE("a claim that comes through while draining is released") {
  bench node;
  node.begin();
  node.pass(1'000ms);
  node.forget();
  node.deaf = true;
  node.pass(200ms);
  while (node.created().empty())
    node.pass(100ms);
  const auto rules = node.all<create_entry>().front();
  REQUIRE(rules.key == "rules.1");
  node.store.create(rules.key, rules.value);
  node.tell(create_outcome{rules.key, creation::created});
  const auto asked = node.all<create_entry>().back();
  REQUIRE(asked.key == "claim.1.1");
  node.obey(node.mind->drain(node.now));
  node.deaf = false;
  CHECK(node.all<leave_cluster>().empty());
  node.pass(100ms);
  node.store.create(asked.key, asked.value);
  node.tell(create_outcome{asked.key, creation::created});
  node.pass(1'000ms);
  CHECK(node.started().empty());
  CHECK(node.claim_of(class_1, 2).release);
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("without a word from the successor half the time is waited") {
  bench node;
  node.start();
  node.join("a");
  node.obey(node.mind->drain(node.now));
  node.pass(4'900ms);
  CHECK(node.stopped().empty());
  CHECK(node.all<offer_class>().size() == 3); // asked again every two seconds
  node.pass(100ms);
  CHECK(node.stopped() == words{"1 by 1 released"});
  node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
  CHECK(node.claim_of(class_1, 2).to.empty()); // whoever is first in line
}

TEST_CASE("when the successor dies another one is asked") {
  bench node;
  node.start();
  node.join("a");
  node.join("b");
  node.obey(node.mind->drain(node.now));
  const auto first = node.all<offer_class>().front().to;
  node.silence(first);
  node.obey(node.mind->connection_down(node.now, first));
  node.pass(2'600ms);
  CHECK(node.all<offer_class>().back().to == (first == "a" ? "b" : "a"));
  REQUIRE(node.all<cancel_offer>().size() == 1);
  CHECK(node.all<cancel_offer>().front().to == first);
}

TEST_CASE("a class that was overtaken while it was handed over is not released") {
  bench node;
  node.start();
  node.join("a");
  node.obey(node.mind->drain(node.now));
  node.forget();
  SECTION("before it was stopped") {
    node.tell_claim(class_1, 2, held_by("a"));
    CHECK(node.stopped() == words{"1 by 1 fenced"});
  }
  SECTION("after") {
    node.obey(node.mind->preloaded(node.now, class_1, "a"));
    node.tell_claim(class_1, 2, held_by("a"));
    node.obey(node.mind->stopped(node.now, class_1, epoch{1}));
    CHECK(node.stopped() == words{"1 by 1 released"});
  }
  CHECK(node.created().empty());
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("a drain ends in time even when the bucket is away") {
  bench node;
  node.start();
  node.join("a");
  node.pass(1'000ms);
  node.deaf = true;
  node.pass(3'000ms);
  node.obey(node.mind->drain(node.now));
  node.forget();
  node.pass(9'900ms);
  CHECK(node.all<leave_cluster>().empty());
  node.pass(200ms);
  CHECK(node.stopped() == words{"1 by 1 released"});
  CHECK(node.all<leave_cluster>().size() == 1);
}

TEST_CASE("a release names who is first; others follow") {
  bench node;
  node.begin();
  node.join("a");
  node.join("b");
  node.tell_claim(class_1, 1, held_by("a"));
  node.pass(12'000ms);
  node.forget();
  SECTION("us: at once") {
    node.tell_claim(class_1, 2, released_by("a", "self"));
    CHECK(node.started() == words{"1 by 3"});
    CHECK(node.all<start_class>().front().how == succession::handed_over);
    CHECK(node.all<start_class>().front().before == "a");
  }
  SECTION("us, although others are in a higher tier") {
    node.be(true, false);
    node.tell_claim(class_1, 2, released_by("a", "self"));
    CHECK(node.started() == words{"1 by 3"});
  }
  SECTION("another one: after it") {
    node.tell_claim(class_1, 2, released_by("a", "b"));
    node.pass(900ms);
    CHECK(node.started().empty());
    node.pass(2'100ms);
    CHECK(node.started() == words{"1 by 3"});
  }
  SECTION("one who is not there: by the line") {
    node.tell_claim(class_1, 2, released_by("a", "nobody"));
    node.pass(2'100ms);
    CHECK(node.started() == words{"1 by 3"});
  }
}

TEST_CASE("classes move one at a time from who has most to who has fewest, when it is calm") {
  bench node(6);
  node.start();
  node.recover();
  REQUIRE(node.mind->own().size() == 6);
  node.pass(30'000ms);
  CHECK(node.all<offer_class>().empty());
  node.join("a");
  node.pass(9'000ms);
  CHECK(node.all<offer_class>().empty());
  std::set<class_id> moved;
  for (int i = 0; i < 3; ++i) {
    node.forget();
    node.pass(11'000ms);
    const auto offers = node.all<offer_class>();
    REQUIRE_FALSE(offers.empty());
    const auto cls = offers.front().cls;
    CHECK(offers.front().to == "a");
    for (const auto& again : offers)
      CHECK(again.cls == cls);
    CHECK(moved.insert(cls).second);
    CHECK(node.stopped().empty()); // it is preloaded first
    node.obey(node.mind->preloaded(node.now, cls, "a"));
    node.obey(node.mind->stopped(node.now, cls, epoch{1}));
    node.tell_claim(cls, 3, held_by("a"));
    CHECK(node.mind->own().size() == static_cast<std::size_t>(5 - i));
  }
  node.forget();
  node.pass(60'000ms);
  CHECK(node.all<offer_class>().empty());
}

TEST_CASE("classes only move to who is ready and steady") {
  bench node(2);
  node.start();
  node.recover();
  auto a = node.other("a");
  a.steady = false;
  node.join(a);
  node.pass(60'000ms);
  CHECK(node.all<offer_class>().empty());
  node.member("a").steady = true;
  node.pass(12'000ms);
  CHECK_FALSE(node.all<offer_class>().empty());
}

TEST_CASE("a move for balance is dropped when the successor is gone or does not load") {
  bench node(2);
  node.start();
  node.recover();
  node.join("a");
  node.pass(11'000ms);
  REQUIRE_FALSE(node.all<offer_class>().empty());
  const auto cls = node.all<offer_class>().front().cls;
  SECTION("gone") {
    node.silence("a");
    node.pass(4'000ms);
  }
  SECTION("does not load") {
    node.pass(60'000ms);
  }
  REQUIRE(node.all<cancel_offer>().size() == 1);
  CHECK(node.all<cancel_offer>().front().cls == cls);
  node.forget();
  node.obey(node.mind->preloaded(node.now, cls, "a"));
  node.pass(1'000ms);
  CHECK(node.stopped().empty());
  CHECK(node.mind->own().size() == 2);
}

TEST_CASE("nothing moves while a member comes or goes, or a class has no owner that is ready") {
  bench node(2);
  node.start();
  node.join("a");
  node.pass(25'000ms);
  CHECK(node.all<offer_class>().empty()); // not recovered
  node.recover();
  node.pass(5'000ms);
  node.join("b");
  node.pass(9'000ms);
  CHECK(node.all<offer_class>().empty());
  node.pass(2'000ms);
  CHECK_FALSE(node.all<offer_class>().empty());
}

#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

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
    CHECK(node.claim_of(class_1, 2).to.empty()); // nobody has preloaded
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

TEST_CASE("an owner that does not recover lets go after half a minute, and is the last in line") {
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
    CHECK(node.claim_of(class_1, 2).to.empty());
    node.forget();
    SECTION("nobody comes: it tries once more") {
      node.pass(9'800ms);
      CHECK(node.started().empty());
      node.pass(1'300ms);
      CHECK(node.started() == words{"1 by 3"});
    }
    SECTION("it has preloaded: it is the first again") {
      node.tell_claim(class_1, 3, held_by("a"));
      node.pass(15s);
      CHECK(node.started().empty());
      node.tell_claim(class_1, 4, released_by("a", "self"));
      CHECK(node.started() == words{"1 by 5"});
    }
    SECTION("its time is over: it stands where it stood before") {
      node.tell_claim(class_1, 3, held_by("a"));
      node.pass(61s);
      node.tell_claim(class_1, 4, released_by("a"));
      node.pass(1'100ms);
      CHECK(node.started() == words{"1 by 5"});
    }
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

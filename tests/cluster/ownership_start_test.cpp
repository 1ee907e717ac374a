#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

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

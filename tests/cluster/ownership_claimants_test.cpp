#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

namespace {

std::string name_of(class_id of, std::uint64_t number) {
  return std::to_string(of.value()) + " by " + std::to_string(number);
}

} // namespace

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

TEST_CASE("nobody waits for who has let go of a class") {
  const auto cls = class_for({"a", "self", "b"});
  auto node = node_with(cls);
  node.begin();
  node.join("a");
  node.join("b");
  node.tell_claim(cls, 1, held_by("a"));
  node.pass(12s);
  node.tell_claim(cls, 2, released_by("a"));
  CHECK(node.started() == words{name_of(cls, 3)});
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
    node.tell_claim(cls, 2, released_by("z"));
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
    node.tell_claim(cls, 2, released_by("z"));
    node.pass(9'800ms);
    CHECK(node.started().empty());
    node.pass(400ms);
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is fit, and so is the other: the first by weight claims") {
    node.be(true, false);
    a.steady = a.ready = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("z"));
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is fit, the other is not") {
    node.be(true, false);
    a.fit = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("z"));
    CHECK(node.started() == words{name_of(cls, 3)});
  }
  SECTION("it is not fit: never") {
    node.be(false, true);
    a.fit = false;
    node.join(a);
    node.tell_claim(cls, 2, released_by("z"));
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
  CHECK(*node.mind->owner_of(cls) == ownership::owner{"a", 65'536, epoch{4}, {}});
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

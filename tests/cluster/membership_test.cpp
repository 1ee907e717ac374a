#include "cluster/membership.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

using names = std::vector<std::string>;

heartbeat beat_of(const std::string& name, std::uint64_t incarnation, std::uint64_t counter,
                  member_state state = member_state::serving) {
  heartbeat beat;
  beat.name = name;
  beat.incarnation = incarnation;
  beat.counter = counter;
  beat.address = name + ":1";
  beat.rules = 7;
  beat.protocol = 1;
  beat.state = state;
  return beat;
}

/// An observer who looks every 100 ms.
struct observer {
  membership members{"self", 1, 7, {}};
  steady_ms now = 1'000;

  observer() { members.advance(now, true); }
  void pass(steady_ms time, bool counting = true) {
    for (const auto end = now + time; now < end;)
      members.advance(now += 100, counting);
  }
  std::vector<std::pair<bool, std::string>> changes() {
    std::vector<std::pair<bool, std::string>> all;
    for (const auto& change : members.take_changes())
      all.emplace_back(change.up, change.last.name + "/" + std::to_string(change.last.incarnation));
    return all;
  }
};

using changes = std::vector<std::pair<bool, std::string>>;

} // namespace

TEST_CASE("a member is alive until it was silent for three seconds") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  CHECK(by.changes() == changes{{true, "a/1"}});
  CHECK(by.members.stands("a", 1));
  by.pass(2'900);
  CHECK(by.members.candidates() == names{"a"});
  by.pass(100);
  CHECK(by.members.candidates().empty());
  CHECK_FALSE(by.members.stands("a", 1));
  CHECK(by.changes() == changes{{false, "a/1"}});

  SECTION("and lives again with its next heartbeat") {
    by.members.saw(beat_of("a", 1, 2));
    CHECK(by.members.stands("a", 1));
    CHECK(by.changes() == changes{{true, "a/1"}});
  }
  SECTION("but not with an old one") {
    by.members.saw(beat_of("a", 1, 1));
    CHECK_FALSE(by.members.stands("a", 1));
    CHECK(by.changes().empty());
  }
}

TEST_CASE("a heartbeat that was seen before is no sign of life") {
  observer by;
  by.members.saw(beat_of("a", 1, 5));
  by.pass(2'000);
  by.members.saw(beat_of("a", 1, 5));
  by.members.saw(beat_of("a", 1, 4));
  by.pass(1'000);
  CHECK_FALSE(by.members.stands("a", 1));
}

TEST_CASE("silence counts only while the observer's own heartbeats come back") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(2'900);
  by.pass(60'000, false);
  CHECK(by.members.stands("a", 1));

  SECTION("after an outage everybody has the full time again") {
    by.members.restart_clocks();
    by.pass(2'900);
    CHECK(by.members.stands("a", 1));
    by.pass(100);
    CHECK_FALSE(by.members.stands("a", 1));
  }
}

TEST_CASE("time in which the observer itself did not run does not count for more than a step") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(1'000);
  by.members.advance(by.now += 30'000, true);
  CHECK(by.members.stands("a", 1));
  CHECK(by.members.observed() == 1'500);
}

TEST_CASE("a lost CAF connection halves the wait and proves nothing") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(500);
  by.members.connection_down("a");
  by.pass(900);
  CHECK(by.members.stands("a", 1));
  SECTION("silent: dead after one and a half seconds") {
    by.pass(100);
    CHECK_FALSE(by.members.stands("a", 1));
  }
  SECTION("a heartbeat makes it forgotten") {
    by.members.saw(beat_of("a", 1, 2));
    by.pass(2'900);
    CHECK(by.members.stands("a", 1));
  }
  SECTION("of somebody unknown it is nothing") {
    by.members.connection_down("nobody");
    CHECK(by.members.all().size() == 1);
  }
}

TEST_CASE("a new incarnation replaces the older one at once") {
  observer by;
  by.members.saw(beat_of("a", 1, 50));
  by.changes();
  by.members.saw(beat_of("a", 2, 1));
  CHECK_FALSE(by.members.stands("a", 1));
  CHECK(by.members.stands("a", 2));
  CHECK(by.changes() == changes{{false, "a/1"}, {true, "a/2"}});
  by.members.saw(beat_of("a", 1, 51));
  CHECK(by.members.stands("a", 2));
  CHECK_FALSE(by.members.stands("a", 1));
  CHECK(by.changes().empty());
}

TEST_CASE("the owner of a claim has its time even if its heartbeat was never seen") {
  observer by;
  CHECK_FALSE(by.members.stands("a", 3));
  by.members.saw_owner("a", 3);
  CHECK(by.members.stands("a", 3));
  CHECK(by.members.candidates().empty());
  CHECK(by.changes().empty());
  SECTION("it is a member once its heartbeat comes") {
    by.members.saw(beat_of("a", 3, 1));
    CHECK(by.members.candidates() == names{"a"});
    CHECK(by.changes() == changes{{true, "a/3"}});
  }
  SECTION("it is dead when none comes") {
    by.pass(3'000);
    CHECK_FALSE(by.members.stands("a", 3));
    CHECK(by.changes().empty());
    by.members.saw_owner("a", 3);
    CHECK_FALSE(by.members.stands("a", 3));
  }
  SECTION("a claim of a later incarnation replaces it") {
    by.members.saw(beat_of("a", 3, 1));
    by.changes();
    by.members.saw_owner("a", 4);
    CHECK_FALSE(by.members.stands("a", 3));
    CHECK(by.members.stands("a", 4));
    CHECK(by.changes() == changes{{false, "a/3"}});
  }
}

TEST_CASE("who drains stands but is given nothing; who has left is gone at once") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.members.saw(beat_of("b", 1, 1));
  by.changes();
  by.members.saw(beat_of("a", 1, 2, member_state::draining));
  CHECK(by.members.stands("a", 1));
  CHECK(by.members.candidates() == names{"b"});
  CHECK(by.changes().empty());
  by.members.saw(beat_of("a", 1, 3, member_state::left));
  CHECK_FALSE(by.members.stands("a", 1));
  CHECK(by.changes() == changes{{false, "a/1"}});
}

TEST_CASE("who speaks another protocol or has other rules stands but is given nothing") {
  observer by;
  auto other = beat_of("a", 1, 1);
  other.protocol = 2;
  by.members.saw(other);
  other = beat_of("b", 1, 1);
  other.rules = 8;
  by.members.saw(other);
  CHECK(by.members.stands("a", 1));
  CHECK(by.members.stands("b", 1));
  CHECK(by.members.candidates().empty());
  CHECK_FALSE(by.members.speaks_with_us(other));
}

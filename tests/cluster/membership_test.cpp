#include "cluster/membership.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;

names contenders(const membership& members) {
  names all;
  for (const auto& each : members.contenders())
    all.push_back(each.name);
  return all;
}

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
  beat.fit = true;
  return beat;
}

/// An observer who looks every 100 ms.
struct observer {
  membership members{"self", 1, 7, {}};
  steady_time now{1s};

  observer() { members.advance(now, true); }
  void pass(milliseconds time, bool counting = true) {
    for (const auto end = now + time; now < end;)
      members.advance(now += 100ms, counting);
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
  by.pass(2'900ms);
  CHECK(contenders(by.members) == names{"a"});
  by.pass(100ms);
  CHECK(contenders(by.members).empty());
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
  by.pass(2'000ms);
  by.members.saw(beat_of("a", 1, 5));
  by.members.saw(beat_of("a", 1, 4));
  by.pass(1'000ms);
  CHECK_FALSE(by.members.stands("a", 1));
}

TEST_CASE("silence counts only while the observer's own heartbeats come back") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(2'900ms);
  by.pass(60'000ms, false);
  CHECK(by.members.stands("a", 1));

  SECTION("after an outage everybody has the full time again") {
    by.members.restart_clocks();
    by.pass(2'900ms);
    CHECK(by.members.stands("a", 1));
    by.pass(100ms);
    CHECK_FALSE(by.members.stands("a", 1));
  }
}

TEST_CASE("time in which the observer itself did not run does not count for more than a step") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(1'000ms);
  by.members.advance(by.now += 30s, true);
  CHECK(by.members.stands("a", 1));
  CHECK(by.members.observed() == observed_time{1'500ms});
}

TEST_CASE("a lost CAF connection shortens the wait and proves nothing") {
  observer by;
  by.members.saw(beat_of("a", 1, 1));
  by.pass(500ms);
  by.members.connection_down("a");
  by.pass(1'900ms);
  CHECK(by.members.stands("a", 1));
  SECTION("silent: dead after two and a half seconds") {
    by.pass(100ms);
    CHECK_FALSE(by.members.stands("a", 1));
  }
  SECTION("a heartbeat makes it forgotten") {
    by.members.saw(beat_of("a", 1, 2));
    by.pass(2'900ms);
    CHECK(by.members.stands("a", 1));
  }
  SECTION("of somebody unknown it is nothing") {
    by.members.connection_down("nobody");
    CHECK(by.members.all().size() == 1);
  }
}

TEST_CASE("when more than half of the others fall silent together, ten seconds are waited") {
  observer by;
  std::uint64_t counter = 1;
  const auto beat = [&](const names& who) {
    for (const auto& name : who)
      by.members.saw(beat_of(name, 1, counter));
    ++counter;
  };
  const auto pass_with = [&](milliseconds time, const names& who) {
    for (milliseconds passed{}; passed < time; passed += 500ms) {
      beat(who);
      by.pass(500ms);
    }
  };
  SECTION("both of two, up to a heartbeat apart") {
    beat({"a"});
    by.pass(1'000ms);
    beat({"b"});
    by.pass(8'900ms);
    CHECK(contenders(by.members) == names{"a", "b"});
    by.pass(1'000ms);
    CHECK(contenders(by.members).empty());
  }
  SECTION("one of them beats again: the other is dead at once") {
    beat({"a", "b"});
    by.pass(5'000ms);
    beat({"b"});
    by.pass(100ms);
    CHECK(contenders(by.members) == names{"b"});
  }
  SECTION("a lost CAF connection does not shorten that") {
    beat({"a", "b"});
    by.members.connection_down("a");
    by.members.connection_down("b");
    by.pass(9'900ms);
    CHECK(contenders(by.members) == names{"a", "b"});
  }
  SECTION("one of one is a death") {
    beat({"a"});
    by.pass(3'000ms);
    CHECK(contenders(by.members).empty());
  }
  SECTION("two of four are deaths, three of four are a broker") {
    beat({"a", "b", "c", "d"});
    pass_with(3'000ms, {"c", "d"});
    CHECK(contenders(by.members) == names{"c", "d"});
    beat({"a", "b", "c", "d"});
    pass_with(9'500ms, {"d"});
    CHECK(contenders(by.members) == names{"a", "b", "c", "d"});
    pass_with(1'000ms, {"d"});
    CHECK(contenders(by.members) == names{"d"});
  }
  SECTION("who died long before is not counted") {
    beat({"a", "b"});
    pass_with(3'000ms, {"b"});
    by.pass(3'000ms);
    CHECK(contenders(by.members).empty());
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
  CHECK(contenders(by.members).empty());
  CHECK(by.changes().empty());
  SECTION("it is a member once its heartbeat comes") {
    by.members.saw(beat_of("a", 3, 1));
    CHECK(contenders(by.members) == names{"a"});
    CHECK(by.changes() == changes{{true, "a/3"}});
  }
  SECTION("it is dead when none comes") {
    by.pass(3'000ms);
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
  CHECK(contenders(by.members) == names{"b"});
  CHECK(by.changes().empty());
  by.members.saw(beat_of("a", 1, 3, member_state::left));
  CHECK_FALSE(by.members.stands("a", 1));
  CHECK(by.changes() == changes{{false, "a/1"}});
}

TEST_CASE("who is not fit stands but is given nothing") {
  observer by;
  auto beat = beat_of("a", 1, 1);
  beat.fit = false;
  by.members.saw(beat);
  CHECK(by.members.stands("a", 1));
  CHECK(contenders(by.members).empty());
  beat.counter = 2;
  beat.fit = beat.ready = true;
  by.members.saw(beat);
  CHECK(by.members.contenders() == std::vector<contender>{{"a", fitness::ready}});
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
  CHECK(contenders(by.members).empty());
  CHECK_FALSE(by.members.speaks_with_us(other));
}

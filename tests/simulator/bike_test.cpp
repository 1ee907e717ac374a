#include "simulator/bike.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::sim;
using namespace std::chrono_literals;

namespace {

/// A bike under a clock that the test moves.
struct ride_of_one {
  bike_rules rules{.wants_answers = true};
  bike one{rules};
  moment now{1h};
  moment deadline = now + 10min;

  void ride(std::uint32_t number, std::chrono::milliseconds held = 0ms) {
    ridden_second what;
    what.number = number;
    what.second = own_second{static_cast<std::uint16_t>(number)};
    one.ride(what, now + held, deadline);
  }
  std::vector<std::uint32_t> due(std::size_t limit = 100) const {
    std::vector<std::uint32_t> numbers;
    one.due(now, limit, numbers);
    return numbers;
  }
  void send(std::uint32_t number) { one.sent(number, now); }
};

using numbers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("an update stays in the ring until it is answered") {
  ride_of_one r;
  r.ride(1);
  REQUIRE(r.due() == numbers{1});
  r.send(1);
  CHECK(r.due().empty());
  CHECK(r.one.ring().size() == 1);
  CHECK(r.one.answered(1, true, false, r.now) == bike::meaning::accepted);
  CHECK(r.one.ring().empty());
}

TEST_CASE("without answers an update is forgotten once it is sent") {
  ride_of_one r;
  r.rules.wants_answers = false;
  r.ride(1);
  CHECK(r.one.ring().size() == 1);
  r.send(1);
  CHECK(r.one.ring().empty());
}

TEST_CASE("an unanswered update is sent again after 1, 1, 1, 2 and then every 4 seconds") {
  ride_of_one r;
  r.ride(1);
  r.send(1);
  for (const auto wait : {1s, 1s, 1s, 2s, 4s, 4s, 4s}) {
    r.now += wait - 1ms;
    CHECK(r.due().empty());
    r.now += 1ms;
    REQUIRE(r.due() == numbers{1});
    CHECK(r.one.find(1)->reason == send_reason::timeout);
    r.send(1);
  }
  CHECK(r.one.find(1)->sends == 8);
}

TEST_CASE("a refusal that says retry brings the update back after half a second") {
  ride_of_one r;
  r.ride(1);
  r.send(1);
  CHECK(r.one.answered(1, false, true, r.now) == bike::meaning::again_later);
  CHECK(r.due().empty());
  r.now += 500ms;
  REQUIRE(r.due() == numbers{1});
  CHECK(r.one.find(1)->reason == send_reason::retry);
}

TEST_CASE("refused again and again, an update waits half a second, one, and then two") {
  ride_of_one r;
  r.ride(1);
  for (const auto wait : {500ms, 1000ms, 2000ms, 2000ms}) {
    r.send(1);
    r.one.answered(1, false, true, r.now);
    r.now += wait - 1ms;
    CHECK(r.due().empty());
    r.now += 1ms;
    CHECK(r.due() == numbers{1});
  }
}

TEST_CASE("a refusal for good settles the update") {
  ride_of_one r;
  r.ride(1);
  r.send(1);
  CHECK(r.one.answered(1, false, false, r.now) == bike::meaning::refused);
  CHECK(r.one.ring().empty());
}

TEST_CASE("an answer to a settled update changes nothing") {
  ride_of_one r;
  r.ride(1);
  r.send(1);
  r.one.answered(1, true, false, r.now);
  CHECK(r.one.answered(1, true, false, r.now) == bike::meaning::unknown);
  CHECK(r.one.answered(1, false, true, r.now) == bike::meaning::unknown);
  CHECK(r.one.answered(77, true, false, r.now) == bike::meaning::unknown);
}

TEST_CASE("after a reconnect everything sent and unanswered is due at once, oldest first") {
  ride_of_one r;
  for (const std::uint32_t number : {1, 2, 3}) {
    r.ride(number);
    r.send(number);
  }
  r.one.answered(2, true, false, r.now);
  CHECK(r.due().empty());
  r.one.reconnected(r.now);
  CHECK(r.due() == numbers{1, 3});
  CHECK(r.one.find(1)->reason == send_reason::reconnect);
}

TEST_CASE("updates ridden without connection wait in the ring and go out as first sends") {
  ride_of_one r;
  r.ride(1);
  r.ride(2);
  r.now += 1min;
  r.one.reconnected(r.now);
  CHECK(r.due() == numbers{1, 2});
  CHECK(r.one.find(1)->reason == send_reason::first);
  CHECK(r.one.find(1)->sends == 0);
}

TEST_CASE("a held-back update is due at its own time, reconnect or not") {
  ride_of_one r;
  r.ride(1, 3s);
  r.ride(2);
  CHECK(r.due() == numbers{2});
  r.one.reconnected(r.now);
  CHECK(r.due() == numbers{2});
  r.now += 3s;
  CHECK(r.due() == numbers{1, 2});
}

TEST_CASE("at the deadline of its race an update is given up") {
  ride_of_one r;
  r.ride(1);
  r.send(1);
  r.deadline += 5min;
  r.ride(2);
  r.now += 10min - 1ms;
  CHECK(r.one.give_up(r.now).empty());
  r.now += 1ms;
  const auto dropped = r.one.give_up(r.now);
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].what.number == 1);
  CHECK(r.one.ring().size() == 1);
  CHECK(r.one.answered(1, true, false, r.now) == bike::meaning::unknown);
}

TEST_CASE("a burst is limited, and the rest stays due") {
  ride_of_one r;
  for (std::uint32_t number = 1; number <= 5; ++number) {
    r.ride(number);
  }
  CHECK(r.due(2) == numbers{1, 2});
  r.send(1);
  r.send(2);
  CHECK(r.due(2) == numbers{3, 4});
}

TEST_CASE("copies that leave at once count as sends, but do not lengthen the first wait") {
  ride_of_one r;
  r.ride(1);
  r.one.sent(1, r.now, 2);
  CHECK(r.one.find(1)->sends == 2);
  r.now += 1s;
  CHECK(r.due() == numbers{1});
}

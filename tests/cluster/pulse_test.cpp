#include "cluster/pulse.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

constexpr steady_time after(int ms) {
  return steady_time{milliseconds{ms}};
}

} // namespace

TEST_CASE("a heartbeat is due each second") {
  pulse own{{}};
  CHECK(own.due(after(5'000)));
  CHECK(own.beat(after(5'000)) == 1);
  CHECK_FALSE(own.due(after(5'999)));
  CHECK(own.due(after(6'000)));
  CHECK(own.beat(after(6'000)) == 2);
}

TEST_CASE("silence of others counts while a heartbeat of the last one and a half seconds came back") {
  pulse own{{}};
  CHECK_FALSE(own.counting(after(0)));
  own.beat(after(0));
  CHECK_FALSE(own.counting(after(10)));
  own.came_back(1);
  CHECK(own.counting(after(10)));
  CHECK(own.counting(after(1'500)));
  CHECK_FALSE(own.counting(after(1'501)));
}

TEST_CASE("what is known goes stale when no heartbeat of the last two and a half seconds came back") {
  pulse own{{}};
  CHECK(own.stale(after(0)));
  own.beat(after(0));
  own.came_back(1);
  CHECK_FALSE(own.stale(after(2'500)));
  CHECK(own.stale(after(2'501)));
  own.beat(after(2'600));
  own.came_back(2);
  CHECK_FALSE(own.stale(after(2'600)));
}

TEST_CASE("it counts when a heartbeat was sent, not when it came back") {
  pulse own{{}};
  own.beat(after(0));
  own.beat(after(1'000));
  own.came_back(1);
  CHECK(own.stale(after(2'600)));
  own.came_back(2);
  CHECK_FALSE(own.stale(after(2'600)));
}

TEST_CASE("heartbeats that come back twice, in another order or unasked do no harm") {
  pulse own{{}};
  own.beat(after(0));
  own.beat(after(1'000));
  own.came_back(2);
  own.came_back(1);
  own.came_back(1);
  own.came_back(9);
  CHECK(own.last_back() == 2);
  CHECK_FALSE(own.stale(after(3'500)));
  CHECK(own.stale(after(3'501)));
}

TEST_CASE("in another bucket only what goes out from now on can come back") {
  pulse own{{}};
  own.beat(after(0));
  own.came_back(1);
  own.beat(after(1'000));
  own.restart();
  CHECK(own.stale(after(1'001)));
  own.came_back(2);
  CHECK(own.stale(after(1'001)));
  CHECK(own.due(after(1'001)));
  CHECK(own.beat(after(1'001)) == 3);
  own.came_back(3);
  CHECK_FALSE(own.stale(after(1'001)));
}

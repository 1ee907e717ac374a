#include "cluster/pulse.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("a heartbeat is due each second") {
  pulse own{{}};
  CHECK(own.due(5'000));
  CHECK(own.beat(5'000) == 1);
  CHECK_FALSE(own.due(5'999));
  CHECK(own.due(6'000));
  CHECK(own.beat(6'000) == 2);
}

TEST_CASE("silence of others counts while a heartbeat of the last one and a half seconds came back") {
  pulse own{{}};
  CHECK_FALSE(own.counting(0));
  own.beat(0);
  CHECK_FALSE(own.counting(10));
  own.came_back(1);
  CHECK(own.counting(10));
  CHECK(own.counting(1'500));
  CHECK_FALSE(own.counting(1'501));
}

TEST_CASE("what is known goes stale when no heartbeat of the last two and a half seconds came back") {
  pulse own{{}};
  CHECK(own.stale(0));
  own.beat(0);
  own.came_back(1);
  CHECK_FALSE(own.stale(2'500));
  CHECK(own.stale(2'501));
  own.beat(2'600);
  own.came_back(2);
  CHECK_FALSE(own.stale(2'600));
}

TEST_CASE("it counts when a heartbeat was sent, not when it came back") {
  pulse own{{}};
  own.beat(0);
  own.beat(1'000);
  own.came_back(1);
  CHECK(own.stale(2'600));
  own.came_back(2);
  CHECK_FALSE(own.stale(2'600));
}

TEST_CASE("heartbeats that come back twice, in another order or unasked do no harm") {
  pulse own{{}};
  own.beat(0);
  own.beat(1'000);
  own.came_back(2);
  own.came_back(1);
  own.came_back(1);
  own.came_back(9);
  CHECK(own.last_back() == 2);
  CHECK_FALSE(own.stale(3'500));
  CHECK(own.stale(3'501));
}

TEST_CASE("in another bucket only what goes out from now on can come back") {
  pulse own{{}};
  own.beat(0);
  own.came_back(1);
  own.beat(1'000);
  own.begin_anew();
  CHECK(own.stale(1'001));
  own.came_back(2);
  CHECK(own.stale(1'001));
  CHECK(own.due(1'001));
  CHECK(own.beat(1'001) == 3);
  own.came_back(3);
  CHECK_FALSE(own.stale(1'001));
}

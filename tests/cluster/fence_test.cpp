#include "cluster/fence.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("at a receiver one epoch of an entity counts, and it never goes back") {
  const auto race = entity::of(race_key{class_id{3}, race_id{5400172}});
  const auto course = entity::of(class_id{3});
  fence gate;
  CHECK(gate.highest(race) == epoch{0});
  CHECK(gate.admit(race, epoch{2}));
  CHECK(gate.admit(race, epoch{2}));
  CHECK_FALSE(gate.admit(race, epoch{1}));
  CHECK(gate.admit(race, epoch{5}));
  CHECK_FALSE(gate.admit(race, epoch{2}));
  CHECK(gate.highest(race) == epoch{5});
  CHECK(gate.dropped() == 2);
  SECTION("another entity has its own epochs") {
    CHECK(gate.admit(course, epoch{1}));
    CHECK(gate.dropped() == 2);
  }
  SECTION("a forgotten entity begins anew") {
    gate.forget(race);
    CHECK(gate.admit(race, epoch{1}));
  }
}

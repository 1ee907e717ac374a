#include "cluster/fence.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("at a receiver one epoch of a class counts, and it never goes back") {
  constexpr class_id cls{3}, other{4};
  fence gate;
  CHECK(gate.highest(cls) == epoch{0});
  CHECK(gate.admit(cls, epoch{2}));
  CHECK(gate.admit(cls, epoch{2}));
  CHECK_FALSE(gate.admit(cls, epoch{1}));
  CHECK(gate.admit(cls, epoch{5}));
  CHECK_FALSE(gate.admit(cls, epoch{2}));
  CHECK(gate.highest(cls) == epoch{5});
  CHECK(gate.dropped() == 2);
  // Another class has its own epochs.
  CHECK(gate.admit(other, epoch{1}));
  CHECK(gate.dropped() == 2);
}

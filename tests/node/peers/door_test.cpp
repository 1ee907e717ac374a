#include "node/peers/door.hpp"

#include <catch2/catch.hpp>

using alleycat::peer_door;
using entry = peer_door::entry;

TEST_CASE("a door without a link admits nobody", "[door]") {
  peer_door door;
  CHECK(door.enter(1) == entry::closed);
  door.open();
  CHECK(door.enter(1) == entry::admitted);
  door.close();
  CHECK(door.enter(1) == entry::closed);
  CHECK(door.turned_away() == 0);
}

TEST_CASE("a door is full of questions until one has ended", "[door]") {
  peer_door door;
  door.open();
  for (std::size_t i = 0; i < peer_door::most_questions; ++i)
    REQUIRE(door.enter(1) == entry::admitted);
  CHECK(door.enter(1) == entry::full);
  CHECK(door.turned_away() == 1);
  door.leave();
  CHECK(door.enter(1) == entry::admitted);
  CHECK(door.enter(1) == entry::full);
}

TEST_CASE("bytes on their way are bounded until the peer has them, whatever became of the question", "[door]") {
  peer_door door;
  door.open();
  const std::size_t quarter = peer_door::most_bytes / 4;
  for (int i = 0; i < 4; ++i) {
    REQUIRE(door.enter(quarter) == entry::admitted);
    door.leave();
  }
  CHECK(door.unconfirmed() == peer_door::most_bytes);
  CHECK(door.enter(1) == entry::full);
  door.confirm(quarter);
  CHECK(door.enter(quarter) == entry::admitted);
  CHECK(door.enter(1) == entry::full);
  // Confirmations that come in another order, or of more than there is, free no more than was sent.
  door.confirm(quarter / 2);
  CHECK(door.enter(1) == entry::full);
  door.confirm(~std::uint64_t{0});
  CHECK(door.unconfirmed() == 0);
}

TEST_CASE("what was on its way over a lost connection is not on its way over the next", "[door]") {
  peer_door door;
  door.open();
  REQUIRE(door.enter(peer_door::most_bytes) == entry::admitted);
  CHECK(door.enter(1) == entry::full);
  door.close();
  door.leave();
  door.open();
  CHECK(door.unconfirmed() == 0);
  CHECK(door.questions() == 0);
  CHECK(door.enter(peer_door::most_bytes) == entry::admitted);
}

#include "tests/cluster/bench.hpp"

using namespace alleycat;
using namespace alleycat::testing;

TEST_CASE("peers are told once they are there, and once they are gone") {
  bench node(0);
  node.start();
  node.join("a");
  node.pass(3s);
  REQUIRE(node.all<peer_up>().size() == 1);
  CHECK(node.all<peer_up>().front().last.address == "a:1");
  CHECK(node.all<peer_up>().front().speaks_with_us);
  auto foreign = node.other("f");
  foreign.protocol = 2;
  node.beat(foreign);
  REQUIRE(node.all<peer_up>().size() == 2);
  CHECK_FALSE(node.all<peer_up>().back().speaks_with_us);
  node.pass(3'100ms);
  node.silence("a");
  node.pass(3'100ms);
  CHECK(node.all<peer_down>().size() == 2);
}

TEST_CASE("a heartbeat says what is owned and the load") {
  bench node(2);
  node.start();
  node_load load;
  load.riders = 120;
  load.races = 3;
  load.classes = 99; // filled in by what is owned
  node.mind->set_load(load);
  node.mind->set_clock_ahead(milliseconds{-7});
  node.pass(1s);
  CHECK(node.last_beat().load == node_load{3, 2, 120, 0, 0, 0});
  CHECK(node.last_beat().clock_ahead_ms == -7);
  CHECK(node.last_beat().highest == epoch{1});
  CHECK(node.last_beat().agreed == 1);
  CHECK(node.last_beat().state == member_state::serving);
}

TEST_CASE("the members are listed with how they fare") {
  bench node;
  node.settings.name = "m";
  node.start();
  auto unfit = node.other("b");
  unfit.fit = false;
  auto drains = node.other("z");
  drains.state = member_state::draining;
  auto left = node.other("x");
  left.state = member_state::left;
  for (const auto& each : {node.other("a"), unfit, drains, left, node.other("c")})
    node.join(each);
  node.silence("c");
  node.silence("x");
  node.pass(3'100ms);
  std::vector<std::pair<std::string, ownership::life>> seen;
  for (const auto& each : node.mind->members_seen())
    seen.emplace_back(each.last.name, each.state);
  using life = ownership::life;
  CHECK(seen ==
        std::vector<std::pair<std::string, life>>{
            {"a", life::live}, {"b", life::unfit}, {"c", life::dead}, {"m", life::live}, {"z", life::draining}});
}

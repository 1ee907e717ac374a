#include "cluster/membership.hpp"
#include "cluster/pulse.hpp"
#include "tests/cluster/bench.hpp"
#include "tests/racing/death.hpp"

using namespace alleycat;
using namespace alleycat::testing;

namespace {

constexpr auto ownership_file = "cluster/ownership.cpp";
constexpr auto records_file = "cluster/records.cpp";

} // namespace

TEST_CASE("time does not go back", "[check]") {
  bench node;
  node.start();
  CHECK(dies_of(ownership_file, "!began_ || now >= now_", [&] { node.mind->tick(node.now - 1ms); }));
  node.obey(node.mind->tick(node.now));

  membership members{"self", 1, 7, {}};
  members.advance(steady_time{5s}, true);
  CHECK(dies_of("cluster/membership.cpp", "!last_ || now >= *last_", [&] { members.advance(steady_time{4s}, true); }));
  members.advance(steady_time{5s}, true);

  pulse own{{}};
  own.beat(steady_time{5s});
  CHECK(dies_of("cluster/pulse.cpp", "!last_sent_ || now >= *last_sent_", [&] { own.beat(steady_time{4s}); }));
  CHECK(own.beat(steady_time{5s}) == 2);
}

TEST_CASE("a node has a name, and durations that fit each other", "[check]") {
  bench node;
  node.settings.name = "north east";
  CHECK(dies_of(ownership_file, "is_node_name(set_.name)", [&] { ownership{node.settings}; }));
  node.settings.name = "north-east";
  ownership{node.settings};
  node.settings.timing.stale =
      node.settings.timing.hinted_death + 1ms; // it would still publish when it is taken for dead
  CHECK(dies_of(ownership_file, "consistent(set_.timing)", [&] { ownership{node.settings}; }));
}

TEST_CASE("who lives is not forgotten: it would never be reported as gone", "[check]") {
  bench node;
  membership members{"self", 1, 7, {}};
  auto beat = node.other("a");
  beat.counter = 1;
  members.saw(beat);
  CHECK(dies_of("cluster/membership.cpp", "!found->second.alive", [&] { members.forget("a"); }));
  beat.counter = 2;
  beat.state = member_state::left;
  members.saw(beat);
  members.forget("a");
  members.forget("nobody");
  CHECK(members.all().empty());
}

TEST_CASE("nothing is written to the bucket that could not be read there", "[check]") {
  bench node;
  auto beat = node.other("a");
  const auto who = "is_node_name(beat.name) && is_incarnation(beat.incarnation) && beat.counter != 0";
  const auto where = "is_word(beat.address, longest_address) && is_node_version(beat.version)";
  CHECK(dies_of(records_file, who, [&] { to_text(beat); }));
  beat.counter = 1;
  CHECK(parse_heartbeat("a", to_text(beat)) == beat);
  beat.address = "näher:7701";
  CHECK(dies_of(records_file, where, [&] { to_text(beat); }));
  beat.address = "a:1";
  beat.version.clear();
  CHECK(dies_of(records_file, where, [&] { to_text(beat); }));

  CHECK(dies_of(records_file, "is_node_name(what.owner) && is_incarnation(what.incarnation)",
                [] { to_text(held_by("a", 0)); }));
  auto held = held_by("a");
  held.to = "b"; // though it is no release
  CHECK(dies_of(records_file, "what.to.empty() || (what.release && is_node_name(what.to))", [&] { to_text(held); }));
}

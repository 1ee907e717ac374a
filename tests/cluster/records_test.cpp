#include "cluster/records.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("keys of the bucket are written and read back") {
  const bucket_key keys[] = {node_key{"north"},
                             claim_key{class_id{3}, epoch{1}},
                             claim_key{class_id{65535}, epoch{1'000'001}},
                             generation_key{2},
                             rules_key{1},
                             format_key{3}};
  const char* texts[] = {"node.north", "claim.3.1", "claim.65535.1000001", "generation.2", "rules.1", "format.3"};
  for (std::size_t i = 0; i < std::size(keys); ++i) {
    CHECK(to_text(keys[i]) == texts[i]);
    CHECK(parse_bucket_key(texts[i]) == keys[i]);
  }
  for (const auto* text : {"", "node.", "node.a.b", "node.a b", "claim.3", "claim.0.1", "claim.3.0", "claim.3.01",
                           "claim.65536.1", "claim..1", "claim.3.1.1", "claim.3.18446744073709551616", "generation.0",
                           "generation.x", "rules", "rules.0", "format.4294967296", "other"})
    CHECK_FALSE(parse_bucket_key(text).has_value());
}

TEST_CASE("a heartbeat is written and read back") {
  heartbeat beat;
  beat.name = "north";
  beat.incarnation = 65'540;
  beat.counter = 17;
  beat.address = "10.0.0.5:7701";
  beat.started = at_ms(1620051628707);
  beat.version = "0.2.0-3-gc00ef56";
  beat.rules = 0x9c0f;
  beat.agreed = 2;
  beat.protocol = 1;
  beat.reads = 4;
  beat.writes = 3;
  beat.state = member_state::draining;
  beat.fit = beat.ready = true;
  beat.highest = epoch{12};
  beat.clock_ahead_ms = -40;
  beat.load = {3, 2, 120, 118, 4, 180};
  const auto text = to_text(beat);
  CHECK(text == "v=1 incarnation=65540 counter=17 address=10.0.0.5:7701 started=1620051628707 version=0.2.0-3-gc00ef56 "
                "rules=39951 agreed=2 protocol=1 reads=4 writes=3 state=draining fit=1 ready=1 steady=0 highest=12 "
                "ahead=0 behind=40 races=3 classes=2 riders=120 rate=118 lag=4 cpu=180");
  CHECK(parse_heartbeat("north", text) == beat);
}

TEST_CASE("a heartbeat may have fields more, and of what decides nothing less, but none of the others") {
  const std::string text = "v=1 incarnation=1 counter=2 address=h:1 started=3 rules=4 protocol=5 state=serving";
  const auto least = parse_heartbeat("a", text + " colour=red races=7");
  REQUIRE(least.has_value());
  CHECK(least->load.races == 7);
  CHECK_FALSE(least->fit);
  CHECK(least->reads == 1);
  CHECK(fitness_of(*least) == fitness::none);
  for (const auto* field :
       {"v=1", "incarnation=1", "counter=2", "address=h:1", "started=3", "rules=4", "protocol=5", "state=serving"}) {
    auto without = text;
    without.replace(without.find(field), std::string_view{field}.size(), "x=1");
    CHECK_FALSE(parse_heartbeat("a", without).has_value());
  }
  // An incarnation at the end of its range would leave none for the next start.
  for (const auto* wrong : {"v=2", "incarnation=0", "incarnation=4611686018427387904", "counter=0", "counter=-1",
                            "address=", "state=asleep", "protocol=4294967296"}) {
    const auto name = std::string_view{wrong}.substr(0, std::string_view{wrong}.find('='));
    auto changed = " " + text + " ";
    const auto from = changed.find(" " + std::string{name} + "=") + 1;
    changed.replace(from, changed.find(' ', from) - from, wrong);
    CHECK_FALSE(parse_heartbeat("a", std::string_view{changed}.substr(1)).has_value());
  }
  CHECK_FALSE(parse_heartbeat("a.b", text).has_value());
}

TEST_CASE("where a node stands in line follows from its heartbeat") {
  heartbeat beat;
  beat.ready = beat.steady = true;
  CHECK(fitness_of(beat) == fitness::none);
  beat.fit = true;
  CHECK(fitness_of(beat) == fitness::steady);
  beat.steady = false;
  CHECK(fitness_of(beat) == fitness::ready);
  beat.ready = false;
  CHECK(fitness_of(beat) == fitness::fit);
  beat.state = member_state::draining;
  CHECK(fitness_of(beat) == fitness::none);
}

TEST_CASE("a claim and a release are written and read back") {
  const claim held{"north", 65'540, false, "", at_ms(1620051628707)};
  const claim released{"north", 65'540, true, "south", {}};
  CHECK(to_text(held) == "v=1 owner=north incarnation=65540 release=0 since=1620051628707");
  CHECK(to_text(released) == "v=1 owner=north incarnation=65540 release=1 since=0 to=south");
  CHECK(parse_claim(to_text(held)) == held);
  CHECK(parse_claim(to_text(released)) == released);
  // Of a newer version it still says whose it is.
  CHECK(parse_claim("v=2 owner=north incarnation=65540 release=0 mood=good") == claim{"north", 65'540, false, "", {}});
  for (const auto* text :
       {"", "v=1 owner=north incarnation=1", "v=1 owner=north incarnation=0 release=0",
        "v=1 owner= incarnation=1 release=0", "v=1 owner=north incarnation=1 release=2",
        "v=1 owner=north incarnation=1 release=1 to=a.b", "v=1 owner=north incarnation=4611686018427387904 release=0"})
    CHECK_FALSE(parse_claim(text).has_value());
}

TEST_CASE("a generation has its own million of epochs") {
  CHECK(generation_of(epoch{0}) == 0);
  CHECK(generation_of(epoch{1}) == 1);
  CHECK(generation_of(epoch{1'000'000}) == 1);
  CHECK(generation_of(epoch{1'000'001}) == 2);
  CHECK(generation_base(0) == epoch{0});
  CHECK(generation_base(1) == epoch{0});
  CHECK(generation_base(2) == epoch{1'000'000});
}

TEST_CASE("a start has a higher incarnation than all before, on an empty disk too") {
  const auto first = next_incarnation(0, 1, 7);
  const auto second = next_incarnation(first, 2, 3);
  CHECK(second > first);
  CHECK(next_incarnation(second, 1, 0) > second); // the disk was wiped
  CHECK(next_incarnation(0, 3, 0) > second);      // the bucket was lost
  CHECK(next_incarnation(first, 2, 3) != next_incarnation(first, 2, 4));
}

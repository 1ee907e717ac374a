#include "cluster/records.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("an entity is one token of a subject, and read back from it") {
  const auto course = entity::of(class_id{3});
  const auto race = entity::of(race_key{class_id{3}, race_id{5400172}});
  CHECK(to_text(course) == "class-3");
  CHECK(to_text(race) == "race-3-5400172");
  CHECK(parse_entity("class-3") == course);
  CHECK(parse_entity("race-3-5400172") == race);
  CHECK(parse_entity("race-65535-4294967295") == entity::of(race_key{class_id{65535}, race_id{4294967295}}));
  CHECK(parse_entity("race-1-0") == entity::of(race_key{class_id{1}, race_id{0}}));
}

TEST_CASE("what is not the text of an entity is none") {
  for (const auto* text :
       {"", "class-", "class-0", "class-03", "class-65536", "class-3 ", "class-3-1", "race-3", "race-3-", "race--1",
        "race-0-1", "race-3-01", "race-3-4294967296", "race-3-1-1", "Class-3", "rider-3"})
    CHECK_FALSE(parse_entity(text).has_value());
}

TEST_CASE("classes come before races, then by class, then by race") {
  const auto a = entity::of(class_id{9});
  const auto b = entity::of(race_key{class_id{1}, race_id{7}});
  const auto c = entity::of(race_key{class_id{1}, race_id{8}});
  const auto d = entity::of(race_key{class_id{2}, race_id{0}});
  CHECK(a < b);
  CHECK(b < c);
  CHECK(c < d);
  CHECK(entity::of(class_id{8}) < a);
}

TEST_CASE("keys of the bucket are written and read back") {
  const bucket_key keys[] = {node_key{"north"}, claim_key{entity::of(class_id{3}), epoch{1}},
                             claim_key{entity::of(race_key{class_id{3}, race_id{5400172}}), epoch{1'000'001}},
                             generation_key{2}, rules_key{}};
  const char* texts[] = {"node.north", "claim.class-3.1", "claim.race-3-5400172.1000001", "generation.2", "rules"};
  for (std::size_t i = 0; i < std::size(keys); ++i) {
    CHECK(to_text(keys[i]) == texts[i]);
    CHECK(parse_bucket_key(texts[i]) == keys[i]);
  }
  for (const auto* text : {"", "node.", "node.a.b", "node.a b", "claim.class-3", "claim.class-3.0", "claim.class-3.01",
                           "claim..1", "claim.race-3.1", "generation.0", "generation.x", "rules.1", "other"})
    CHECK_FALSE(parse_bucket_key(text).has_value());
}

TEST_CASE("a heartbeat is written and read back") {
  heartbeat beat;
  beat.name = "north";
  beat.incarnation = 65'540;
  beat.counter = 17;
  beat.address = "10.0.0.5:7701";
  beat.started = 1620051628707;
  beat.rules = 0x9c0f;
  beat.protocol = 1;
  beat.state = member_state::draining;
  beat.load = {3, 2, 120, 118, 4, 180};
  const auto text = to_text(beat);
  CHECK(text == "v=1 incarnation=65540 counter=17 address=10.0.0.5:7701 started=1620051628707 rules=39951 protocol=1 "
                "state=draining races=3 classes=2 riders=120 rate=118 lag=4 cpu=180");
  CHECK(parse_heartbeat("north", text) == beat);
}

TEST_CASE("a heartbeat may have fields more, and of the load fields less, but none of the others") {
  const std::string text = "v=1 incarnation=1 counter=2 address=h:1 started=3 rules=4 protocol=5 state=serving";
  REQUIRE(parse_heartbeat("a", text + " colour=red races=7").has_value());
  CHECK(parse_heartbeat("a", text + " colour=red races=7")->load.races == 7);
  for (const auto* field :
       {"v=1", "incarnation=1", "counter=2", "address=h:1", "started=3", "rules=4", "protocol=5", "state=serving"}) {
    auto without = text;
    without.replace(without.find(field), std::string_view{field}.size(), "x=1");
    CHECK_FALSE(parse_heartbeat("a", without).has_value());
  }
  for (const auto* wrong :
       {"v=2", "incarnation=0", "counter=0", "counter=-1", "address=", "state=asleep", "protocol=4294967296"}) {
    const auto name = std::string_view{wrong}.substr(0, std::string_view{wrong}.find('='));
    auto changed = " " + text + " ";
    const auto from = changed.find(" " + std::string{name} + "=") + 1;
    changed.replace(from, changed.find(' ', from) - from, wrong);
    CHECK_FALSE(parse_heartbeat("a", std::string_view{changed}.substr(1)).has_value());
  }
  CHECK_FALSE(parse_heartbeat("a.b", text).has_value());
}

TEST_CASE("a claim and a release are written and read back") {
  const claim held{"north", 65'540, false, ""};
  const claim released{"north", 65'540, true, "south"};
  CHECK(to_text(held) == "v=1 owner=north incarnation=65540 release=0");
  CHECK(to_text(released) == "v=1 owner=north incarnation=65540 release=1 to=south");
  CHECK(parse_claim(to_text(held)) == held);
  CHECK(parse_claim(to_text(released)) == released);
  for (const auto* text : {"", "v=1 owner=north incarnation=1", "v=1 owner=north incarnation=0 release=0",
                           "v=1 owner= incarnation=1 release=0", "v=1 owner=north incarnation=1 release=2",
                           "v=2 owner=north incarnation=1 release=0", "v=1 owner=north incarnation=1 release=1 to=a.b"})
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

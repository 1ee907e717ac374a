#include "cluster/claim_table.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

const auto race = entity::of(race_key{class_id{3}, race_id{5400172}});
const auto course = entity::of(class_id{3});

claim by(const std::string& owner) {
  return {owner, 65'536, false, ""};
}

claim_table with_generation(std::uint64_t number) {
  claim_table table;
  table.saw_generation(number);
  return table;
}

} // namespace

TEST_CASE("the highest claim is the latest, in whatever order they are seen") {
  auto table = with_generation(1);
  CHECK(table.latest(race) == nullptr);
  CHECK(table.next(race) == epoch{1});
  table.saw({race, epoch{2}}, by("b"));
  table.saw({race, epoch{1}}, by("a"));
  table.saw({race, epoch{2}}, by("b"));
  REQUIRE(table.latest(race) != nullptr);
  CHECK(table.latest(race)->at == epoch{2});
  CHECK(table.latest(race)->what.owner == "b");
  CHECK(table.latest(race)->holds);
  CHECK(table.next(race) == epoch{3});
  CHECK(table.next(course) == epoch{1});
  CHECK(table.keys(race) == std::vector<claim_key>{{race, epoch{1}}, {race, epoch{2}}});
}

TEST_CASE("a new bucket begins with generation 1, or above what is found outside") {
  claim_table table;
  CHECK_FALSE(table.generation_known());
  CHECK(table.wanted_generation() == 1);
  table.saw_outside(epoch{7});
  CHECK(table.wanted_generation() == 2);
  table.saw_outside(epoch{2'000'001});
  CHECK(table.wanted_generation() == 4);
  table.saw_generation(4);
  CHECK(table.generation_known());
  CHECK(table.next(race) == epoch{3'000'001});
}

TEST_CASE("after the bucket was lost nothing holds, nothing is forgotten, and no epoch comes again") {
  auto table = with_generation(1);
  table.saw({race, epoch{5}}, by("a"));
  table.lose_bucket();
  CHECK_FALSE(table.generation_known());
  CHECK(table.wanted_generation() == 2);
  CHECK(table.keys(race).empty());
  REQUIRE(table.latest(race) != nullptr);
  CHECK(table.latest(race)->what.owner == "a");
  CHECK_FALSE(table.latest(race)->holds);

  SECTION("the generation of before is not that of the new one") {
    table.saw_generation(1);
    CHECK_FALSE(table.generation_known());
    CHECK(table.wanted_generation() == 2);
  }
  SECTION("the next generation begins above everything") {
    table.saw_generation(2);
    CHECK(table.generation_known());
    CHECK(table.next(race) == epoch{1'000'001});
    table.saw({race, epoch{1'000'001}}, by("b"));
    CHECK(table.latest(race)->what.owner == "b");
    CHECK(table.latest(race)->holds);
  }
  SECTION("a claim of the old generation that comes into the new bucket does not hold") {
    table.saw_generation(2);
    table.saw({race, epoch{5}}, by("c"));
    CHECK(table.latest(race)->what.owner == "a");
    CHECK_FALSE(table.latest(race)->holds);
    table.saw({race, epoch{6}}, by("c"));
    CHECK(table.latest(race)->what.owner == "c");
    CHECK_FALSE(table.latest(race)->holds);
    CHECK(table.next(race) == epoch{1'000'001});
    // They are in the bucket, though, and go with the race.
    CHECK(table.keys(race).size() == 2);
  }
}

TEST_CASE("a generation that others began makes the claims of before void") {
  auto table = with_generation(1);
  table.saw({race, epoch{1}}, by("a"));
  table.saw_generation(2);
  CHECK(table.generation_known());
  CHECK_FALSE(table.latest(race)->holds);
}

TEST_CASE("a claim below an epoch met outside does not hold; at it, it does") {
  auto table = with_generation(1);
  table.saw({course, epoch{5}}, by("a"));
  table.saw_outside(course, epoch{5});
  CHECK(table.latest(course)->holds);
  table.saw_outside(course, epoch{9});
  CHECK_FALSE(table.latest(course)->holds);
  CHECK(table.next(course) == epoch{10});
}

TEST_CASE("a deleted claim says that the race is over") {
  auto table = with_generation(1);
  table.saw({race, epoch{1}}, by("a"));
  table.saw({race, epoch{2}}, by("b"));
  table.saw_deleted({race, epoch{1}});
  CHECK(table.is_over(race));
  CHECK(table.keys(race) == std::vector<claim_key>{{race, epoch{2}}});
  table.saw_deleted({race, epoch{2}});
  CHECK(table.keys(race).empty());
  CHECK(table.is_over(race));
  table.forget(race);
  CHECK_FALSE(table.is_over(race));
}

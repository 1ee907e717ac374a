#include "cluster/claim_table.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

constexpr class_id cls{3}, other{4};

claim by(const std::string& owner) {
  return {owner, 65'536, false, "", {}};
}

claim_table with_generation(std::uint64_t number) {
  claim_table table;
  table.saw_generation(number);
  return table;
}

} // namespace

TEST_CASE("the highest claim is the latest, in whatever order they are seen") {
  auto table = with_generation(1);
  CHECK(table.latest(cls) == nullptr);
  CHECK(table.next(cls) == epoch{1});
  table.saw({cls, epoch{2}}, by("b"));
  table.saw({cls, epoch{1}}, by("a"));
  table.saw({cls, epoch{2}}, by("b"));
  REQUIRE(table.latest(cls) != nullptr);
  CHECK(table.latest(cls)->owner_epoch == epoch{2});
  CHECK(table.latest(cls)->what.owner == "b");
  CHECK(table.latest(cls)->holds);
  CHECK(table.next(cls) == epoch{3});
  CHECK(table.next(other) == epoch{1});
  CHECK(table.highest() == epoch{2});
}

TEST_CASE("claims that were overtaken long ago are named") {
  auto table = with_generation(1);
  for (std::uint64_t number = 1; number <= 5; ++number)
    table.saw({cls, epoch{number}}, by("a"));
  CHECK(table.overtaken(cls, 3) == std::vector<claim_key>{{cls, epoch{1}}, {cls, epoch{2}}});
  CHECK(table.overtaken(cls, 5).empty());
  CHECK(table.overtaken(other, 0).empty());
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
  CHECK(table.next(cls) == epoch{3'000'001});
}

TEST_CASE("after the bucket was lost nothing holds, nothing is forgotten, and no epoch comes again") {
  auto table = with_generation(1);
  table.saw({cls, epoch{5}}, by("a"));
  table.lose_bucket();
  CHECK_FALSE(table.generation_known());
  CHECK(table.wanted_generation() == 2);
  CHECK(table.in_bucket({cls, epoch{5}}) == nullptr);
  REQUIRE(table.latest(cls) != nullptr);
  CHECK(table.latest(cls)->what.owner == "a");
  CHECK_FALSE(table.latest(cls)->holds);

  SECTION("the generation of before is not that of the new one") {
    table.saw_generation(1);
    CHECK_FALSE(table.generation_known());
    CHECK(table.wanted_generation() == 2);
  }
  SECTION("the next generation begins above everything") {
    table.saw_generation(2);
    CHECK(table.generation_known());
    CHECK(table.next(cls) == epoch{1'000'001});
    table.saw({cls, epoch{1'000'001}}, by("b"));
    CHECK(table.latest(cls)->what.owner == "b");
    CHECK(table.latest(cls)->holds);
  }
  SECTION("a claim of the old generation that comes into the new bucket does not hold") {
    table.saw_generation(2);
    table.saw({cls, epoch{6}}, by("c"));
    CHECK(table.latest(cls)->what.owner == "c");
    CHECK_FALSE(table.latest(cls)->holds);
    CHECK(table.next(cls) == epoch{1'000'001});
  }
}

TEST_CASE("a generation that others began makes the claims of before void") {
  auto table = with_generation(1);
  table.saw({cls, epoch{1}}, by("a"));
  table.saw_generation(2);
  CHECK(table.generation_known());
  CHECK_FALSE(table.latest(cls)->holds);
}

TEST_CASE("a heartbeat from a later generation raises the next epoch, one from this generation does not") {
  auto table = with_generation(1);
  table.saw({cls, epoch{5}}, by("a"));
  table.saw_highest(epoch{900});
  CHECK(table.next(cls) == epoch{6});
  table.saw_highest(epoch{1'000'002});
  CHECK(table.next(cls) == epoch{1'000'001});
  CHECK(table.latest(cls)->holds);
}

TEST_CASE("a claim below an epoch met outside does not hold; at it, it does") {
  auto table = with_generation(1);
  table.saw({cls, epoch{5}}, by("a"));
  table.saw_outside(cls, epoch{5});
  CHECK(table.latest(cls)->holds);
  table.saw_outside(cls, epoch{9});
  CHECK_FALSE(table.latest(cls)->holds);
  CHECK(table.next(cls) == epoch{10});
}

TEST_CASE("a deleted claim does not hold, and neither does one below it") {
  auto table = with_generation(1);
  table.saw({cls, epoch{1}}, by("a"));
  table.saw({cls, epoch{2}}, by("b"));
  SECTION("the latest, which was seen") {
    table.saw_deleted({cls, epoch{2}});
    CHECK(table.latest(cls)->what.owner == "b");
    CHECK_FALSE(table.latest(cls)->holds);
    CHECK(table.next(cls) == epoch{3});
  }
  SECTION("a later one, which was not") {
    table.saw_deleted({cls, epoch{3}});
    CHECK(table.latest(cls)->what.release);
    CHECK_FALSE(table.latest(cls)->holds);
    CHECK(table.next(cls) == epoch{4});
  }
  SECTION("an earlier one changes nothing") {
    table.saw_deleted({cls, epoch{1}});
    CHECK(table.latest(cls)->what.owner == "b");
    CHECK(table.latest(cls)->holds);
  }
}

TEST_CASE("a reading removes what is not there any more") {
  auto table = with_generation(1);
  table.saw({cls, epoch{1}}, by("a"));
  table.saw({cls, epoch{2}}, by("b"));
  table.saw({other, epoch{1}}, by("a"));
  table.begin_reading();
  table.saw({cls, epoch{1}}, by("a"));
  table.saw({cls, epoch{3}}, by("c"));
  table.end_reading();
  CHECK(table.in_bucket({cls, epoch{2}}) == nullptr);
  CHECK(table.latest(cls)->what.owner == "c");
  CHECK(table.latest(cls)->holds);
  REQUIRE(table.latest(other) != nullptr);
  CHECK_FALSE(table.latest(other)->holds);
  CHECK(table.next(other) == epoch{2});
}

TEST_CASE("an absurd epoch is passed over and reported once") {
  auto table = with_generation(1);
  table.saw({cls, epoch{5}}, by("a"));
  constexpr epoch absurd{~std::uint64_t{0}};
  for (int i = 0; i < 3; ++i)
    table.saw({cls, absurd}, by("b"));
  CHECK(table.latest(cls)->what.owner == "a");
  CHECK(table.latest(cls)->holds);
  CHECK(table.next(cls) == epoch{6});
  CHECK(table.take_reports() ==
        std::vector<std::string>{"claim.3.18446744073709551615 says epoch 18446744073709551615, far "
                                 "beyond generation 1: passed over"});
  table.saw_outside(cls, absurd);
  table.saw_outside(absurd);
  table.saw_highest(absurd);
  table.saw_deleted({cls, epoch{absurd.value() - 1}});
  table.saw_generation(~std::uint64_t{0} / epochs_per_generation);
  CHECK(table.next(cls) == epoch{6});
  CHECK(table.generation() == 1);
  CHECK(table.take_reports().size() == 5);
  CHECK(table.take_reports().empty());
}

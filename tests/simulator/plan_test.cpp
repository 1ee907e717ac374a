#include "simulator/plan.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace alleycat;
using namespace alleycat::sim;
using namespace std::chrono_literals;

namespace {

const std::vector<class_id> two_classes{class_id{1}, class_id{3}};

} // namespace

TEST_CASE("ids follow each other class by class, so nobody rides in two classes") {
  const auto plan = plan_riders(two_classes, 5, racer_id{100}, 1, 7);
  REQUIRE(plan.size() == 10);
  std::set<racer_id> seen;
  for (const auto& rider : plan) {
    seen.insert(rider.racer);
    const auto first = rider.cls == class_id{1} ? 100U : 105U;
    CHECK(rider.racer.value() == first + rider.place);
  }
  CHECK(seen.size() == 10);
}

TEST_CASE("starts are evenly spread over the stagger, in ascending order") {
  const auto plan = plan_riders(two_classes, 5, racer_id{1}, 20, 7);
  for (std::size_t i = 0; i < plan.size(); ++i) {
    CHECK(plan[i].start_offset == i * 2s);
  }
}

TEST_CASE("without stagger all are in phase") {
  for (const auto& rider : plan_riders(two_classes, 5, racer_id{1}, 0, 7)) {
    CHECK(rider.start_offset == 0s);
  }
}

TEST_CASE("the order of the starts depends on the seed, and on nothing else") {
  const auto order = [](std::uint64_t seed) {
    std::vector<std::uint32_t> racers;
    for (const auto& rider : plan_riders(two_classes, 50, racer_id{1}, 1, seed)) {
      racers.push_back(rider.racer.value());
    }
    return racers;
  };
  CHECK(order(1) == order(1));
  CHECK(order(1) != order(2));
}

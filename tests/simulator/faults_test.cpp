#include "simulator/faults.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::sim;
using namespace std::chrono_literals;

namespace {

fault_plan plan_for(const fault_options& chances, std::uint32_t racer, std::uint64_t seed = 1) {
  return {chances, seed, class_id{1}, racer_id{racer}};
}

} // namespace

TEST_CASE("without faults nothing goes wrong") {
  const auto plan = plan_for({}, 1);
  CHECK_FALSE(plan.dropout_after(300));
  CHECK_FALSE(plan.restart_after(300, 300));
  for (std::uint32_t update = 1; update <= 300; ++update) {
    CHECK(plan.hold_back(update, 60s) == 0ms);
    CHECK_FALSE(plan.sends_twice(update));
    CHECK_FALSE(plan.loses(update, 0));
    CHECK_FALSE(plan.loses_answer(update, 0));
  }
}

TEST_CASE("faults happen about as often as asked for") {
  const fault_options chances{.loss = 0.3, .duplicate = 0.1};
  int lost = 0;
  int twice = 0;
  for (std::uint32_t racer = 1; racer <= 100; ++racer) {
    const auto plan = plan_for(chances, racer);
    for (std::uint32_t update = 1; update <= 100; ++update) {
      lost += plan.loses(update, 0) ? 1 : 0;
      twice += plan.sends_twice(update) ? 1 : 0;
    }
  }
  CHECK(lost == Approx(3000).margin(200));
  CHECK(twice == Approx(1000).margin(130));
}

TEST_CASE("the same seed gives the same faults, another seed others") {
  const fault_options chances{.loss = 0.5};
  int differ = 0;
  for (std::uint32_t update = 1; update <= 100; ++update) {
    CHECK(plan_for(chances, 1).loses(update, 0) == plan_for(chances, 1).loses(update, 0));
    differ += plan_for(chances, 1, 1).loses(update, 0) != plan_for(chances, 1, 2).loses(update, 0) ? 1 : 0;
  }
  CHECK(differ > 20);
}

TEST_CASE("an update gets through at the third send, and its answer at the second") {
  const auto plan = plan_for({.loss = 1}, 1);
  for (std::uint32_t update = 1; update <= 50; ++update) {
    CHECK(plan.loses(update, 0));
    CHECK(plan.loses(update, 1));
    CHECK_FALSE(plan.loses(update, 2));
    CHECK(plan.loses_answer(update, 0));
    CHECK_FALSE(plan.loses_answer(update, 1));
  }
}

TEST_CASE("a dropout rides at least one second and never the last") {
  for (std::uint32_t racer = 1; racer <= 200; ++racer) {
    const auto after = plan_for({.dropout = 1}, racer).dropout_after(10);
    REQUIRE(after);
    CHECK(*after >= 1);
    CHECK(*after <= 9);
  }
  CHECK_FALSE(plan_for({.dropout = 1}, 1).dropout_after(1));
}

TEST_CASE("a restart is off the first ride's anchor and still in its window") {
  for (std::uint32_t racer = 1; racer <= 200; ++racer) {
    const auto plan = plan_for({.restart = 1}, racer);
    const auto after = plan.restart_after(300, 100);
    REQUIRE(after);
    CHECK(*after > 5);
    CHECK(*after < 100);
    CHECK_FALSE(plan.restart_after(300, 6));
    CHECK_FALSE(plan.restart_after(6, 300));
  }
}

TEST_CASE("a reordered update overtakes nobody by more than 3.5 s, a late one is 5 to 60 s late") {
  for (std::uint32_t update = 1; update <= 200; ++update) {
    const auto reordered = plan_for({.reorder = 1}, 1).hold_back(update, 10min);
    CHECK(reordered >= 1100ms);
    CHECK(reordered <= 3500ms);
    const auto late = plan_for({.late = 1}, 1).hold_back(update, 10min);
    CHECK(late >= 5s);
    CHECK(late <= 60s);
  }
}

TEST_CASE("nothing is held back past the room there is") {
  for (std::uint32_t update = 1; update <= 200; ++update) {
    CHECK(plan_for({.late = 1}, 1).hold_back(update, 4s) <= 4s);
    CHECK(plan_for({.reorder = 1}, 1).hold_back(update, 500ms) <= 500ms);
    CHECK(plan_for({.late = 1}, 1).hold_back(update, 0s) == 0s);
  }
}

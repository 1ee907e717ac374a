#include "tests/cluster/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

/// ALLEYCAT_CLUSTER_SEED is the first seed, 1 where it is not said, so that what fails fails again; ALLEYCAT_CLUSTER_SCHEDULES says
/// how many. `ops/test --full` runs 10,000.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

scenario scenario_of(std::uint64_t seed) {
  scenario plan;
  plan.nodes = static_cast<int>(1 + seed % 5);
  plan.classes = static_cast<int>(1 + seed / 5 % 3);
  plan.start_together = seed / 15 % 2 == 0;
  plan.fault_permille = seed / 30 % 3 == 0 ? 300 : 120;
  plan.loss_permille = seed / 90 % 3 == 0 ? 100 : 20;
  plan.anybody_ready = seed / 270 % 4 != 0;
  return plan;
}

} // namespace

TEST_CASE(
    "whatever goes wrong, an epoch has one owner, no receiver goes back, and in the end each class has one owner") {
  const auto first = from_environment("ALLEYCAT_CLUSTER_SEED", 1);
  const auto count = from_environment("ALLEYCAT_CLUSTER_SCHEDULES", 400);
  std::vector<milliseconds> settled;
  std::uint64_t sent = 0, fenced = 0, owners = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    random_choices by{seed};
    world cluster{by, scenario_of(seed)};
    cluster.run();
    if (!cluster.broken().empty()) {
      UNSCOPED_INFO("ALLEYCAT_CLUSTER_SEED=" << seed << " ALLEYCAT_CLUSTER_SCHEDULES=1 repeats it\n"
                                             << cluster.story());
      FAIL(cluster.broken().front());
    }
    settled.push_back(cluster.settled_after());
    sent += cluster.sent();
    fenced += cluster.fenced();
    owners += cluster.owners();
  }
  std::sort(settled.begin(), settled.end());
  std::cout << count << " schedules from seed " << first << ": " << owners << " owners, " << sent << " outputs, "
            << fenced << " fenced; each class had its one owner after p50 " << settled[settled.size() / 2].count()
            << " ms, p99 " << settled[settled.size() * 99 / 100].count() << " ms, at most " << settled.back().count()
            << " ms\n";
  // It was no idle run.
  CHECK(sent > count * 50);
}

TEST_CASE("schedules that once found a fault") {
  const std::uint64_t set_back = 450'828'471;       // the bucket names a node again that drains and owns nothing
  const std::uint64_t moved_back = 900'006'653;     // a class moves for balance to who had it and never recovered
  const std::uint64_t let_go = 900'015'577;         // who never recovered it is first in line
  const std::uint64_t found_itself = 1'700'076'087; // a wiped disk, and a bucket that was lost and is set back later
  for (const auto seed : {set_back, moved_back, let_go, found_itself}) {
    random_choices by{seed};
    world cluster{by, scenario_of(seed)};
    cluster.run();
    INFO("seed " << seed << '\n' << cluster.story());
    CHECK(cluster.broken().empty());
  }
}

TEST_CASE("a store whose compare-and-swap updates let two win is no danger to what is only ever created") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    random_choices by{seed};
    auto plan = scenario_of(seed);
    plan.planted.bucket.two_updates_win = true;
    world cluster{by, plan};
    cluster.run();
    INFO("seed " << seed << '\n' << cluster.story());
    REQUIRE(cluster.broken().empty());
  }
}

TEST_CASE("an owner that is cut off is silent before another one speaks") {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    random_choices by{seed};
    scenario plan;
    plan.loss_permille = 0;
    plan.news_is_whole = true;
    world cluster{by, plan};
    cluster.run();
    INFO("seed " << seed << '\n' << cluster.story());
    REQUIRE(cluster.broken().empty());
  }
}

TEST_CASE("the classes of a killed owner start elsewhere within four seconds") {
  std::vector<milliseconds> gaps;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    random_choices by{seed};
    scenario plan;
    plan.nodes = 3;
    plan.classes = 6;
    plan.fault_permille = plan.loss_permille = 0;
    plan.faults_for = 1s;
    plan.quiet_for = 50s;
    plan.kill_owner_at = milliseconds{20'000 + seed * 37};
    plan.longest_gap = 4s;
    world cluster{by, plan};
    cluster.run();
    INFO("seed " << seed << '\n' << cluster.story());
    REQUIRE(cluster.broken().empty());
    gaps.push_back(cluster.longest_gap());
  }
  std::sort(gaps.begin(), gaps.end());
  std::cout << "a killed owner: p50 " << gaps[gaps.size() / 2].count() << " ms, p99 "
            << gaps[gaps.size() * 99 / 100].count() << " ms, at most " << gaps.back().count() << " ms to the start\n";
  CHECK(gaps.front() > 1s); // it was killed
}

TEST_CASE("without any fault nodes settle on even classes and stay there") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    random_choices by{seed};
    scenario plan;
    plan.nodes = 3;
    plan.classes = 6;
    plan.start_together = seed % 2 == 0;
    plan.fault_permille = plan.loss_permille = 0;
    plan.quiet_for = 120s;
    world cluster{by, plan};
    cluster.run();
    INFO("seed " << seed << '\n' << cluster.story());
    REQUIRE(cluster.broken().empty());
    CHECK(cluster.classes_held() == std::vector<int>{2, 2, 2});
  }
}

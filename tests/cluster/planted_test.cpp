/// The checks can fail: with a fault on purpose in what surrounds the state machine, some schedule finds it.
#include "tests/cluster/world.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::testing;

namespace {

constexpr std::uint64_t most_seeds = 2'000;

/// @returns what broke first, or nothing when no schedule found anything
std::string first_broken(const planted_fault& planted) {
  for (std::uint64_t seed = 1; seed <= most_seeds; ++seed) {
    random_choices by{seed};
    scenario plan;
    plan.planted = planted;
    world cluster{by, plan};
    cluster.run();
    if (!cluster.broken().empty())
      return cluster.broken().front();
  }
  return "";
}

} // namespace

TEST_CASE("planted: claims by compare-and-swap updates, on a store that lets two win, give an epoch two owners") {
  planted_fault planted;
  planted.claims_by_update = true;
  planted.bucket.two_updates_win = true;
  CHECK_THAT(first_broken(planted), Catch::Contains("two owners"));
}

TEST_CASE("planted: a woken process that sends without looking at the clock is found") {
  planted_fault planted;
  planted.zombies_send = true;
  CHECK_THAT(first_broken(planted), Catch::Contains("woke, and sends"));
}

TEST_CASE("planted: receivers without a fence go back") {
  planted_fault planted;
  planted.receivers_without_fence = true;
  CHECK_THAT(first_broken(planted), Catch::Contains("went back"));
}

TEST_CASE("planted: an owner that does not stop when it is overtaken is found") {
  planted_fault planted;
  planted.deaf_to_stop = true;
  CHECK_FALSE(first_broken(planted).empty());
}

TEST_CASE("planted: a claim that was overwritten is found") {
  planted_fault planted;
  planted.bucket.overwrites = true;
  CHECK_THAT(first_broken(planted), Catch::Contains("created a second time") || Catch::Contains("two owners"));
}

TEST_CASE("planted: a store that forgets deletions lets a claim be created twice") {
  planted_fault planted;
  planted.bucket.forgets_deletions = true;
  CHECK_THAT(first_broken(planted), Catch::Contains("created a second time") || Catch::Contains("two owners"));
}

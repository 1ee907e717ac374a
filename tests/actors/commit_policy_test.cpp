#include "actors/commit_policy.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <random>
#include <vector>

using namespace alleycat;

namespace {

/// Riders who report to one ingest actor; time in milliseconds.
struct riders {
  explicit riders(std::size_t count, unix_ms linger_ms = 30) : policy{linger_ms}, rounds(count) {}

  /// What is due is written before; @returns how many batches those were
  void report(std::size_t who, unix_ms now) {
    pass(now);
    policy.arrived(rounds[who], now);
    ++pending;
    last_arrival = now;
    if (policy.due() <= now)
      write(now);
  }

  void pass(unix_ms now) {
    if (pending != 0 && policy.due() <= now)
      write(policy.due());
  }

  void write(unix_ms at) {
    batches.push_back(pending);
    waited.push_back(at - last_arrival);
    pending = 0;
    policy.committed();
  }

  commit_policy policy;
  std::vector<commit_policy::round> rounds;
  std::size_t pending = 0;
  unix_ms last_arrival = 0;
  std::vector<std::size_t> batches; ///< size of each
  std::vector<unix_ms> waited;      ///< of the last update of each
};

/// Riders one after another in each second, `gap_ms` apart.
void ride(riders& all, unix_ms from_second, unix_ms to_second, unix_ms gap_ms, std::size_t count) {
  for (auto second = from_second; second < to_second; ++second)
    for (std::size_t i = 0; i < count; ++i)
      all.report(i, second * 1'000 + static_cast<unix_ms>(i) * gap_ms);
}

} // namespace

TEST_CASE("riders spread over the second share batches of the linger time") {
  riders all{200};
  ride(all, 1, 2, 5, 200);
  all.batches.clear();
  ride(all, 2, 12, 5, 200);
  // Six arrive within 30 ms; one more batch is cut by each completed round.
  CHECK(all.batches.size() <= 2'000 / 6 + 10 + 1);
}

TEST_CASE("races that know nothing of each other write at the same moments") {
  const auto moments = [](unix_ms offset) {
    riders all{200};
    std::vector<unix_ms> written;
    for (unix_ms second = 1; second < 4; ++second)
      for (std::size_t i = 0; i < 200; ++i) {
        const auto now = second * 1'000 + static_cast<unix_ms>(i) * 5 + offset;
        if (all.pending != 0 && all.policy.due() <= now)
          written.push_back(all.policy.due());
        all.report(i, now);
      }
    // What is written before is the end of a round, or the first quarter of a second, in which the rate is unknown.
    std::erase_if(written, [](unix_ms at) { return at < 1'500 || at % 1'000 == 0; });
    return written;
  };
  const auto first = moments(0);
  REQUIRE(first.size() > 60);
  CHECK(std::count_if(first.begin(), first.end(), [](unix_ms at) { return at % 30 == 0; }) >= 60);
  const auto second = moments(3);
  std::vector<unix_ms> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
  CHECK(both.size() >= 60);
}

TEST_CASE("nobody waits longer than the linger time") {
  riders all{50};
  std::mt19937 random{7};
  unix_ms now = 1'000;
  unix_ms first = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += random() % 12;
    all.pass(now);
    const bool begins = all.pending == 0;
    all.policy.arrived(all.rounds[random() % 50], now);
    ++all.pending;
    if (begins)
      first = now;
    REQUIRE(all.policy.due() <= first + 30);
    REQUIRE(all.policy.due() >= first);
  }
}

TEST_CASE("the last rider of a second waits for nothing") {
  riders all{100};
  ride(all, 1, 3, 0, 100);
  all.waited.clear();
  all.batches.clear();
  ride(all, 3, 6, 0, 100);
  CHECK(all.batches == std::vector<std::size_t>{100, 100, 100});
  CHECK(all.waited == std::vector<unix_ms>{0, 0, 0});
}

TEST_CASE("a rider who stops is missed for one second only, one who joins is awaited from the next on") {
  riders all{101};
  ride(all, 1, 4, 0, 100);
  all.waited.clear();
  for (unix_ms second = 4; second < 7; ++second) // without rider 0
    for (std::size_t i = 1; i < 100; ++i)
      all.report(i, second * 1'000);
  all.pass(6'500);
  CHECK(all.waited == std::vector<unix_ms>{commit_policy::least_silence_ms, 0, 0});
  all.waited.clear();
  for (unix_ms second = 7; second < 10; ++second) // with rider 100, who is the last
    for (std::size_t i = 1; i <= 100; ++i)
      all.report(i, second * 1'000);
  all.pass(9'500);
  // The newcomer's first update comes behind a round that is complete without them: until the next multiple of 30.
  CHECK(all.waited == std::vector<unix_ms>{0, 20, 0, 0});
}

TEST_CASE("a burst of riders nobody can count ends with silence, not with the linger time") {
  riders all{900};
  // A third of the riders, others each second.
  for (unix_ms second = 1; second < 30; ++second)
    for (std::size_t i = 0; i < 300; ++i)
      all.report((i * 3 + static_cast<std::size_t>(second) % 3) % 900, second * 1'000 + static_cast<unix_ms>(i) / 50);
  all.pass(30'000);
  all.waited.erase(all.waited.begin(), all.waited.begin() + 3);
  for (const auto waited : all.waited)
    CHECK(waited <= commit_policy::least_silence_ms);
}

TEST_CASE("a few riders wait for a moment only, since nobody else comes within the linger time") {
  riders all{5};
  ride(all, 1, 4, 190, 5);
  for (const auto waited : all.waited)
    CHECK(waited <= commit_policy::short_linger_ms);
}

TEST_CASE("without linger time everything is due at once") {
  riders all{100, 0};
  ride(all, 1, 3, 9, 100);
  CHECK(all.batches == std::vector<std::size_t>(200, 1));
}

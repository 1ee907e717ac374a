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
  explicit riders(std::size_t count, std::int64_t linger_ms = 30, std::size_t nodes = 1)
      : policy{milliseconds{linger_ms}, nodes}, rounds(count) {}

  /// What is due is written before; @returns how many batches those were
  void report(std::size_t who, std::int64_t now) {
    pass(now);
    policy.arrived(rounds[who], at_ms(now));
    ++pending;
    last_arrival = now;
    if (due() <= now)
      write(now);
  }

  void pass(std::int64_t now) {
    if (pending != 0 && due() <= now)
      write(due());
  }

  std::int64_t due() const { return ms_of(policy.due()); }

  void write(std::int64_t at) {
    batches.push_back(pending);
    waited.push_back(at - last_arrival);
    pending = 0;
    policy.committed();
  }

  commit_policy policy;
  std::vector<commit_policy::round> rounds;
  std::size_t pending = 0;
  std::int64_t last_arrival{};
  std::vector<std::size_t> batches; ///< size of each
  std::vector<std::int64_t> waited; ///< of the last update of each
};

/// Riders one after another in each second, `gap_ms` apart.
void ride(riders& all, std::int64_t from_second, std::int64_t to_second, std::int64_t gap_ms, std::size_t count) {
  for (auto second = from_second; second < to_second; ++second)
    for (std::size_t i = 0; i < count; ++i)
      all.report(i, second * 1'000 + static_cast<std::int64_t>(i) * gap_ms);
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
  const auto moments = [](std::int64_t offset) {
    riders all{200};
    std::vector<std::int64_t> written;
    for (std::int64_t second = 1; second < 4; ++second)
      for (std::size_t i = 0; i < 200; ++i) {
        const auto now = second * 1'000 + static_cast<std::int64_t>(i) * 5 + offset;
        if (all.pending != 0 && all.due() <= now)
          written.push_back(all.due());
        all.report(i, now);
      }
    // What is written before is the end of a round, or the first quarter of a second, in which the rate is unknown.
    std::erase_if(written, [](std::int64_t at) { return at < 1'500 || at % 1'000 == 0; });
    return written;
  };
  const auto first = moments(0);
  REQUIRE(first.size() > 60);
  CHECK(std::count_if(first.begin(), first.end(), [](std::int64_t at) { return at % 30 == 0; }) >= 60);
  const auto second = moments(3);
  std::vector<std::int64_t> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
  CHECK(both.size() >= 60);
}

TEST_CASE("nobody waits longer than the linger time") {
  riders all{50};
  std::mt19937 random{7};
  std::int64_t now = 1'000;
  std::int64_t first{};
  for (int i = 0; i < 20'000; ++i) {
    now += random() % 12;
    all.pass(now);
    const bool begins = all.pending == 0;
    all.policy.arrived(all.rounds[random() % 50], at_ms(now));
    ++all.pending;
    if (begins)
      first = now;
    REQUIRE(all.due() <= first + 30);
    REQUIRE(all.due() >= first);
  }
}

TEST_CASE("the last rider of a second waits for nothing") {
  riders all{100};
  ride(all, 1, 3, 0, 100);
  all.waited.clear();
  all.batches.clear();
  ride(all, 3, 6, 0, 100);
  CHECK(all.batches == std::vector<std::size_t>{100, 100, 100});
  CHECK(all.waited == std::vector<std::int64_t>{0, 0, 0});
}

TEST_CASE("a rider who stops is missed for one second only, one who joins is awaited from the next on") {
  riders all{101};
  ride(all, 1, 4, 0, 100);
  all.waited.clear();
  for (std::int64_t second = 4; second < 7; ++second) // without rider 0
    for (std::size_t i = 1; i < 100; ++i)
      all.report(i, second * 1'000);
  all.pass(6'500);
  CHECK(all.waited == std::vector<std::int64_t>{commit_policy::least_silence.count(), 0, 0});
  all.waited.clear();
  for (std::int64_t second = 7; second < 10; ++second) // with rider 100, who is the last
    for (std::size_t i = 1; i <= 100; ++i)
      all.report(i, second * 1'000);
  all.pass(9'500);
  // The newcomer's first update comes behind a round that is complete without them: until the next multiple of 30.
  CHECK(all.waited == std::vector<std::int64_t>{0, 20, 0, 0});
}

TEST_CASE("a burst of riders nobody can count ends with silence, not with the linger time") {
  riders all{900};
  // A third of the riders, others each second.
  for (std::int64_t second = 1; second < 30; ++second)
    for (std::size_t i = 0; i < 300; ++i)
      all.report((i * 3 + static_cast<std::size_t>(second) % 3) % 900,
                 second * 1'000 + static_cast<std::int64_t>(i) / 50);
  all.pass(30'000);
  all.waited.erase(all.waited.begin(), all.waited.begin() + 3);
  for (const auto waited : all.waited)
    CHECK(waited <= commit_policy::least_silence.count());
}

TEST_CASE("a few riders wait for a moment only, since nobody else comes within the linger time") {
  riders all{5};
  ride(all, 1, 4, 190, 5);
  for (const auto waited : all.waited)
    CHECK(waited <= commit_policy::short_linger.count());
}

TEST_CASE("without linger time everything is due at once") {
  riders all{100, 0};
  ride(all, 1, 3, 9, 100);
  CHECK(all.batches == std::vector<std::size_t>(200, 1));
}

TEST_CASE("three nodes that share the riders write batches as large as one node does, and no more of them") {
  riders alone{200, 20};
  ride(alone, 1, 11, 5, 200);
  // To one of three nodes a third of the updates comes: of riders who are others each second.
  riders shared{600, 20, 3};
  for (std::int64_t second = 1; second < 11; ++second)
    for (std::size_t i = 0; i < 66; ++i)
      shared.report((i * 3 + static_cast<std::size_t>(second) % 3) % 600,
                    second * 1'000 + static_cast<std::int64_t>(i) * 15);
  CHECK(3 * shared.batches.size() <= alone.batches.size() * 11 / 10);
}

TEST_CASE("where nodes share a steady flow, heaps as far apart as they read their sockets do not make small batches") {
  for (const std::size_t nodes : {1, 2, 3, 4}) {
    // Of 1,500 riders each node gets an Nth; they come from its socket every N x 4 ms: six at once.
    riders some{1'500, 20, nodes};
    const auto apart = static_cast<std::int64_t>(4 * nodes);
    std::size_t rider = 0;
    for (std::int64_t now = 1'000; now < 11'000; now += apart) {
      if (now < 3'000)
        some.batches.clear();
      for (int i = 0; i < (now % 3 == 0 ? 12 : 6); ++i) // now and then twice as many
        some.report(rider++ * 7 % 1'500, now);
    }
    CHECK(some.batches.size() <= 8'000 / (20 * nodes) * 11 / 10);
  }
}

TEST_CASE("where nodes share the riders nobody waits longer than a beat") {
  std::mt19937 random{7};
  for (const std::size_t nodes : {2, 3, 4, 9}) {
    riders some{50, 20, nodes};
    const auto beat =
        std::min<std::int64_t>(20 * static_cast<std::int64_t>(nodes), commit_policy::longest_beat.count());
    std::int64_t now = 1'000;
    std::int64_t first{};
    for (int i = 0; i < 20'000; ++i) {
      now += random() % 24;
      some.pass(now);
      if (some.pending == 0)
        first = now;
      some.policy.arrived(some.rounds[random() % 50], at_ms(now));
      ++some.pending;
      REQUIRE(some.due() >= first);
      REQUIRE(some.due() <= first + beat);
    }
  }
}

TEST_CASE("a linger time longer than the longest beat stays what it is, and none stays none") {
  for (const std::size_t nodes : {1, 3, 100}) {
    riders slow{500, 300, nodes};
    ride(slow, 1, 2, 2, 500); // nobody knows yet how many ride
    slow.batches.clear();
    ride(slow, 2, 7, 2, 500);
    CHECK(slow.batches.size() <= 5 * 4 + 5 + 1);
    CHECK(slow.batches.size() >= 5 * 3);
    riders quick{100, 0, nodes};
    ride(quick, 1, 3, 9, 100);
    CHECK(quick.batches == std::vector<std::size_t>(200, 1));
  }
}

TEST_CASE("where nodes share the riders the few that a beat cuts from a burst do not wait for the next beat") {
  for (const std::size_t nodes : {2, 3}) {
    riders all{600, 20, nodes};
    const std::int64_t beat = 20 * static_cast<std::int64_t>(nodes);
    // 84 others each time, eight in a millisecond, so that the last four come behind a beat.
    for (std::int64_t second = 60; second < 65; ++second) {
      if (second == 61) { // how many ride is not known before
        all.pass(second * 1'000);
        all.batches.clear();
        all.waited.clear();
      }
      const auto cut = (second * 1'000 / beat + 5) * beat;
      for (std::size_t i = 0; i < 84; ++i)
        all.report((i * 6 + static_cast<std::size_t>(second) % 6) % 600, cut - 10 + static_cast<std::int64_t>(i) / 8);
    }
    all.pass(100'000);
    REQUIRE(all.batches.size() == 8);
    for (const auto waited : all.waited)
      CHECK(waited <= commit_policy::least_silence.count());
  }
}

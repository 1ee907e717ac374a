/// Hidden: run with `persistence_test "[!benchmark]"`.
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

/// A full race as people ride: cadence and resistance drift, ranks move a little.
closed_race full_race(std::mt19937& random, std::uint32_t id, std::uint32_t of_racers) {
  const race_key key{class_id{1}, race_id{id}};
  const auto up_to = [&](int most) { return std::uniform_int_distribution<>{0, most}(random); };
  std::set<std::uint32_t> racers;
  while (racers.size() < 1000)
    racers.insert(static_cast<std::uint32_t>(up_to(static_cast<int>(of_racers) - 1)));
  std::vector<ride_record> rides;
  for (const auto racer : racers) {
    auto ride = ride_of(key, racer_id{racer}, 1000 + id, {});
    int cadence = 600 + up_to(400);
    int resistance = 300 + up_to(400);
    int here = 1 + up_to(999);
    int all_time = 1 + up_to(39'999);
    for (int second = 0; second != 300; ++second) {
      cadence = std::clamp(cadence + up_to(60) - 30, 0, 2500);
      resistance = std::clamp(resistance + (up_to(9) == 0 ? up_to(100) - 50 : 0), 0, 1000);
      here = std::clamp(here + up_to(20) - 10, 1, 1000);
      all_time = std::clamp(all_time + up_to(400) - 200, 1, 40'000);
      ride.seconds.push_back({true,
                              {static_cast<std::uint16_t>(cadence), static_cast<std::uint16_t>(resistance), 0, 0},
                              static_cast<rank_t>(here),
                              static_cast<rank_t>(all_time)});
    }
    ride.finished = true;
    rides.push_back(std::move(ride));
  }
  return race_of(key, 1000 + id, std::move(rides));
}

} // namespace

TEST_CASE("1,000 rides of 300 seconds into 40,000 stored racers", "[!benchmark]") {
  using clock = std::chrono::steady_clock;
  const auto milliseconds_since = [](clock::time_point start) {
    return std::chrono::duration<double, std::milli>(clock::now() - start).count();
  };
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), {});
  std::mt19937 random{1};
  std::uint32_t id = 0;
  for (; id != 150; ++id)
    store->apply(full_race(random, id, 40'000), scoring::total);
  const auto before = store->map_usage();
  std::vector<double> times;
  for (int i = 0; i != 20; ++i) {
    const auto race = full_race(random, id++, 40'000);
    const auto start = clock::now();
    REQUIRE(store->apply(race, scoring::total));
    times.push_back(milliseconds_since(start));
  }
  std::sort(times.begin(), times.end());
  const auto per_race = (store->map_usage().used_bytes - before.used_bytes) / times.size();
  std::cout << "apply: median " << times[times.size() / 2] << " ms, slowest " << times.back() << " ms; " << per_race
            << " bytes a race\n";
  auto start = clock::now();
  std::size_t racers = 0;
  store->each_bests(class_id{1}, [&](const racer_bests& bests) { racers += bests.at.empty() ? 0 : 1; });
  std::cout << "bests of " << racers << " racers read in " << milliseconds_since(start) << " ms\n";
  start = clock::now();
  const auto done = prune(*store, 1000 + 50);
  std::cout << "pruned " << done.rides << " rides of " << done.results << " races, kept " << done.kept << ", in "
            << milliseconds_since(start) << " ms\n";
}

#include "sample.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};

/// Set: the next syncs of LMDB fail as on a broken disk.
std::atomic<bool> disk_is_broken{false};

closed_race numbered_race(std::uint32_t id) {
  std::mt19937 random{id};
  return random_race(random, {harbour, race_id{id}}, 1000 + id, {30 + id % 50, 500, ride_seconds});
}

} // namespace

/// Stands before the C library's: LMDB syncs its pages with it.
extern "C" int fdatasync(int file) {
  if (disk_is_broken) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

TEST_CASE("after kill -9 in the middle of many races each race is there whole or not at all") {
  std::mt19937 random{20'260'101};
  for (int round = 0; round != 25; ++round) {
    const scratch_folder folder;
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const auto child = in_child([&] {
      const auto store = open_lmdb_store(folder.path(), small_store());
      for (std::uint32_t id = 0;; ++id) {
        store->apply(numbered_race(id), scoring::total);
        if (::write(pipe_ends[1], &id, sizeof id) != sizeof id)
          return;
      }
    });
    // At a random moment of some later race, whatever time a race takes here.
    const auto races_to_wait_for = std::uniform_int_distribution<std::uint32_t>{2, 20}(random);
    std::uint32_t confirmed = 0;
    const auto wait_for_race = [&] { REQUIRE(::read(pipe_ends[0], &confirmed, sizeof confirmed) == sizeof confirmed); };
    wait_for_race();
    const auto start = std::chrono::steady_clock::now();
    while (confirmed < races_to_wait_for)
      wait_for_race();
    const auto time_of_one = (std::chrono::steady_clock::now() - start) / races_to_wait_for;
    std::this_thread::sleep_for(time_of_one * std::uniform_int_distribution<>{0, 150}(random) / 100);
    ::kill(child, SIGKILL);
    REQUIRE(outcome_of(child) == -SIGKILL);
    ::close(pipe_ends[1]);
    for (std::uint32_t id = 0; ::read(pipe_ends[0], &id, sizeof id) == sizeof id;)
      confirmed = id;
    ::close(pipe_ends[0]);

    const auto store = open_lmdb_store(folder.path(), small_store());
    std::vector<closed_race> there;
    std::uint32_t id = 0;
    for (; store->applied({harbour, race_id{id}}); ++id) {
      there.push_back(numbered_race(id));
      const auto& race = there.back();
      REQUIRE(store->applied(race.result.key) == race.stamp);
      REQUIRE(same(store->result(race.result.key).value(), race.result));
      for (const auto& ride : race.rides)
        REQUIRE(store->ride(ride.key, ride.racer) == ride);
    }
    CAPTURE(round, confirmed, id);
    CHECK(id > confirmed);
    const auto unfinished = numbered_race(id);
    CHECK_FALSE(store->result(unfinished.result.key));
    for (const auto& ride : unfinished.rides)
      CHECK_FALSE(store->ride(ride.key, ride.racer));
    std::size_t history = 0;
    std::size_t rides = 0;
    for (std::uint32_t racer = 1; racer <= 500; ++racer)
      history += store->rides_of(racer_id{racer}, 1000).size();
    for (const auto& race : there)
      rides += race.rides.size();
    CHECK(history == rides);
    CHECK(difference(*store, expected_after(there, scoring::total), {harbour}).empty());
  }
}

TEST_CASE("the map grows by itself, and a larger file is opened with a small map") {
  const scratch_folder folder;
  auto options = small_store();
  options.initial_map_bytes = 64 << 10;
  std::vector<closed_race> races;
  std::mt19937 random{8};
  for (std::uint32_t i = 0; i != 5; ++i)
    races.push_back(random_race(random, {harbour, race_id{i}}, i, {800, 2000, ride_seconds}));
  {
    const auto store = open_lmdb_store(folder.path(), options);
    CHECK(store->map_usage().map_bytes <= 256 << 10);
    for (const auto& race : races)
      CHECK(store->apply(race, scoring::total));
    const auto usage = store->map_usage();
    CHECK(usage.map_bytes >= 1 << 20);
    CHECK(usage.used_bytes > 100'000);
    CHECK(usage.used_bytes <= usage.map_bytes);
  }
  const auto store = open_lmdb_store(folder.path(), options);
  CHECK(difference(*store, expected_after(races, scoring::total), {harbour}).empty());
  CHECK(store->apply(random_race(random, {harbour, race_id{9}}, 9, {800, 2000, ride_seconds}), scoring::total));
}

TEST_CASE("another thread reads while races are stored and the map grows") {
  const scratch_folder folder;
  auto options = small_store();
  options.initial_map_bytes = 64 << 10;
  const auto store = open_lmdb_store(folder.path(), options);
  std::vector<closed_race> races;
  for (std::uint32_t id = 0; id != 60; ++id)
    races.push_back(numbered_race(id));
  std::atomic<std::size_t> stored{0};
  std::atomic<std::size_t> wrong{0};
  std::thread reader{[&] {
    std::mt19937 random{3};
    for (std::size_t there = 0; there != races.size();) {
      there = stored;
      if (there == 0)
        continue;
      const auto& race = races[random() % there];
      const auto& ride = race.rides[random() % race.rides.size()];
      if (!same(store->result(race.result.key).value(), race.result) || store->ride(ride.key, ride.racer) != ride ||
          store->races(harbour, std::nullopt, 10).empty())
        ++wrong;
    }
  }};
  for (const auto& race : races) {
    store->apply(race, scoring::total);
    ++stored;
  }
  reader.join();
  CHECK(wrong == 0);
  CHECK(store->map_usage().map_bytes >= 512 << 10);
}

TEST_CASE("a map at its maximum refuses the race, says so, and goes on with what fits") {
  const scratch_folder folder;
  auto options = small_store();
  options.initial_map_bytes = 64 << 10;
  options.max_map_bytes = 256 << 10;
  const auto store = open_lmdb_store(folder.path(), options);
  std::mt19937 random{8};
  const auto small = random_race(random, {harbour, race_id{1}}, 1);
  const auto large = random_race(random, {harbour, race_id{2}}, 2, {2000, 4000, ride_seconds});
  CHECK(store->apply(small, scoring::total));
  CHECK_THAT(words_of<store_error>([&] { store->apply(large, scoring::total); }),
             Catch::Contains("maximum of 262144 bytes"));
  CHECK_FALSE(store->applied(large.result.key));
  CHECK(difference(*store, expected_after({small}, scoring::total), {harbour}).empty());
  CHECK(store->count_start() == 1);
}

TEST_CASE("a map at its maximum takes the race once the maximum is raised, without opening it again") {
  const scratch_folder folder;
  auto options = small_store();
  options.initial_map_bytes = 64 << 10;
  options.max_map_bytes = 256 << 10;
  const auto store = open_lmdb_store(folder.path(), options);
  std::mt19937 random{8};
  const auto large = random_race(random, {harbour, race_id{2}}, 2, {2000, 4000, ride_seconds});
  CHECK_THROWS_AS(store->apply(large, scoring::total), store_error);
  store->limit_map(64 << 20);
  CHECK(store->apply(large, scoring::total));
  CHECK(store->applied(large.result.key));
}

TEST_CASE("a full disk refuses the race, which can be stored again when there is room") {
  const scratch_folder folder;
  const auto outcome = outcome_of(in_child([&] {
    const auto check = [](bool holds, const char* what) {
      if (!holds)
        throw std::runtime_error{what};
    };
    std::mt19937 random{9};
    const auto race = random_race(random, {harbour, race_id{1}}, 1, {200, 400, ride_seconds});
    const auto store = open_lmdb_store(folder.path(), small_store());
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit room{};
    ::getrlimit(RLIMIT_FSIZE, &room);
    const auto enough = room.rlim_cur;
    room.rlim_cur = std::filesystem::file_size(folder / "data.mdb");
    ::setrlimit(RLIMIT_FSIZE, &room);
    check(words_of<store_failed_error>([&] {
            const auto words = words_of<store_error>([&] { store->apply(race, scoring::total); });
            check(words.find("nothing was written") != std::string::npos, "refused in words");
          }).empty(),
          "a full disk is not fatal");
    check(!store->applied(race.result.key), "nothing is stored");
    check(all_bests(*store, harbour).empty(), "no bests either");
    room.rlim_cur = enough;
    ::setrlimit(RLIMIT_FSIZE, &room);
    check(store->apply(race, scoring::total), "stored on the second try");
    check(difference(*store, expected_after({race}, scoring::total), {harbour}).empty(), "as if nothing had been");
  }));
  CHECK(outcome == 0);
}

TEST_CASE("a failed sync is fatal and is not tried again") {
  const scratch_folder folder;
  const auto before = numbered_race(1);
  const auto race = numbered_race(2);
  {
    const auto store = open_lmdb_store(folder.path(), small_store());
    REQUIRE(store->apply(before, scoring::total));
    disk_is_broken = true;
    const auto words = words_of<store_failed_error>([&] { store->apply(race, scoring::total); });
    disk_is_broken = false;
    CHECK_THAT(words, Catch::Contains("Input/output error") && Catch::Contains("the process must end"));
    // The disk seems well again: still nothing more is written.
    CHECK_THAT(words_of<store_failed_error>([&] { store->apply(race, scoring::total); }),
               Catch::Contains("failed before"));
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK_FALSE(store->applied(race.result.key));
  CHECK(store->apply(race, scoring::total));
  CHECK(difference(*store, expected_after({before, race}, scoring::total), {harbour}).empty());
}

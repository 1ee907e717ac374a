#include "sample.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

std::string words_on_opening(const std::filesystem::path& folder, const lmdb_options& options = small_store()) {
  return words_of<store_error>([&] { open_lmdb_store(folder, options); });
}

} // namespace

TEST_CASE("a second process is refused, told who is there, and let in afterwards") {
  const scratch_folder folder;
  auto store = open_lmdb_store(folder.path(), small_store());
  const auto self = std::to_string(::getpid());
  const auto other = in_child([&] {
    const auto words = words_on_opening(folder.path());
    if (words.find("in use by another process (process " + self + ")") == std::string::npos ||
        words.find("--data") == std::string::npos)
      throw std::runtime_error{words};
  });
  CHECK(outcome_of(other) == 0);
  store.reset();
  CHECK(outcome_of(in_child([&] { open_lmdb_store(folder.path(), small_store()); })) == 0);
}

TEST_CASE("two stores of one process cannot share a folder either") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK_THAT(words_on_opening(folder.path()), Catch::Contains("in use"));
}

TEST_CASE("a folder in use cannot be set aside") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK_THAT(words_of<store_error>([&] { set_aside_lmdb_store(folder.path()); }), Catch::Contains("in use"));
}

TEST_CASE("another process reads beside the owner, also after the owner's map grew") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  std::mt19937 random{4};
  const auto first = random_race(random, {class_id{1}, race_id{1}}, 1000);
  store->apply(first, scoring::total);
  int to_child[2];
  int to_parent[2];
  REQUIRE(::pipe(to_child) == 0);
  REQUIRE(::pipe(to_parent) == 0);
  std::vector<closed_race> more;
  for (std::uint32_t i = 2; i != 60; ++i)
    more.push_back(random_race(random, {class_id{1}, race_id{i}}, 1000 + i, {200, 4000, ride_seconds}));
  const auto reader = in_child([&] {
    auto options = small_store();
    options.read_only = true;
    const auto beside = open_lmdb_store(folder.path(), options);
    const auto check = [](bool holds, const char* what) {
      if (!holds)
        throw std::runtime_error{what};
    };
    check(beside->ride(first.result.key, first.rides[0].racer) == first.rides[0], "first ride");
    check(!words_of<store_refused_error>([&] { beside->count_start(); }).empty(), "writing is refused");
    char byte = 'r';
    check(::write(to_parent[1], &byte, 1) == 1 && ::read(to_child[0], &byte, 1) == 1, "pipes");
    for (const auto& race : more)
      check(same(beside->result(race.result.key).value(), race.result), "later result");
  });
  char byte = 0;
  REQUIRE(::read(to_parent[0], &byte, 1) == 1);
  const auto before = store->map_usage().map_bytes;
  for (const auto& race : more)
    store->apply(race, scoring::total);
  CHECK(store->map_usage().map_bytes > before);
  REQUIRE(::write(to_child[1], &byte, 1) == 1);
  CHECK(outcome_of(reader) == 0);
  for (const int end : {to_child[0], to_child[1], to_parent[0], to_parent[1]})
    ::close(end);
}

TEST_CASE("a reader that was killed does not keep pages for ever") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  std::mt19937 random{5};
  const auto replace_race = [&](std::uint32_t id) {
    store->apply(random_race(random, {class_id{1}, race_id{id}}, 1000 + id, {30, 40, ride_seconds}), scoring::total);
    prune(*store, 1000 + id);
  };
  for (std::uint32_t id = 1; id != 30; ++id)
    replace_race(id);
  int to_parent[2];
  REQUIRE(::pipe(to_parent) == 0);
  const auto reader = in_child([&] {
    auto options = small_store();
    options.read_only = true;
    const auto beside = open_lmdb_store(folder.path(), options);
    beside->each_bests(class_id{1}, [&](const racer_bests&) {
      const char byte = 'r';
      if (::write(to_parent[1], &byte, 1) != 1)
        throw std::runtime_error{"pipe"};
      ::pause(); // in the middle of its transaction
    });
  });
  char byte = 0;
  REQUIRE(::read(to_parent[0], &byte, 1) == 1);
  ::kill(reader, SIGKILL);
  REQUIRE(outcome_of(reader) == -SIGKILL);
  const auto before = std::filesystem::file_size(folder / "data.mdb");
  for (std::uint32_t id = 30; id != 200; ++id)
    replace_race(id);
  CHECK(std::filesystem::file_size(folder / "data.mdb") < before * 2);
  ::close(to_parent[0]);
  ::close(to_parent[1]);
}

TEST_CASE("a backup beside a running node needs to know nothing about it") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder / "store", small_store());
  std::mt19937 random{6};
  const auto race = random_race(random, {class_id{1}, race_id{1}}, 1000);
  store->apply(race, scoring::total);
  const auto copier = in_child([&] {
    lmdb_options options;
    options.ride_seconds = 0;
    options.read_only = true;
    open_lmdb_store(folder / "store", options)->backup(folder / "copy");
  });
  REQUIRE(outcome_of(copier) == 0);
  const auto copy = open_lmdb_store(folder / "copy", small_store());
  CHECK(same(copy->result(race.result.key).value(), race.result));
  CHECK(difference(*copy, expected_after({race}, scoring::total), {class_id{1}}).empty());
}

TEST_CASE("reading only needs a store to be there") {
  const scratch_folder folder;
  auto options = small_store();
  options.read_only = true;
  CHECK_THAT(words_on_opening(folder / "nothing", options), Catch::Contains("no store in"));
  CHECK_FALSE(std::filesystem::exists(folder / "nothing"));
}

TEST_CASE("another length of rides is refused, with both lengths and what to do") {
  const scratch_folder folder;
  open_lmdb_store(folder.path(), small_store());
  auto options = small_store();
  options.ride_seconds = 300;
  const auto words = words_on_opening(folder.path(), options);
  CHECK_THAT(words, Catch::Contains("ride_seconds 10, not 300") && Catch::Contains("another data folder"));
  CHECK(words_on_opening(folder.path()).empty());
}

TEST_CASE("a ride length outside 1..900 is refused") {
  const scratch_folder folder;
  auto options = small_store();
  options.ride_seconds = GENERATE(0U, 901U);
  CHECK_THAT(words_on_opening(folder.path(), options), Catch::Contains("1..900"));
}

TEST_CASE("a folder that cannot be made is refused") {
  const scratch_folder folder;
  std::ofstream{folder / "file"} << "not a folder";
  CHECK_THAT(words_on_opening(folder / "file" / "data"), Catch::Contains("cannot be created"));
}

TEST_CASE("a folder or file that may not be written is refused") {
  const scratch_folder folder;
  const auto data = folder / "data";
  open_lmdb_store(data, small_store());
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const bool whole_folder = GENERATE(true, false);
  if (whole_folder) {
    for (const auto& entry : std::filesystem::directory_iterator{data})
      std::filesystem::remove(entry);
    std::filesystem::permissions(data, std::filesystem::perms(0555));
  } else {
    std::filesystem::permissions(data, std::filesystem::perms(0777));
    for (const auto& entry : std::filesystem::directory_iterator{data})
      std::filesystem::permissions(entry, std::filesystem::perms(entry.path().filename() == "data.mdb" ? 0444 : 0666));
  }
  const auto stranger = in_child([&] {
    // The administrator may write everywhere: be somebody else.
    if (::geteuid() == 0 && ::setuid(65'534) != 0)
      throw std::runtime_error{"cannot become another user"};
    const auto words = words_on_opening(data);
    if (words.find("is not writable: Permission denied") == std::string::npos)
      throw std::runtime_error{words};
  });
  CHECK(outcome_of(stranger) == 0);
  std::filesystem::permissions(data, std::filesystem::perms(0755));
}

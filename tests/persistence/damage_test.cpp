#include "sample.hpp"

#include "persistence/bytes.hpp"
#include "persistence/layout.hpp"
#include "persistence/lmdb.hpp"
#include "persistence/seal.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};

std::string words_on_opening(const std::filesystem::path& folder) {
  return words_of<store_error>([&] { open_lmdb_store(folder, small_store()); });
}

/// A folder with some stored races.
void fill(const std::filesystem::path& folder) {
  const auto store = open_lmdb_store(folder, small_store());
  std::mt19937 random{6};
  for (std::uint32_t i = 0; i != 10; ++i)
    store->apply(random_race(random, {harbour, race_id{i}}, 1000 + i, {100, 1000, ride_seconds}), scoring::total);
}

/// Writes one value past the store.
void overwrite(const std::filesystem::path& folder, const char* table, const std::string& key,
               const std::string& value) {
  const lmdb::env env{folder, 64 << 20, 0};
  lmdb::txn in{env, lmdb::access::write};
  in.put(in.open(table, true).value(), key, value);
  in.commit();
}

std::string value_of(const std::filesystem::path& folder, const char* table, const std::string& key) {
  const lmdb::env env{folder, 64 << 20, 0};
  lmdb::txn in{env, lmdb::access::read};
  return std::string{in.get(in.open(table, false).value(), key).value()};
}

} // namespace

TEST_CASE("a file of a newer format is refused, with the way out") {
  const scratch_folder folder;
  fill(folder.path());
  overwrite(folder.path(), "meta", "format", std::string("\x02\0\0\0", 4));
  CHECK_THAT(words_on_opening(folder.path()),
             Catch::Contains("format 2, newer than the 1 of this program") && Catch::Contains("--rebuild"));
}

TEST_CASE("a file without a valid header is refused, with the way out") {
  const scratch_folder folder;
  fill(folder.path());
  SECTION("overwritten") {
    std::fstream file{folder / "data.mdb", std::ios::in | std::ios::out | std::ios::binary};
    file << std::string(8192, '\x5A');
  }
  SECTION("a few bytes of something else") {
    std::ofstream{folder / "data.mdb"} << "hello";
  }
  CHECK_THAT(words_on_opening(folder.path()), Catch::Contains("damaged") && Catch::Contains("--rebuild"));
}

TEST_CASE("a file that was cut off is refused at any length, with the way out") {
  const scratch_folder folder;
  fill(folder.path());
  const auto file = folder / "data.mdb";
  const auto whole = std::filesystem::file_size(file);
  const auto copy = folder / "copy";
  // Not the last tenth: there may be free pages, which can be lost without harm.
  for (auto length = whole * 9 / 10; length > 8192; length = length * 2 / 3) {
    std::filesystem::remove_all(copy);
    std::filesystem::create_directory(copy);
    std::filesystem::copy(file, copy / "data.mdb");
    std::filesystem::resize_file(copy / "data.mdb", length);
    CAPTURE(length, whole);
    CHECK_THAT(words_on_opening(copy), Catch::Contains("cut off") && Catch::Contains("--rebuild"));
  }
}

TEST_CASE("a file that misses only free pages at its end is opened") {
  const scratch_folder folder;
  fill(folder.path());
  // A whole copy, of which LMDB is told that there are more pages than were ever written: as when a transaction
  // frees the last pages it took.
  {
    const lmdb::env env{folder.path(), 64 << 20, 0};
    lmdb::txn in{env, lmdb::access::write};
    const auto table = in.open("meta", false).value();
    for (int i = 0; i != 200; ++i)
      in.put(table, key_of(static_cast<std::uint32_t>(i)), std::string(3000, 'x'));
    for (int i = 0; i != 200; ++i)
      in.remove(table, key_of(static_cast<std::uint32_t>(i)));
    in.commit();
    REQUIRE(std::filesystem::file_size(folder / "data.mdb") < env.extent_bytes());
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->races(harbour, std::nullopt, 100).size() == 10);
}

TEST_CASE("a changed byte in a value is noticed when it is read, and ends the writing") {
  const scratch_folder folder;
  fill(folder.path());
  const auto key = key_of(std::uint16_t{1}, std::uint32_t{3});
  auto value = value_of(folder.path(), "results", key);
  value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 0x10);
  overwrite(folder.path(), "results", key, value);
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->result({harbour, race_id{2}}));
  CHECK_THAT(words_of<store_failed_error>([&] {
               store->result({harbour, race_id{3}});
             }),
             Catch::Contains("checksum") && Catch::Contains("--rebuild"));
  CHECK_FALSE(words_of<store_failed_error>([&] { store->count_start(); }).empty());
}

TEST_CASE("somebody else's LMDB file is refused and left alone") {
  const scratch_folder folder;
  overwrite(folder.path(), "theirs", "key", "value");
  CHECK_THAT(words_on_opening(folder.path()), Catch::Contains("not made by Alleycat"));
  CHECK(value_of(folder.path(), "theirs", "key") == "value");
}

TEST_CASE("a file that was set aside makes room for an empty store, and is still there") {
  const scratch_folder folder;
  fill(folder.path());
  std::filesystem::resize_file(folder / "data.mdb", 30'000);
  REQUIRE_FALSE(words_on_opening(folder.path()).empty());
  set_aside_lmdb_store(folder.path());
  set_aside_lmdb_store(folder.path()); // again does nothing
  CHECK(std::filesystem::exists(folder / "data.mdb.replaced"));
  CHECK(open_lmdb_store(folder.path(), small_store())->races(harbour, std::nullopt, 10).empty());
}

TEST_CASE("a value with a right checksum that was never written by this program is damage too") {
  const auto bests = layout::sealed([](byte_writer& out) {
    for (std::uint32_t i = 0; i <= max_ride_seconds; ++i)
      out.number(i);
  });
  CHECK_THROWS_AS(layout::decode_bests(bests), damaged_value);
  for (const auto second : {1U, 2U}) {
    const auto block = layout::sealed([&](byte_writer& out) {
      for (const auto racer : {2U, second}) {
        out.number(racer);
        out.text("a ride");
      }
    });
    CHECK_THROWS_AS(layout::decode_block(block), damaged_value);
  }
  ride_record ride;
  ride.seconds.resize(1);
  auto content = layout::encode_ride(ride, scoring::total);
  // The number of seconds stands behind rule, columns, flags, finished, anchor, time of close, rank and an empty name.
  content[4 + 2 * sizeof(unix_ms) + sizeof(rank_t) + 1 + 1] = '\x04';
  CHECK_THROWS_WITH(layout::decode_ride({}, racer_id{}, content), "a ride has more seconds than there are");
}

#include "persistence/layout.hpp"
#include "persistence/lmdb.hpp"
#include "sample.hpp"
#include "tests/racing/death.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr auto lmdb_file = "persistence/lmdb.cpp";

} // namespace

TEST_CASE("what a value cannot hold is not written", "[check]") {
  const auto rides_file = "persistence/ride_layout.cpp";
  const auto fits = "ride.seconds.size() <= max_ride_seconds";
  ride_record ride;
  ride.seconds.resize(max_ride_seconds + 1);
  CHECK(dies_of(rides_file, fits, [&] { layout::encode_ride(ride, scoring::total); }));
  ride.seconds.resize(max_ride_seconds);
  layout::encode_ride(ride, scoring::total);
  ride.seconds[3].measured.cadence = 800; // though the second is absent
  CHECK(last_words_of([&] { layout::encode_ride(ride, scoring::total); }).aborted);
  ride.seconds[3].present = true;
  layout::encode_ride(ride, scoring::total);

  CHECK(dies_of("persistence/layout.cpp", "at.size() <= max_ride_seconds",
                [] { layout::encode_bests(std::vector<score>(max_ride_seconds + 1)); }));
}

TEST_CASE("rides stand in a block in the order of their racers, each once", "[check]") {
  const auto in_order = "std::adjacent_find(rides.begin(), rides.end(), not_before) == rides.end()";
  for (const auto second : {1U, 2U}) {
    const std::vector<layout::block_ride<std::string>> rides{{racer_id{2}, "a"}, {racer_id{second}, "b"}};
    CHECK(dies_of("persistence/ride_layout.cpp", in_order, [&] { layout::encode_blocks(rides); }));
  }
  CHECK(layout::encode_blocks({{racer_id{2}, "a"}, {racer_id{3}, "b"}}).size() == 1);
}

TEST_CASE("rides are applied of one race: there is at least one", "[check]") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(dies_of("persistence/apply.cpp", "!rides.empty()", [&] { store->apply_rides({}, scoring::total); }));
}

TEST_CASE("the map of a file is not moved while a transaction reads it", "[check]") {
  const scratch_folder folder;
  lmdb::env env{folder.path(), 1 << 20, 0};
  {
    const lmdb::txn reading{env, lmdb::access::read};
    CHECK(dies_of(lmdb_file, "open_ == 0", [&] { env.resize(2 << 20); }));
  }
  env.resize(2 << 20);
}

TEST_CASE("a transaction ends after its cursors, and is not used once it has", "[check]") {
  const scratch_folder folder;
  const lmdb::env env{folder.path(), 1 << 20, 0};
  lmdb::txn writing{env, lmdb::access::write};
  const auto table = writing.open("table", true).value();
  {
    const lmdb::cursor at{writing, table};
    CHECK(dies_of(lmdb_file, "cursors_ == 0", [&] { writing.commit(); }));
  }
  writing.commit();
  CHECK(dies_of(lmdb_file, "txn_ != nullptr", [&] { writing.put(table, "key", "value"); }));
  CHECK(dies_of(lmdb_file, "txn_ != nullptr", [&] { writing.commit(); }));
}

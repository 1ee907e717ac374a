#include "sample.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};

race_key race(std::uint32_t id) {
  return {harbour, race_id{id}};
}

} // namespace

TEST_CASE("bests, records and names are those of a plain map, in whatever order random races are applied") {
  const auto rule = GENERATE(scoring::total, scoring::output);
  std::mt19937 random{static_cast<std::mt19937::result_type>(rule) + 5};
  std::vector<closed_race> races;
  for (std::uint32_t i = 0; i != 60; ++i)
    races.push_back(random_race(random, {class_id{static_cast<std::uint16_t>(1 + i % 2)}, race_id{i / 2}},
                                1000 + 100 * std::uniform_int_distribution<>{0, 9}(random)));
  const auto expected = expected_after(races, rule);
  for (int round = 0; round != 3; ++round) {
    const scratch_folder folder;
    const auto store = open_lmdb_store(folder.path(), small_store());
    std::shuffle(races.begin(), races.end(), random);
    for (const auto& each : races)
      REQUIRE(store->apply(each, rule));
    CHECK(difference(*store, expected, {class_id{1}, class_id{2}}).empty());
  }
}

TEST_CASE("a race applied again with the same stamp changes nothing") {
  const scratch_folder folder;
  std::mt19937 random{3};
  const auto first = random_race(random, race(1), 1000);
  const auto second = random_race(random, race(2), 2000);
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->apply(first, scoring::total));
  CHECK(store->apply(second, scoring::total));
  CHECK_FALSE(store->apply(first, scoring::total));
  CHECK_FALSE(store->apply(second, scoring::total));
  CHECK(difference(*store, expected_after({first, second}, scoring::total), {harbour}).empty());
}

TEST_CASE("an equal record stays with the earlier race, whichever is applied first") {
  const std::vector<std::uint32_t> outputs(ride_seconds, 900'250);
  const auto earlier = race_of(race(1), 1000, {ride_of(race(1), racer_id{8}, 1000, outputs)});
  const auto later = race_of(race(2), 2000, {ride_of(race(2), racer_id{8}, 2000, outputs)});
  const bool in_order = GENERATE(true, false);
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  store->apply(in_order ? earlier : later, scoring::total);
  store->apply(in_order ? later : earlier, scoring::total);
  CHECK(store->bests_of(harbour, racer_id{8})->record ==
        final_score{totals_of(earlier.rides.front()).back(), race_id{1}, at_ms(1000)});
}

TEST_CASE("rides that did not finish set bests but no record, excluded ones neither") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  auto excluded = ride_of(race(1), racer_id{9}, 1000, std::vector<std::uint32_t>(ride_seconds, 900'250));
  excluded.flags = static_cast<std::uint8_t>(ride_flag::excluded);
  const auto unfinished = ride_of(race(1), racer_id{8}, 1000, {900'250, 0, 900'250});
  store->apply(race_of(race(1), 1000, {unfinished, excluded}), scoring::total);
  CHECK(all_bests(*store, harbour) ==
        std::vector{racer_bests{racer_id{8}, {score{900'250}, score{900'250}, score{1'800'500}}, std::nullopt}});
  CHECK(store->ride(race(1), racer_id{9}) == excluded);
}

TEST_CASE("the latest name wins in any order, and a ride without a name takes none away") {
  const auto named = [](std::uint16_t cls, std::uint32_t id, std::int64_t closed, const std::string& name) {
    const race_key key{class_id{cls}, race_id{id}};
    auto ride = ride_of(key, racer_id{8}, closed, {900'000});
    ride.name = name;
    return race_of(key, closed, {ride});
  };
  std::vector<closed_race> races{named(1, 5, 900, "earlier"), named(1, 4, 1000, "lower race"),
                                 named(1, 5 + 1, 1000, "lower class"), named(2, 6, 1000, "the latest"),
                                 named(1, 9, 2000, "")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    const scratch_folder folder;
    const auto store = open_lmdb_store(folder.path(), small_store());
    for (const auto i : order)
      store->apply(races[i], scoring::total);
    REQUIRE(all_names(*store) == std::map<racer_id, std::string>{{racer_id{8}, "the latest"}});
    // Every sixth order: enough to have each pair both ways round.
    for (int skip = 0; skip != 5; ++skip)
      std::next_permutation(order.begin(), order.end());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a race that does not fit is refused whole") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const auto good = ride_of(race(1), racer_id{8}, 1000, {900'000});
  const auto refused = [&](std::vector<ride_record> rides) {
    auto misfit = race_of(race(1), 1000, {good});
    misfit.rides = std::move(rides);
    const auto words = words_of<store_refused_error>([&] { store->apply(misfit, scoring::total); });
    CHECK_FALSE(store->applied(race(1)));
    return words;
  };
  CHECK_THAT(
      refused({good, ride_of(race(1), racer_id{9}, 1000, std::vector<std::uint32_t>(ride_seconds + 1, 900'000))}),
      Catch::Contains("11 seconds, not 1..10"));
  CHECK_THAT(refused({good, ride_of(race(1), racer_id{9}, 1000, {})}), Catch::Contains("0 seconds"));
  CHECK_THAT(refused({good, ride_of(race(2), racer_id{9}, 1000, {900'000})}), Catch::Contains("another race"));
  CHECK_THAT(refused({good, good}), Catch::Contains("order"));
  CHECK(store->apply(race_of(race(1), 1000, {good}), scoring::total));
}

TEST_CASE("starts are counted across openings") {
  const scratch_folder folder;
  for (std::uint64_t start = 1; start != 4; ++start)
    CHECK(open_lmdb_store(folder.path(), small_store())->count_start() == start);
}

// What the store remembers of streams: marks, news that were not told, rides without a result, bests without races.
#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};

race_key race(std::uint32_t id) {
  return {harbour, race_id{id}};
}

std::vector<racer_id> racers_of(const std::vector<racer_bests>& news) {
  std::vector<racer_id> racers;
  for (const auto& of : news)
    racers.push_back(of.racer);
  return racers;
}

} // namespace

TEST_CASE("a mark is what was kept last, also after the store was opened again") {
  const scratch_folder folder;
  const stream_cursor kept{48'211, at_ms(1'620'051'628'712), 77};
  {
    const auto store = open_lmdb_store(folder.path(), small_store());
    CHECK(store->cursor_of(record_stream::results) == stream_cursor{});
    store->store_cursor(record_stream::results, {1, at_ms(2), 3});
    store->store_cursor(record_stream::results, kept);
    CHECK(store->cursor_of(record_stream::bests) == stream_cursor{});
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->cursor_of(record_stream::results) == kept);
}

TEST_CASE("a race to be announced stays unannounced until it is told, also when it was applied before") {
  const scratch_folder folder;
  const auto first = race_of(race(1), 1000, {ride_of(race(1), racer_id{8}, 1000, {900'000})});
  const auto second = race_of(race(2), 2000, {ride_of(race(2), racer_id{8}, 2000, {910'000})});
  {
    const auto store = open_lmdb_store(folder.path(), small_store());
    CHECK(store->apply(second, scoring::total, false));
    CHECK(store->unannounced(harbour).empty());
    CHECK(store->apply(first, scoring::total, true));
    CHECK_FALSE(store->apply(second, scoring::total, true));
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->unannounced(class_id{2}).empty());
  CHECK(store->unannounced(harbour) == std::vector{race(1), race(2)});
  store->announced(race(1));
  CHECK(store->unannounced(harbour) == std::vector{race(2)});
  store->announced(race(1));
  CHECK(store->unannounced(harbour) == std::vector{race(2)});
}

TEST_CASE("news of a race are the bests of those whose ride holds a best second") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const auto before = race_of(race(1), 1000,
                              {ride_of(race(1), racer_id{1}, 1000, {900'000, 900'000}),
                               ride_of(race(1), racer_id{2}, 1000, {900'000, 900'000})});
  const auto now = race_of(race(2), 2000,
                           {ride_of(race(2), racer_id{1}, 2000, {800'000, 800'000}),
                            ride_of(race(2), racer_id{2}, 2000, {800'000, 1'500'000}),
                            ride_of(race(2), racer_id{3}, 2000, {300'000})});
  store->apply(before, scoring::output);
  store->apply(now, scoring::output);
  const auto news = store->unannounced_bests_of(race(2));
  CHECK(racers_of(news) == std::vector{racer_id{2}, racer_id{3}});
  CHECK(news.front() == store->bests_of(harbour, racer_id{2}));
  CHECK(store->unannounced_bests_of(race(9)).empty());
}

TEST_CASE(
    "a race applied again with other rides keeps the first ones and takes the new stamp, unless that has no checksum") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  auto again = race_of(race(1), 1000, {ride_of(race(1), racer_id{8}, 1000, {900'000})});
  const auto first = again.stamp;
  store->apply(again, scoring::total);
  again.stamp.checksum = 0;
  again.stamp.stored += milliseconds{1};
  store->apply(again, scoring::total);
  CHECK(store->applied(race(1)) == first);
  again.stamp.checksum = first.checksum + 1;
  const auto kept = again.rides.front();
  again.rides = {ride_of(race(1), racer_id{8}, 1000, {1'500'000})};
  store->apply(again, scoring::total);
  CHECK(store->applied(race(1)) == again.stamp);
  CHECK(store->ride(race(1), racer_id{8}) == kept);
  CHECK(store->bests_of(harbour, racer_id{8})->at == std::vector{score{scores_of(kept, scoring::total).front()}});
}

TEST_CASE("bests without races give the tables that the races gave, in any order and more than once") {
  std::mt19937 random{11};
  std::vector<closed_race> races;
  for (std::uint32_t i = 0; i != 20; ++i)
    races.push_back(random_race(random, race(i), 1000 + i));
  const auto expected = expected_after(races, scoring::total);
  std::vector<racer_bests> early;
  std::vector<racer_bests> late;
  {
    const scratch_folder folder;
    const auto store = open_lmdb_store(folder.path(), small_store());
    const auto visit = [&](std::vector<racer_bests>& into) {
      store->each_bests(harbour, [&](const racer_bests& of) { into.push_back(of); });
    };
    for (std::size_t i = 0; i != races.size(); ++i) {
      store->apply(races[i], scoring::total);
      if (i == races.size() / 2)
        visit(early);
    }
    visit(late);
  }
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  store->merge_bests(harbour, late);
  store->merge_bests(harbour, early);
  store->merge_bests(harbour, late);
  for (const auto& [key, bests] : expected.bests)
    CHECK(store->bests_of(key.first, key.second) == bests);
  std::size_t of = 0;
  store->each_bests(harbour, [&](const racer_bests&) { ++of; });
  CHECK(of == expected.bests.size());
}

TEST_CASE("rides whose result is gone count as before, and the race itself is taken whole when it comes") {
  const scratch_folder folder;
  std::mt19937 random{12};
  const auto old = random_race(random, race(1), 1000);
  const auto store = open_lmdb_store(folder.path(), small_store());
  const std::vector<ride_record> some{old.rides.begin(), old.rides.begin() + 9};
  CHECK(store->apply_rides(some, scoring::total));
  CHECK_FALSE(store->apply_rides(some, scoring::total));
  CHECK_FALSE(store->result(race(1)));
  CHECK(store->ride(race(1), old.rides.front().racer) == old.rides.front());
  auto held = old;
  held.rides = some;
  for (const auto& [key, bests] : expected_after({held}, scoring::total).bests)
    CHECK(store->bests_of(key.first, key.second) == bests);
  CHECK(store->apply(old, scoring::total));
  CHECK(difference(*store, expected_after({old}, scoring::total), {harbour}).empty());
  CHECK_FALSE(store->apply(old, scoring::total));
}

TEST_CASE("starts are counted on from the number that is asked for at least") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->count_start() == 1);
  CHECK(store->count_start(40) == 40);
  CHECK(store->count_start(7) == 41);
  CHECK(store->count_start() == 42);
}

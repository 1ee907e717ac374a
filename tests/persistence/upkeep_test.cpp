#include "sample.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};

race_key race(std::uint32_t id) {
  return {harbour, race_id{id}};
}

std::vector<closed_race> random_races(std::mt19937& random, std::uint32_t count) {
  std::vector<closed_race> races;
  for (std::uint32_t i = 0; i != count; ++i) {
    const race_key key{class_id{static_cast<std::uint16_t>(1 + i % 2)}, race_id{i / 2}};
    // Mostly in the order of ids, as races close; now and then two at once or the other way round.
    races.push_back(random_race(random, key, 1000 + 10 * (i / 4) + std::uniform_int_distribution<>{0, 15}(random)));
  }
  return races;
}

/// Whether a ride holds something among `rides`, all those of its racer and class: looked at one by one.
bool holds(const ride_record& ride, const std::vector<const ride_record*>& rides, const racer_bests& bests,
           scoring rule) {
  if (bests.record && bests.record->race == ride.key.race)
    return true;
  const auto scores = scores_of(ride, rule);
  for (std::size_t i = 0; i != scores.size(); ++i) {
    if (scores[i] != bests.at[i] || scores[i].value() == 0)
      continue;
    const bool is_first = std::none_of(rides.begin(), rides.end(), [&](const ride_record* other) {
      const auto theirs = scores_of(*other, rule);
      return i < theirs.size() && theirs[i] == scores[i] &&
             std::pair(other->closed, other->key.race) < std::pair(ride.closed, ride.key.race);
    });
    if (is_first)
      return true;
  }
  return false;
}

} // namespace

TEST_CASE("a backup opens and holds the same") {
  const scratch_folder folder;
  std::mt19937 random{11};
  auto races = random_races(random, 30);
  const auto store = open_lmdb_store(folder / "store", small_store());
  for (const auto& each : races)
    store->apply(each, scoring::total);
  store->count_start();
  store->backup(folder / "backup" / "of today");
  // The store goes on; the copy does not change with it.
  const auto later = random_race(random, race(99), 9000);
  CHECK(store->apply(later, scoring::total));

  const auto copy = open_lmdb_store(folder / "backup" / "of today", small_store());
  CHECK(difference(*copy, expected_after(races, scoring::total), {class_id{1}, class_id{2}}).empty());
  for (const auto& each : races) {
    CHECK(copy->applied(each.result.key) == each.stamp);
    CHECK(same(copy->result(each.result.key).value(), each.result));
    for (const auto& ride : each.rides)
      CHECK(copy->ride(ride.key, ride.racer) == ride);
  }
  CHECK(copy->rides_of(racer_id{1}, 100) == [&] {
    auto rides = store->rides_of(racer_id{1}, 100);
    std::erase_if(rides, [](const auto& line) { return line.key == race(99); });
    return rides;
  }());
  CHECK_FALSE(copy->applied(later.result.key));
  CHECK(copy->count_start() == 2);
}

TEST_CASE("a backup does not touch a folder with content") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder / "store", small_store());
  std::filesystem::create_directory(folder / "backup");
  store->backup(folder / "backup"); // an empty one will do
  CHECK_THAT(words_of<store_error>([&] { store->backup(folder / "backup"); }), Catch::Contains("is not empty"));
  std::ofstream{folder / "file"} << "content";
  CHECK_FALSE(words_of<store_error>([&] { store->backup(folder / "file"); }).empty());
  CHECK(store->count_start() == 1);
}

TEST_CASE("pruning removes old races but keeps who holds a record or a best second") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const auto outputs = [](std::uint32_t first, std::uint32_t others, std::size_t count) {
    std::vector<std::uint32_t> list(count, others);
    list.front() = first;
    return list;
  };
  // Racer 1: record in race 1. Racer 2: a fast first second in race 1 in a ride that did not finish. Racer 3: beaten by
  // themselves later in everything. Racer 4: the same ride twice, of which the first holds.
  store->apply(race_of(race(1), 1000,
                       {ride_of(race(1), racer_id{1}, 1000, outputs(900'250, 900'250, 10)),
                        ride_of(race(1), racer_id{2}, 1000, outputs(1'000'350, 300'300, 3)),
                        ride_of(race(1), racer_id{3}, 1000, outputs(300'300, 300'300, 10)),
                        ride_of(race(1), racer_id{4}, 1000, outputs(900'250, 900'250, 10))}),
               scoring::total);
  store->apply(race_of(race(2), 2000,
                       {ride_of(race(2), racer_id{2}, 2000, outputs(900'250, 900'250, 10)),
                        ride_of(race(2), racer_id{4}, 2000, outputs(900'250, 900'250, 10))}),
               scoring::total);
  store->apply(race_of(race(3), 3000,
                       {ride_of(race(3), racer_id{1}, 3000, outputs(300'300, 300'300, 10)),
                        ride_of(race(3), racer_id{3}, 3000, outputs(900'250, 900'250, 10))}),
               scoring::total);

  CHECK(prune(*store, 1000) == pruned{});
  CHECK(prune(*store, 3000) == pruned{2, 2, 4});
  CHECK_FALSE(store->result(race(1)));
  CHECK_FALSE(store->result(race(2)));
  CHECK(store->result(race(3)));
  CHECK(store->ride(race(1), racer_id{1}));
  CHECK(store->ride(race(1), racer_id{2}));
  CHECK_FALSE(store->ride(race(1), racer_id{3}));
  CHECK(store->ride(race(1), racer_id{4}));
  CHECK(store->ride(race(2), racer_id{2}));
  CHECK_FALSE(store->ride(race(2), racer_id{4}));
  CHECK(store->rides_of(racer_id{3}, 10).size() == 1);
  CHECK(store->rides_of(racer_id{1}, 10).size() == 2);
  CHECK(store->applied(race(1)));
  CHECK(store->applied(race(2)));

  CHECK(prune(*store, 3000) == pruned{});

  // A holder that is beaten goes at the next pruning.
  store->apply(race_of(race(4), 4000, {ride_of(race(4), racer_id{1}, 4000, outputs(1'000'350, 1'000'350, 10))}),
               scoring::total);
  CHECK(prune(*store, 3000) == pruned{0, 1, 2});
  CHECK_FALSE(store->ride(race(1), racer_id{1}));
}

TEST_CASE("after pruning random races, at once or in steps, exactly the holders are left") {
  const auto rule = GENERATE(scoring::total, scoring::output);
  const bool in_steps = GENERATE(true, false);
  std::mt19937 random{static_cast<std::mt19937::result_type>(rule) + 12};
  const auto races = random_races(random, 80);
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  for (const auto& each : races)
    store->apply(each, rule);
  const auto expected = expected_after(races, rule);

  const std::int64_t before = 1150;
  const auto sum = prune(*store, before, in_steps ? 1 : 1'000'000);

  std::map<std::pair<class_id, racer_id>, std::vector<const ride_record*>> counting;
  for (const auto& each : races)
    for (const auto& ride : each.rides)
      if (ride.flags == 0)
        counting[{ride.key.cls, ride.racer}].push_back(&ride);
  pruned slow;
  for (const auto& each : races) {
    const bool old = each.result.closed < at_ms(before);
    slow.results += old ? 1 : 0;
    CHECK(store->result(each.result.key).has_value() == !old);
    CHECK(store->applied(each.result.key) == each.stamp);
    for (const auto& ride : each.rides) {
      const std::pair who{ride.key.cls, ride.racer};
      const bool holder = ride.flags == 0 && holds(ride, counting[who], expected.bests.at(who), rule);
      slow.rides += old && !holder ? 1 : 0;
      slow.kept += old && holder ? 1 : 0;
      const auto history = store->rides_of(ride.racer, 1000);
      const bool in_history =
          std::any_of(history.begin(), history.end(), [&](const auto& line) { return line.key == ride.key; });
      const bool stays = !old || holder;
      CHECK(in_history == stays);
      CHECK(store->ride(ride.key, ride.racer) == (stays ? std::optional{ride} : std::nullopt));
    }
  }
  CHECK(sum == slow);
  CHECK(slow.rides > 100);
  CHECK(slow.kept > 10);
  CHECK(difference(*store, expected, {class_id{1}, class_id{2}}).empty());

  // What was pruned does not come back by a replay.
  for (const auto& each : races)
    CHECK_FALSE(store->apply(each, rule));
  CHECK(prune(*store, before) == pruned{});
}

TEST_CASE("a look for old races ends after as many rides as it was told, and goes on from there") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  for (std::uint32_t i = 1; i <= 5; ++i)
    store->apply(race_of(race(i), 1000, {ride_of(race(i), racer_id{i}, 1000, std::vector<std::uint32_t>(10, 300'300))}),
                 scoring::total);
  CHECK(prune(*store, 2000) == pruned{5, 0, 5});
  // Nothing may go any more: races are looked at until the limit.
  const auto first = store->find_old(at_ms(2000), {}, 2);
  CHECK_FALSE(first.found);
  CHECK(first.next == race(3));
  const auto last = store->find_old(at_ms(2000), race(5), 2);
  CHECK(last == old_race_search{});
}

TEST_CASE("a race whose bests are still to be told is not pruned") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  std::mt19937 random{15};
  store->apply(random_race(random, race(1), 1000), scoring::total, true);
  CHECK(prune(*store, 2000) == pruned{});
  store->announced(race(1));
  CHECK(prune(*store, 2000).results == 1);
}

TEST_CASE("pages of pruned races are used again") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  std::mt19937 random{13};
  std::uintmax_t early_size = 0;
  for (std::uint32_t i = 0; i != 200; ++i) {
    store->apply(random_race(random, race(i), 1000 + i, {30, 40, ride_seconds}), scoring::total);
    prune(*store, 1000 + i - 5);
    if (i == 60)
      early_size = std::filesystem::file_size(folder / "data.mdb");
  }
  CHECK(std::filesystem::file_size(folder / "data.mdb") < early_size * 2);
}

#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};
constexpr class_id summit{65'535};

/// A race in which every field of everything has a value of its own, at or near the end of its range.
closed_race telling_race() {
  const race_key key{summit, race_id{4'294'967'295U}};
  closed_race race;
  race.stamp = {journal_position{~0ULL - 1}, at_ms(1'620'051'999'123), 0xFEDCBA9876543210ULL};
  race.result = {key, epoch{~0ULL - 2}, journal_position{~0ULL - 3}, at_ms(1'620'051'999'124), 1, {}};
  race.result.rows.push_back({1, 2, racer_id{4'294'967'295U}, "Zoë 🚲", own_second{10}, 9, score{4'702'500},
                              score{4'232'250'000U}, true, 4'000'000'000U});
  race.result.rows.push_back({0, 3, racer_id{0}, "", own_second{2}, 1, score{227'500}, score{227'500}, false, 0});
  ride_record ride;
  ride.key = key;
  ride.racer = racer_id{0};
  ride.anchor = at_ms(-5);
  ride.closed = at_ms(1'620'051'999'125);
  ride.seconds = {{false, {}, 3, 0}, {true, {2500, 1000, 65'535, 255}, 4'000'000'000U, 1}};
  race.rides.push_back(ride);
  ride.racer = racer_id{4'294'967'295U};
  ride.name = std::string(64, 'n');
  ride.rank = 65'535;
  ride.finished = true;
  ride.flags = static_cast<std::uint8_t>(ride_flag::excluded);
  ride.seconds.assign(10, {true, {0, 0, 0, 0}, 1, 4'294'967'295U});
  ride.seconds[3] = {false, {}, 7, 8};
  ride.seconds[4].measured = {1, 2, 0, 90};
  race.rides.push_back(ride);
  return race;
}

} // namespace

TEST_CASE("every field of a race comes back as it was stored, also after reopening") {
  const scratch_folder folder;
  const auto race = telling_race();
  for (const bool first : {true, false}) {
    const auto store = open_lmdb_store(folder.path(), small_store());
    CHECK(store->apply(race, scoring::total) == first);
    CHECK(store->applied(race.result.key) == race.stamp);
    const auto result = store->result(race.result.key);
    REQUIRE(result);
    CHECK(same(*result, race.result));
    for (const auto& ride : race.rides)
      CHECK(store->ride(ride.key, ride.racer) == ride);

    const race_summary line{race.result.key, race.result.closed,   2, 1, racer_id{4'294'967'295U},
                            "Zoë 🚲",         score{4'232'250'000U}};
    CHECK(store->races(summit, std::nullopt, 10) == std::vector{line});
    const auto& ride = race.rides[1];
    const ride_summary entry{ride.key, ride.racer,     ride.closed, 65'535,
                             true,     own_second{10}, 9,           totals_of(ride).back()};
    CHECK(store->rides_of(ride.racer, 10) == std::vector{entry});
    // The other ride is excluded.
    const racer_bests bests{racer_id{0}, {score{0}, score{4'702'500}}, std::nullopt};
    CHECK(all_bests(*store, summit) == std::vector{bests});
    CHECK(store->bests_of(summit, racer_id{0}) == bests);
    CHECK(all_names(*store) == std::map<racer_id, std::string>{{ride.racer, ride.name}});
  }
}

TEST_CASE("random races come back as they were stored") {
  const scratch_folder folder;
  std::mt19937 random{1};
  std::vector<closed_race> races;
  for (std::uint32_t i = 0; i != 20; ++i)
    races.push_back(random_race(random, {class_id{static_cast<std::uint16_t>(1 + i % 3)}, race_id{i}}, 1000 + i));
  {
    const auto store = open_lmdb_store(folder.path(), small_store());
    for (const auto& race : races)
      REQUIRE(store->apply(race, scoring::output));
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  for (const auto& race : races) {
    CHECK(same(store->result(race.result.key).value(), race.result));
    for (const auto& ride : race.rides)
      CHECK(store->ride(ride.key, ride.racer) == ride);
  }
}

TEST_CASE("all rides of a race, and all results from a race on, are found") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  std::mt19937 random{7};
  std::vector<closed_race> races;
  for (const auto cls : {harbour, class_id{2}})
    for (std::uint32_t race = 1; race <= 4; ++race) {
      races.push_back(random_race(random, {cls, race_id{race}}, 1000 * race));
      store->apply(races.back(), scoring::total);
    }
  for (const auto& race : races)
    CHECK(store->rides(race.result.key) == race.rides);
  std::vector<race_key> seen;
  store->each_result(harbour, race_id{3}, [&](const race_result& result) { seen.push_back(result.key); });
  CHECK(seen == std::vector<race_key>{{harbour, race_id{3}}, {harbour, race_id{4}}});
  CHECK(store->rides({harbour, race_id{9}}).empty());
}

TEST_CASE("nothing is found in an empty store") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder / "made" / "on the way", small_store());
  const race_key key{harbour, race_id{1}};
  CHECK_FALSE(store->applied(key));
  CHECK_FALSE(store->result(key));
  CHECK_FALSE(store->ride(key, racer_id{1}));
  CHECK_FALSE(store->bests_of(harbour, racer_id{1}));
  CHECK(store->races(harbour, std::nullopt, 10).empty());
  CHECK(store->rides_of(racer_id{1}, 10).empty());
  CHECK(all_bests(*store, harbour).empty());
  CHECK(all_names(*store).empty());
}

TEST_CASE("a race in which nobody rode is stored as such") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const race_key key{harbour, race_id{7}};
  CHECK(store->apply(race_of(key, 5000, {}), scoring::total));
  race_summary line;
  line.key = key;
  line.closed = at_ms(5000);
  CHECK(store->races(harbour, std::nullopt, 10) == std::vector{line});
}

TEST_CASE("closed races are listed newest first, page by page, each class apart") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  for (const std::uint32_t id : {300U, 5U, 256U, 4'294'967'295U, 0U})
    for (const class_id cls : {class_id{1}, class_id{2}, class_id{258}})
      store->apply(race_of({cls, race_id{id}}, id, {}), scoring::total);
  const auto ids = [&](std::optional<race_id> before, std::size_t limit) {
    std::vector<std::uint32_t> list;
    for (const auto& line : store->races(class_id{2}, before, limit)) {
      CHECK(line.key.cls == class_id{2});
      list.push_back(line.key.race.value());
    }
    return list;
  };
  using list = std::vector<std::uint32_t>;
  CHECK(ids(std::nullopt, 10) == list{4'294'967'295U, 300, 256, 5, 0});
  CHECK(ids(std::nullopt, 2) == list{4'294'967'295U, 300});
  CHECK(ids(race_id{300}, 2) == list{256, 5});
  CHECK(ids(race_id{299}, 2) == list{256, 5});
  CHECK(ids(race_id{5}, 2) == list{0});
  CHECK(ids(race_id{0}, 2).empty());
}

TEST_CASE("a rider's rides are listed newest first, over all classes") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const auto ride = [&](std::uint16_t cls, std::uint32_t race, std::int64_t closed) {
    const race_key key{class_id{cls}, race_id{race}};
    // Neighbours by id must not get into the list.
    store->apply(race_of(key, closed,
                         {ride_of(key, racer_id{7}, closed, {900'000}), ride_of(key, racer_id{8}, closed, {800'000}),
                          ride_of(key, racer_id{9}, closed, {700'000})}),
                 scoring::total);
  };
  ride(1, 10, 500);
  ride(2, 9, 700); // a later race of a lower id
  ride(1, 11, 600);
  ride(1, 12, -100);
  ride(3, 11, 600); // at the same time in another class
  ride(1, 13, 600); // an outage: two races of a class closed at once
  std::vector<std::pair<int, unsigned>> order;
  for (const auto& line : store->rides_of(racer_id{8}, 100)) {
    CHECK(line.racer == racer_id{8});
    order.emplace_back(line.key.cls.value(), line.key.race.value());
  }
  CHECK(order == std::vector<std::pair<int, unsigned>>{{2, 9}, {3, 11}, {1, 13}, {1, 11}, {1, 10}, {1, 12}});
  CHECK(store->rides_of(racer_id{8}, 2).size() == 2);
  // One by one, each page behind the last line of the one before.
  std::vector<std::pair<int, unsigned>> paged;
  std::optional<history_place> after;
  for (auto page = store->rides_of(racer_id{8}, 1); !page.empty(); page = store->rides_of(racer_id{8}, 1, after)) {
    REQUIRE(page.size() == 1);
    paged.emplace_back(page[0].key.cls.value(), page[0].key.race.value());
    after = history_place{page[0].closed, page[0].key};
    if (paged.size() == 2)
      ride(4, 20, 900); // newer than all: it is on no later page
  }
  CHECK(paged == order);
  CHECK(store->rides_of(racer_id{10}, 2).empty());
}

// Corrections in the store: against the same races, corrected before they are stored.
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>

using namespace alleycat;
using namespace alleycat::sample;

namespace {

constexpr class_id harbour{1};
constexpr std::uint32_t races_there = 6;

race_rules short_windows() {
  race_rules rules;
  rules.window_seconds = 10;
  rules.ride_seconds = ride_seconds;
  return rules;
}

/// An edit made in the middle of races: those from 4 on begin later.
edit made(edit_kind kind, std::uint32_t racer, std::uint64_t sequence, race_key ride = {}) {
  edit e;
  e.kind = kind;
  e.racer = racer_id{racer};
  e.ride = ride;
  e.sequence = sequence;
  e.at = at_ms(35'000);
  if (kind == edit_kind::rename)
    e.name = "Zoe";
  return e;
}

std::vector<closed_race> some_races(std::mt19937& random) {
  std::vector<closed_race> races;
  for (std::uint32_t i = 0; i != races_there; ++i) {
    const race_key key{harbour, race_id{i}};
    auto race = random_race(random, key, 10'000 * (i + 1), {8, 12, ride_seconds});
    for (auto& ride : race.rides)
      ride.flags = 0; // only edits exclude here
    // The result as a fold would have it: ranks by total.
    race.result.rows.clear();
    for (const auto& ride : race.rides) {
      standing row;
      row.racer = ride.racer;
      row.name = ride.name;
      row.second = ride.furthest();
      row.total = totals_of(ride).back();
      row.finished = ride.finished;
      race.result.rows.push_back(row);
    }
    corrections touch; // any correction brings rows into their order
    touch.apply(made(edit_kind::exclude, race.rides.front().racer.value(), 1, key));
    correct(race, touch, scoring::total, {});
    touch.apply(made(edit_kind::clear, race.rides.front().racer.value(), 2));
    correct(race, touch, scoring::total, {});
    races.push_back(std::move(race));
  }
  return races;
}

std::vector<edit> some_edits(std::mt19937& random, const std::vector<closed_race>& races) {
  std::vector<edit> edits;
  for (std::uint64_t sequence = 1; sequence <= 12; ++sequence) {
    const auto& race = races[random() % races.size()];
    const auto racer = race.rides[random() % race.rides.size()].racer.value();
    static constexpr std::array kinds{edit_kind::rename,  edit_kind::hide,    edit_kind::forget,
                                      edit_kind::exclude, edit_kind::exclude, edit_kind::clear};
    edits.push_back(made(kinds[random() % kinds.size()], racer, sequence, race.result.key));
  }
  return edits;
}

struct everything {
  std::vector<racer_bests> bests;
  std::map<racer_id, std::string> names;
  std::vector<std::vector<ride_record>> rides;
  std::vector<std::vector<std::tuple<std::uint32_t, rank_t, bool>>> results;
  std::map<std::uint32_t, std::vector<ride_summary>> histories;

  friend bool operator==(const everything&, const everything&) = default;
};
everything all_of(record_store& store) {
  everything all{all_bests(store, harbour), all_names(store), {}, {}, {}};
  for (std::uint32_t i = 0; i != races_there; ++i) {
    all.rides.push_back(store.rides({harbour, race_id{i}}));
    auto& rows = all.results.emplace_back();
    const auto result = store.result({harbour, race_id{i}});
    for (const auto& row : result->rows)
      rows.emplace_back(row.racer.value(), row.rank, row.excluded);
  }
  for (std::uint32_t racer = 1; racer <= 12; ++racer)
    all.histories[racer] = store.rides_of(racer_id{racer}, 100);
  return all;
}

stream_cursor mark_of(const edit& e) {
  return {e.sequence, e.at, 7};
}

} // namespace

TEST_CASE("a store is the same whether edits or the races they are about come first") {
  std::mt19937 random{17};
  for (int round = 0; round != 12; ++round) {
    const auto races = some_races(random);
    const auto edits = some_edits(random, races);
    corrections by;
    const scratch_folder before, after;
    const auto races_first = open_lmdb_store(before.path(), small_store());
    for (const auto& race : races)
      races_first->apply(race, scoring::total);
    for (const auto& e : edits) {
      by.apply(e);
      races_first->apply_edit(e, mark_of(e), by, short_windows());
    }
    const auto edits_first = open_lmdb_store(after.path(), small_store());
    for (const auto& e : edits)
      edits_first->apply_edit(e, mark_of(e), by, short_windows());
    for (auto race : races) {
      correct(race, by, scoring::total, short_windows().start_of(race.result.key.race));
      edits_first->apply(race, scoring::total);
    }
    CHECK(all_of(*races_first) == all_of(*edits_first));
    // Once more is the same as once.
    const auto once = all_of(*races_first);
    races_first->apply_edit(edits.back(), mark_of(edits.back()), by, short_windows());
    CHECK(all_of(*races_first) == once);
  }
}

TEST_CASE("bests of an excluded ride come from the rider's other rides, and there are none without one") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  const auto race = [](std::uint32_t id) { return race_key{harbour, race_id{id}}; };
  const std::vector<std::uint32_t> strong(ride_seconds, 900'250), weak(ride_seconds, 400'000);
  auto weaker = ride_of(race(1), racer_id{8}, 1000, weak);
  auto stronger = ride_of(race(2), racer_id{8}, 2000, strong);
  weaker.finished = stronger.finished = true;
  store->apply(race_of(race(1), 1000, {weaker}), scoring::total);
  const auto first = store->bests_of(harbour, racer_id{8});
  store->apply(race_of(race(2), 2000, {stronger}), scoring::total);
  CHECK(store->bests_of(harbour, racer_id{8}) != first);
  corrections by;
  constexpr std::array<std::uint32_t, 2> order{2, 1};
  for (const auto id : order) {
    const auto e = made(edit_kind::exclude, 8, 3 - id, race(id));
    by.apply(e);
    const auto effect = store->apply_edit(e, mark_of(e), by, short_windows());
    CHECK(effect.results_changed == std::vector{race(id)});
    CHECK(effect.bests_changed == std::vector{harbour});
    CHECK(store->bests_of(harbour, racer_id{8}) == (id == 2 ? first : std::nullopt));
  }
  CHECK(store->results_to_clean(10) == std::vector{race(1), race(2)});
  store->cleaned(race(1));
  CHECK(store->results_to_clean(10) == std::vector{race(2)});
}

TEST_CASE("the audit log outlives a restart, and of a forgotten rider keeps what was done but no name") {
  const scratch_folder folder;
  corrections by;
  const auto apply = [&](record_store& store, const edit& e) {
    by.apply(e);
    store.apply_edit(e, mark_of(e), by, short_windows());
  };
  {
    const auto store = open_lmdb_store(folder.path(), small_store());
    apply(*store, made(edit_kind::rename, 8, 1));
    apply(*store, made(edit_kind::rename, 9, 2));
    apply(*store, made(edit_kind::forget, 8, 3));
  }
  const auto store = open_lmdb_store(folder.path(), small_store());
  CHECK(store->cursor_of(record_stream::edits) == stream_cursor{3, at_ms(35'000), 7});
  const auto lines = store->edits(std::nullopt, 10, std::nullopt);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].kind == edit_kind::forget);
  CHECK(lines[1].name == "Zoe");
  CHECK(lines[2].kind == edit_kind::rename);
  CHECK(lines[2].name.empty());
  const auto page = store->edits(3, 1, std::nullopt);
  REQUIRE(page.size() == 1);
  CHECK(page[0].sequence == 2);
  CHECK(store->edits(std::nullopt, 10, racer_id{9}).size() == 1);
  const auto riders = store->riders_to_clean(10);
  REQUIRE(riders.size() == 1);
  CHECK(riders[0].racer == racer_id{8});
  store->cleaned(lines[0]);
  CHECK(store->riders_to_clean(10).empty());
}

TEST_CASE("an empty store learns what was done to a forgotten rider from the edit itself") {
  const scratch_folder folder;
  const auto store = open_lmdb_store(folder.path(), small_store());
  auto e = made(edit_kind::forget, 8, 3);
  auto former = made(edit_kind::hide, 8, 1);
  e.former = {former};
  corrections by;
  by.apply(e);
  store->apply_edit(e, mark_of(e), by, short_windows());
  const auto lines = store->edits(std::nullopt, 10, std::nullopt);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == former);
}

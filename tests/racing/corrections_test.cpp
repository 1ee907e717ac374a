#include "racing/corrections.hpp"

#include "rides.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace alleycat;

namespace {

constexpr racer_id adell{8};
constexpr race_key race_at(std::uint32_t id) {
  return {old_town, race_id{id}};
}

edit made(edit_kind kind, racer_id racer, std::uint64_t sequence) {
  edit e;
  e.kind = kind;
  e.racer = racer;
  e.sequence = sequence;
  e.at = at_ms(static_cast<std::int64_t>(sequence) * 1000);
  return e;
}
edit renamed(racer_id racer, const std::string& name, std::uint64_t sequence) {
  auto e = made(edit_kind::rename, racer, sequence);
  e.name = name;
  return e;
}
edit excluding(racer_id racer, race_key ride, std::uint64_t sequence) {
  auto e = made(edit_kind::exclude, racer, sequence);
  e.ride = ride;
  return e;
}

corrections after(const std::vector<edit>& edits) {
  corrections all;
  for (const auto& e : edits)
    all.apply(e);
  return all;
}

/// Racers 1, 2 ... with these totals in thousands, all finished; their result in order.
closed_race race_of(const std::vector<unsigned>& totals, std::uint32_t id = 100) {
  closed_race race;
  race.result.key = race_at(id);
  for (std::uint32_t i = 0; i < totals.size(); ++i) {
    race.rides.push_back(record_of({id, i + 1, {totals[i]}, true, false}));
    standing row;
    row.racer = racer_id{i + 1};
    row.name = "racer";
    row.second = own_second{1};
    row.total = row.output = score{totals[i] * 1000};
    row.finished = true;
    race.result.rows.push_back(row);
  }
  auto& rows = race.result.rows;
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.total > b.total; });
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].rank = i > 0 && rows[i].total == rows[i - 1].total ? rows[i - 1].rank : static_cast<rank_t>(i + 1);
  race.result.finished = static_cast<std::uint32_t>(rows.size());
  return race;
}

std::vector<std::pair<std::uint32_t, rank_t>> order_of(const closed_race& race) {
  std::vector<std::pair<std::uint32_t, rank_t>> order;
  for (const auto& row : race.result.rows)
    order.emplace_back(row.racer.value(), row.rank);
  return order;
}

} // namespace

TEST_CASE("the latest name given counts, until it is taken back") {
  auto all = after({renamed(adell, "Ada", 1), renamed(adell, "Zoe", 2)});
  CHECK(all.shown(adell, "Adell") == "Zoe");
  CHECK(all.shown(racer_id{9}, "Bo") == "Bo");
  all.apply(made(edit_kind::hide, adell, 3));
  CHECK(all.shown(adell, "Adell").empty());
  CHECK(all.hidden(adell));
  all.apply(made(edit_kind::clear, adell, 4));
  CHECK(all.shown(adell, "Adell") == "Adell");
  CHECK_FALSE(all.hidden(adell));
}

TEST_CASE("an edit that comes again changes nothing") {
  auto all = after({renamed(adell, "Ada", 1), renamed(adell, "Zoe", 2)});
  all.apply(renamed(adell, "Ada", 1));
  CHECK(all.shown(adell, "Adell") == "Zoe");
}

TEST_CASE("an excluded ride goes last without a rank, and the others close up, those of equal score still sharing") {
  auto race = race_of({500, 400, 400, 300});
  CHECK(correct(race, after({excluding(racer_id{1}, race_at(100), 1)}), scoring::total, {}));
  CHECK(order_of(race) == std::vector<std::pair<std::uint32_t, rank_t>>{{2, 1}, {3, 1}, {4, 3}, {1, 0}});
  CHECK(race.result.finished == 3);
  CHECK(race.result.rows.back().excluded);
  CHECK(race.rides[0].flags == static_cast<std::uint8_t>(ride_flag::excluded));
  CHECK(race.rides[0].rank == 0);
  CHECK(race.rides[3].rank == 3);
}

TEST_CASE("an excluded ride comes back as it was when the correction is taken back") {
  const auto before = race_of({500, 400, 400, 300});
  auto race = before;
  auto all = after({excluding(racer_id{1}, race_at(100), 1)});
  correct(race, all, scoring::total, {});
  all.apply(made(edit_kind::clear, racer_id{1}, 2));
  CHECK(correct(race, all, scoring::total, {}));
  CHECK(order_of(race) == order_of(before));
  CHECK(race.result.finished == 4);
  CHECK(race.rides == [&] {
    auto expected = before.rides;
    for (const auto& row : before.result.rows)
      expected[row.racer.value() - 1].rank = row.rank;
    return expected;
  }());
}

TEST_CASE("only the ride that is named is excluded") {
  auto race = race_of({500, 400}, 101);
  CHECK_FALSE(correct(race, after({excluding(racer_id{1}, race_at(100), 1)}), scoring::total, {}));
  CHECK(order_of(race) == std::vector<std::pair<std::uint32_t, rank_t>>{{1, 1}, {2, 2}});
}

TEST_CASE("a forgotten rider was never in a race that had begun, and is in those that begin later") {
  const auto all = after({renamed(racer_id{2}, "Zoe", 1), made(edit_kind::forget, racer_id{2}, 7)});
  auto race = race_of({500, 400, 300});
  CHECK(correct(race, all, scoring::total, at_ms(7'000)));
  CHECK(order_of(race) == std::vector<std::pair<std::uint32_t, rank_t>>{{1, 1}, {3, 2}});
  CHECK(race.rides.size() == 2);
  auto later = race_of({500, 400, 300});
  CHECK_FALSE(correct(later, all, scoring::total, at_ms(7'001)));
  CHECK(later.rides.size() == 3);
  CHECK(later.result.rows[1].name == "racer"); // their earlier name went too
}

TEST_CASE("bests count only if they include the last edit that changed what they are made of") {
  auto all = after({renamed(adell, "Ada", 1), excluding(adell, race_at(100), 2)});
  CHECK(all.bests_since(old_town, adell) == 2);
  CHECK(all.bests_since(class_id{4}, adell) == 0);
  all.apply(made(edit_kind::hide, adell, 3));
  CHECK(all.bests_since(old_town, adell) == 2);
  all.apply(made(edit_kind::clear, adell, 4));
  CHECK(all.bests_since(old_town, adell) == 4);
  all.apply(made(edit_kind::forget, adell, 5));
  CHECK(all.bests_since(class_id{4}, adell) == 5);
}

TEST_CASE("correcting twice is the same as once, and in whatever order riders are corrected") {
  std::mt19937 random{11};
  for (int round = 0; round < 200; ++round) {
    const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::vector<unsigned> totals(1 + pick(8));
    for (auto& t : totals)
      t = 400 + pick(4);
    std::vector<edit> edits;
    for (std::uint64_t i = 1; i <= pick(6); ++i) {
      const racer_id racer{1 + pick(8)};
      edits.push_back(pick(3) == 0 ? made(edit_kind::forget, racer, i) : excluding(racer, race_at(100), i));
    }
    auto once = race_of(totals);
    correct(once, after(edits), scoring::total, {});
    auto twice = once;
    CHECK_FALSE(correct(twice, after(edits), scoring::total, {}));
    CHECK(order_of(twice) == order_of(once));
    // One after the other, as they come to a store that has the race.
    auto step_by_step = race_of(totals);
    corrections all;
    for (const auto& e : edits) {
      all.apply(e);
      correct(step_by_step, all, scoring::total, {});
    }
    CHECK(order_of(step_by_step) == order_of(once));
    CHECK(step_by_step.rides == once.rides);
  }
}

#include "compare.hpp"
#include "property.hpp"
#include "rides.hpp"

#include "racing/leaderboard.hpp"

#include <set>
#include <utility>

namespace alleycat {
namespace {

plain_ride a_ride(std::uint32_t race, std::uint32_t racer, unsigned thousands) {
  return {.race = race, .racer = racer, .thousands = {thousands}};
}

final_score record(unsigned thousands, std::uint32_t race) {
  return {thousand(thousands), race_id{race}, closed_at(race)};
}

std::vector<naive::finish> told(const leaderboard& board) {
  std::vector<naive::finish> out;
  for (const auto& row : board.page(0, board.size()))
    out.push_back({row.racer.value(), row.record.best.value(), row.record.race.value(), ms_of(row.record.at)});
  return out;
}

std::vector<naive::finish> naive_board(const std::vector<plain_ride>& rides, scoring rule) {
  std::vector<naive::finish> all;
  for (const auto& r : rides)
    if (r.finished && !r.excluded)
      all.push_back({r.racer, plain_score(r, r.thousands.size(), rule), r.race, ms_of(closed_at(r.race))});
  return naive::leaderboard_of(all);
}

} // namespace

TEST_CASE("a strictly higher score beats a record, an equal one only in an earlier race", "[leaderboard]") {
  CHECK(beats(record(501, 9), record(500, 1)));
  CHECK_FALSE(beats(record(499, 1), record(500, 9)));
  CHECK(beats(record(500, 8), record(500, 9)));
  CHECK_FALSE(beats(record(500, 9), record(500, 8)));
  CHECK_FALSE(beats(record(500, 9), record(500, 9)));
}

TEST_CASE("an equal record stays with the earlier race, whichever is merged first", "[leaderboard]") {
  const auto early = records_of({a_ride(7, 8, 500)});
  const auto late = records_of({a_ride(9, 8, 500)});
  leaderboard in_order, reversed;
  CHECK(in_order.merge(early, scoring::total) == std::vector<racer_id>{racer_id{8}});
  CHECK(in_order.merge(late, scoring::total).empty());
  reversed.merge(late, scoring::total);
  reversed.merge(early, scoring::total);
  CHECK(in_order.record_of(racer_id{8}) == record(500, 7));
  CHECK(reversed.record_of(racer_id{8}) == record(500, 7));
  CHECK(reversed.size() == 1);
  CHECK(told(in_order) == told(reversed));
}

TEST_CASE("equal scores of two racers share a rank", "[leaderboard]") {
  leaderboard board;
  board.merge(records_of({a_ride(1, 40, 500), a_ride(1, 10, 900), a_ride(1, 30, 500), a_ride(1, 20, 400)}),
              scoring::total);
  CHECK(board.page(0, 10) == std::vector<leaderboard_row>{{1, racer_id{10}, record(900, 1)},
                                                          {2, racer_id{30}, record(500, 1)},
                                                          {2, racer_id{40}, record(500, 1)},
                                                          {4, racer_id{20}, record(400, 1)}});
  CHECK(board.page(2, 1) == std::vector<leaderboard_row>{{2, racer_id{40}, record(500, 1)}});
  CHECK(board.page(4, 10).empty());
  CHECK(board.page(0, 0).empty());
  CHECK(board.place(racer_id{40}) == 2U);
  CHECK_FALSE(board.place(racer_id{77}).has_value());
  CHECK_FALSE(board.record_of(racer_id{77}).has_value());
}

TEST_CASE("a page behind a place begins after it, whoever stands there by now", "[leaderboard]") {
  leaderboard board;
  for (const auto& [racer, thousands] : {std::pair{7U, 500U}, {8U, 500U}, {9U, 300U}, {3U, 700U}})
    board.load(racer_id{racer}, record(thousands, 1));
  board.sort();
  CHECK(board.up_to(thousand(800), racer_id{1}) == 0);
  CHECK(board.up_to(thousand(700), racer_id{3}) == 1);
  CHECK(board.up_to(thousand(500), racer_id{7}) == 2);
  CHECK(board.up_to(thousand(500), racer_id{4'294'967'295}) == 3);
  CHECK(board.up_to(thousand(400), racer_id{7}) == 3);
  CHECK(board.up_to(thousand(300), racer_id{9}) == 4);
  CHECK(board.up_to(score{0}, racer_id{0}) == 4);
  // Racer 7 moves up, others come in before: the page behind their old place still begins with 8.
  board.improve(racer_id{7}, record(900, 2));
  board.improve(racer_id{1}, record(600, 2));
  board.sort();
  const auto rest = board.page(board.up_to(thousand(500), racer_id{7}), 10);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].racer == racer_id{8});
  CHECK(rest[0].rank == 4);
}

TEST_CASE("only finished rides that count enter the leaderboard", "[leaderboard]") {
  auto dnf = a_ride(1, 8, 900);
  dnf.finished = false;
  auto excluded = a_ride(1, 9, 900);
  excluded.excluded = true;
  leaderboard board;
  CHECK(board.merge(records_of({dnf, excluded}), scoring::total).empty());
  CHECK(board.size() == 0);
  CHECK(board.page(0, 10).empty());
}

TEST_CASE("the score at the last second counts, by the rule of the class", "[leaderboard]") {
  const auto rides = records_of({{.race = 1, .racer = 8, .thousands = {900, 0, 400}}});
  leaderboard by_total, by_output;
  by_total.merge(rides, scoring::total);
  by_output.merge(rides, scoring::output);
  CHECK(by_total.record_of(racer_id{8}) == record(1300, 1));
  CHECK(by_output.record_of(racer_id{8}) == record(400, 1));
}

TEST_CASE("a racer has one row, also when one merge brings several of their rides", "[leaderboard]") {
  leaderboard board;
  const auto changed =
      board.merge(records_of({a_ride(1, 8, 500), a_ride(2, 8, 600), a_ride(3, 8, 550)}), scoring::total);
  CHECK(changed == std::vector<racer_id>{racer_id{8}});
  CHECK(board.size() == 1);
  CHECK(board.page(0, 10) == std::vector<leaderboard_row>{{1, racer_id{8}, record(600, 2)}});
}

TEST_CASE("any order of races, in one merge or many, once or again, makes the leaderboard of all",
          "[leaderboard][property]") {
  holds(2000, [] {
    const auto rides = *any_rides();
    const auto rule = *rc::gen::element(scoring::total, scoring::output);
    auto shuffled = rides;
    std::mt19937_64 random{*any_seed()};
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    const auto step = *rc::gen::inRange<std::size_t>(1, 30);

    leaderboard board;
    std::vector<plain_ride> so_far;
    for (std::size_t i = 0; i < shuffled.size(); i += step) {
      const auto end = shuffled.begin() + static_cast<std::ptrdiff_t>(std::min(i + step, shuffled.size()));
      const std::vector<plain_ride> part(shuffled.begin() + static_cast<std::ptrdiff_t>(i), end);
      const auto before = naive_board(so_far, rule);
      so_far.insert(so_far.end(), part.begin(), part.end());
      const auto after = naive_board(so_far, rule);
      std::set<std::int64_t> expected, changed;
      for (const auto& f : after)
        if (std::find(before.begin(), before.end(), f) == before.end())
          expected.insert(f.racer);
      for (const auto racer : board.merge(records_of(part), rule))
        RC_ASSERT(changed.insert(racer.value()).second);
      RC_ASSERT(changed == expected);
      RC_ASSERT(told(board) == after);
      RC_ASSERT(board.merge(records_of(part), rule).empty());
      RC_ASSERT(told(board) == after);
    }

    const auto rows = board.page(0, board.size());
    leaderboard loaded;
    for (const auto& row : rows) {
      const auto higher =
          std::count_if(rows.begin(), rows.end(), [&](const auto& o) { return o.record.best > row.record.best; });
      RC_ASSERT(static_cast<std::int64_t>(row.rank) == 1 + higher);
      RC_ASSERT(board.record_of(row.racer) == row.record);
      RC_ASSERT(rows[board.place(row.racer).value()] == row);
      loaded.load(row.racer, row.record);
    }
    loaded.sort();
    RC_ASSERT(told(loaded) == told(board));
    const auto from = *rc::gen::inRange<std::size_t>(0, rows.size() + 2);
    const auto page = board.page(from, 3);
    for (std::size_t i = 0; i < page.size(); ++i)
      RC_ASSERT(page[i] == rows[from + i]);
    RC_ASSERT(page.size() == std::min<std::size_t>(3, rows.size() - std::min(from, rows.size())));
  });
}

} // namespace alleycat

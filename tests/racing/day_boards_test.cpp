#include "racing/day_boards.hpp"

#include "compare.hpp"
#include "property.hpp"

#include <map>

namespace alleycat {

namespace {

day_best best(std::uint32_t racer, std::uint32_t points, std::uint32_t race = 1) {
  return {racer_id{racer}, {score{points}, race_id{race}, at_ms(race)}};
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> told(const leaderboard& board) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows;
  for (const auto& row : board.page(0, board.size()))
    rows.emplace_back(row.racer.value(), row.record.best.value());
  return rows;
}

using rows = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

} // namespace

TEST_CASE("each period looks back on its own days, today included", "[day_boards]") {
  day_boards boards{100};
  boards.merge(100, {best(1, 10)});
  boards.merge(99, {best(2, 20)});
  boards.merge(94, {best(3, 30)});
  boards.merge(93, {best(4, 40)});
  boards.merge(71, {best(5, 50)});
  boards.merge(70, {best(6, 60)});
  CHECK(told(boards.board(period::today)) == rows{{1, 10}});
  CHECK(told(boards.board(period::week)) == rows{{3, 30}, {2, 20}, {1, 10}});
  CHECK(told(boards.board(period::month)) == rows{{5, 50}, {4, 40}, {3, 30}, {2, 20}, {1, 10}});
}

TEST_CASE("when the day turns, what was best on a day that is out of reach gives way to the next best",
          "[day_boards]") {
  day_boards boards{100};
  boards.merge(100, {best(1, 10, 7), best(2, 15)});
  boards.merge(94, {best(1, 90, 2)});
  CHECK(told(boards.board(period::week)) == rows{{1, 90}, {2, 15}});
  boards.turn_to(101);
  CHECK(told(boards.board(period::today)).empty());
  CHECK(told(boards.board(period::week)) == rows{{2, 15}, {1, 10}});
  CHECK(told(boards.board(period::month)) == rows{{1, 90}, {2, 15}});
  boards.turn_to(130);
  CHECK(boards.size() == 0);
}

TEST_CASE("of a day the best ride stays, the earlier one of two equal ones", "[day_boards]") {
  day_boards boards{100};
  boards.merge(100, {best(1, 10, 5)});
  boards.merge(100, {best(1, 12, 6), best(2, 1, 6)});
  boards.merge(100, {best(1, 12, 7), best(2, 1, 4)});
  boards.merge(100, {best(1, 12, 6)});
  CHECK(boards.size() == 2);
  const auto page = boards.board(period::today).page(0, 2);
  CHECK(page[0].record.race == race_id{6});
  CHECK(page[1].record.race == race_id{4});
  boards.turn_to(100);
  CHECK(boards.board(period::today).page(0, 2) == page);
}

TEST_CASE("rides loaded in any order and merged in any order give the same boards", "[day_boards]") {
  rc::check([] {
    std::mt19937_64 random{*any_seed()};
    const auto pick = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    std::vector<std::pair<utc_day, std::vector<day_best>>> races(1 + pick(20));
    std::uint32_t race = 0;
    for (auto& [day, bests] : races) {
      day = 60 + pick(45);
      ++race;
      for (std::uint32_t racer = 1; racer <= 6; ++racer)
        if (pick(2) == 0)
          bests.push_back(best(racer, 1 + pick(5), race));
    }
    day_boards merged{100}, loaded{90};
    for (const auto& [day, bests] : races)
      merged.merge(day, bests);
    std::shuffle(races.begin(), races.end(), random);
    for (const auto& [day, bests] : races)
      loaded.load(day, bests);
    loaded.turn_to(100);
    merged.turn_to(100);
    for (const auto over : {period::today, period::week, period::month}) {
      const auto reach = over == period::today ? 1 : over == period::week ? 7 : 30;
      std::map<std::uint32_t, std::uint32_t> expected;
      for (const auto& [day, bests] : races)
        if (day > 100 - reach && day <= 100)
          for (const auto& each : bests)
            expected[each.racer.value()] = std::max(expected[each.racer.value()], each.record.best.value());
      RC_ASSERT(loaded.board(over).page(0, 100) == merged.board(over).page(0, 100));
      RC_ASSERT(loaded.board(over).size() == expected.size());
      for (const auto& row : loaded.board(over).page(0, 100))
        RC_ASSERT(expected.at(row.racer.value()) == row.record.best.value());
    }
  });
}

} // namespace alleycat

#include "property.hpp"

#include "racing/racer_index.hpp"
#include "racing/ranked_column.hpp"
#include "racing/score_sort.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace alleycat {
namespace {

/// Rows with values, ranked by a column of small blocks and by sorting.
struct ranked {
  using column_type = ranked_column<4>;

  std::vector<score> value;
  std::vector<racer_id> racer;
  column_type column;
  std::vector<column_type::row> sorted;

  ranked_rows rows() const { return {value, racer}; }
  void sort_again() {
    sorted.clear();
    for (std::uint32_t r = 0; r < value.size(); ++r)
      if (value[r].value() != 0)
        sorted.push_back(r);
    std::sort(sorted.begin(), sorted.end(),
              [&](auto a, auto b) { return value[a] != value[b] ? value[a] > value[b] : racer[a] < racer[b]; });
  }
  void check() const {
    RC_ASSERT(column.size() == sorted.size());
    std::vector<column_type::row> told;
    column.each(0, column.size(), [&](auto r) { told.push_back(r); });
    RC_ASSERT(told == sorted);
    for (std::size_t place = 0; place < sorted.size(); ++place) {
      RC_ASSERT(column.at(place) == sorted[place]);
      RC_ASSERT(column.place(value[sorted[place]], racer[sorted[place]], rows()) == place);
    }
  }
};

} // namespace

TEST_CASE("a column of blocks is the sorted list, whatever is moved in it", "[all_time][property]") {
  holds(1000, [] {
    std::mt19937_64 random{*any_seed()};
    const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
    ranked all;
    const auto count = 1 + pick(60);
    const auto values = 1 + pick(pick(2) == 0 ? 3 : 1'000); // often many ties
    for (std::uint32_t r = 0; r < count; ++r) {
      all.racer.emplace_back(r * 7919 % 100'003);
      all.value.emplace_back(pick(2) == 0 ? 0 : 1 + pick(values));
    }
    all.sort_again();
    all.column.assign(all.sorted, all.rows());
    all.check();
    for (int round = 0; round < 20; ++round) {
      for (auto moves = pick(count); moves != 0; --moves) {
        const auto r = pick(count);
        if (all.value[r].value() != 0)
          all.column.erase(r, all.rows());
        all.value[r] = score{pick(4) == 0 ? 0 : 1 + pick(values)};
        if (all.value[r].value() != 0)
          all.column.insert(r, all.rows());
      }
      all.column.settle(all.rows());
      all.sort_again();
      all.check();
      for (std::uint32_t v = 1; v <= values + 1; v += 1 + values / 50) {
        const auto higher = std::count_if(all.value.begin(), all.value.end(), [&](score s) { return s.value() > v; });
        RC_ASSERT(all.column.higher(score{v}, all.rows()) == static_cast<std::size_t>(higher));
      }
    }
  });
}

TEST_CASE("a column that shrinks gives its blocks back", "[all_time]") {
  ranked all;
  for (std::uint32_t r = 0; r < 4'000; ++r) {
    all.racer.emplace_back(r);
    all.value.emplace_back(1 + r);
  }
  all.sort_again();
  all.column.assign(all.sorted, all.rows());
  for (std::uint32_t r = 0; r < 4'000; ++r)
    if (r % 16 != 0) {
      all.column.erase(r, all.rows());
      all.value[r] = score{};
    }
  all.column.settle(all.rows());
  all.sort_again();
  all.check();
  CHECK(all.column.blocks() <= 250);
}

TEST_CASE("sorting by digits is sorting: highest first, the same order among equals, zeros left out",
          "[all_time][property]") {
  holds(300, [] {
    std::mt19937_64 random{*any_seed()};
    const auto count = random() % 3'000;
    const auto top = std::uint64_t{1} << random() % 33;
    std::vector<score> value;
    std::vector<score_sorter::row> rows;
    for (std::uint32_t r = 0; r < count; ++r) {
      value.emplace_back(static_cast<std::uint32_t>(random() % top));
      rows.push_back(r);
    }
    std::shuffle(rows.begin(), rows.end(), random);
    auto expected = rows;
    std::erase_if(expected, [&](auto r) { return value[r].value() == 0; });
    std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) { return value[a] > value[b]; });
    score_sorter sorter;
    for (int again = 0; again < 2; ++again) {
      const auto sorted = sorter.sort(rows, value);
      RC_ASSERT(std::vector(sorted.begin(), sorted.end()) == expected);
    }
  });
}

TEST_CASE("the flat index finds what was put in, and nothing else", "[all_time][property]") {
  holds(200, [] {
    std::mt19937_64 random{*any_seed()};
    racer_index index;
    std::map<racer_id, racer_index::row> expected;
    const auto spread = std::uint64_t{1} << random() % 33;
    for (auto left = random() % 2'000; left != 0; --left) {
      const racer_id racer{static_cast<std::uint32_t>(random() % spread)};
      const auto at = static_cast<racer_index::row>(expected.size());
      RC_ASSERT(index.insert(racer, at) == expected.emplace(racer, at).second);
    }
    RC_ASSERT(index.size() == expected.size());
    for (const auto& [racer, at] : expected)
      RC_ASSERT(index.find(racer) == at);
    for (int i = 0; i < 1'000; ++i) {
      const racer_id racer{static_cast<std::uint32_t>(random())};
      RC_ASSERT(index.find(racer).has_value() == expected.contains(racer));
    }
  });
}

} // namespace alleycat

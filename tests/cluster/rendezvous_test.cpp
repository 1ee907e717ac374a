#include "cluster/rendezvous.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>

using namespace alleycat;

namespace {

entity a_race(std::uint32_t number) {
  return entity::of(race_key{class_id{static_cast<std::uint16_t>(1 + number % 6)}, race_id{number}});
}

std::vector<std::string> members(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i)
    names.push_back("node-" + std::to_string(i));
  return names;
}

} // namespace

TEST_CASE("weights are the same in every version and on every machine") {
  // Computed apart, in Python: FNV-1a of name, zero byte and entity, then fmix64.
  CHECK(weight_of("", entity::of(class_id{1})) == 0xa015a3f7d050a997);
  CHECK(weight_of("north", entity::of(class_id{3})) == 0xb89cd33b11160c72);
  CHECK(weight_of("north", entity::of(race_key{class_id{3}, race_id{5400172}})) == 0xd0679a7cd56f64cc);
  CHECK(weight_of("south", entity::of(race_key{class_id{3}, race_id{5400172}})) == 0x60ccf9a7023592fb);
}

TEST_CASE("the order in which members are named does not matter") {
  auto names = members(5);
  const auto line = in_line_for(a_race(5400172), names);
  REQUIRE(line.size() == 5);
  std::sort(names.begin(), names.end());
  do
    CHECK(in_line_for(a_race(5400172), names) == line);
  while (std::next_permutation(names.begin(), names.end()));
}

TEST_CASE("races spread evenly over members") {
  for (const int count : {2, 3, 5, 10}) {
    const auto names = members(count);
    std::map<std::string, int> first, second;
    const int races = 10'000;
    for (int i = 0; i < races; ++i) {
      const auto line = in_line_for(a_race(static_cast<std::uint32_t>(5'400'000 + i)), names);
      ++first[line[0]];
      ++second[line[1]];
    }
    // Five standard deviations of a fair draw.
    const double expected = static_cast<double>(races) / count;
    const double bound = 5 * std::sqrt(expected * (1 - 1.0 / count));
    for (const auto& name : names) {
      INFO(count << " members, " << name);
      CHECK(std::abs(first[name] - expected) < bound);
      CHECK(std::abs(second[name] - expected) < bound);
    }
  }
}

TEST_CASE("a member that comes takes its share from everybody and moves nothing else") {
  const auto few = members(4);
  const auto more = members(5);
  int moved = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const auto before = in_line_for(a_race(i), few).front();
    const auto after = in_line_for(a_race(i), more).front();
    if (before == after)
      continue;
    CHECK(after == "node-5");
    ++moved;
  }
  CHECK(moved > 1'800);
  CHECK(moved < 2'200);
}

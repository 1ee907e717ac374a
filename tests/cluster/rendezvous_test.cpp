#include "cluster/rendezvous.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>

using namespace alleycat;

namespace {

std::vector<contender> members(int count, fitness tier = fitness::steady) {
  std::vector<contender> all;
  for (int i = 1; i <= count; ++i)
    all.push_back({"node-" + std::to_string(i), tier});
  return all;
}

constexpr class_id cls_of(int number) {
  return class_id{static_cast<std::uint16_t>(number)};
}

} // namespace

TEST_CASE("weights are the same in every version and on every machine") {
  // Computed apart, in Python: FNV-1a of name, zero byte and class id, then fmix64.
  CHECK(weight_of("", class_id{1}) == 0xd6a46123302a7b82);
  CHECK(weight_of("north", class_id{3}) == 0xf43001855d32631a);
  CHECK(weight_of("south", class_id{3}) == 0x1a3edfcfcddbd58e);
  CHECK(weight_of("south", class_id{65535}) == 0xb1404d2f022f5f62);
}

TEST_CASE("the order in which members are named does not matter") {
  auto all = members(5);
  const auto line = in_line_for(cls_of(7), all);
  REQUIRE(line.size() == 5);
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(all.begin(), all.end(), by_name);
  do
    CHECK(in_line_for(cls_of(7), all) == line);
  while (std::next_permutation(all.begin(), all.end(), by_name));
}

TEST_CASE("a higher tier comes before a lower one, whatever the weights") {
  for (int number = 1; number <= 100; ++number) {
    auto all = members(4);
    all[0].tier = fitness::fit;
    all[1].tier = fitness::ready;
    const auto line = in_line_for(cls_of(number), all);
    CHECK(line[0].tier == fitness::steady);
    CHECK(line[1].tier == fitness::steady);
    CHECK(line[2].tier == fitness::ready);
    CHECK(line[3].tier == fitness::fit);
  }
}

TEST_CASE("classes spread evenly over members") {
  for (const int count : {2, 3, 5, 10}) {
    const auto all = members(count);
    std::map<std::string, int> first, second;
    const int classes = 10'000;
    for (int number = 1; number <= classes; ++number) {
      const auto line = in_line_for(cls_of(number), all);
      ++first[line[0].name];
      ++second[line[1].name];
    }
    // Five standard deviations of a fair draw.
    const double expected = static_cast<double>(classes) / count;
    const double bound = 5 * std::sqrt(expected * (1 - 1.0 / count));
    for (const auto& each : all) {
      INFO(count << " members, " << each.name);
      CHECK(std::abs(first[each.name] - expected) < bound);
      CHECK(std::abs(second[each.name] - expected) < bound);
    }
  }
}

TEST_CASE("a member that comes takes its share from everybody and moves nothing else") {
  int moved = 0;
  for (int number = 1; number <= 10'000; ++number) {
    const auto before = in_line_for(cls_of(number), members(4)).front();
    const auto after = in_line_for(cls_of(number), members(5)).front();
    if (before == after)
      continue;
    CHECK(after.name == "node-5");
    ++moved;
  }
  CHECK(moved > 1'800);
  CHECK(moved < 2'200);
}

#include "simulator/names.hpp"
#include "simulator/rider_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

using namespace alleycat;
using namespace alleycat::sim;

namespace {

own_second at(std::uint32_t s) {
  return own_second{static_cast<std::uint16_t>(s)};
}

double mean_output(const rider_model& model, std::uint32_t from, std::uint32_t to) {
  double sum = 0;
  for (auto s = from; s <= to; ++s) {
    sum += output_of(model.at(at(s))).value() / 10'000.0;
  }
  return sum / (to - from + 1);
}

} // namespace

TEST_CASE("every value is within what a bike can measure, in every class, as far as a ride can last") {
  for (const auto cls : std::initializer_list<std::uint16_t>{1, 6, 65535}) {
    for (std::uint32_t racer = 0; racer < 200; ++racer) {
      const rider_model model{1, class_id{cls}, racer_id{racer}};
      for (std::uint32_t s = 1; s <= 900; ++s) {
        const auto m = model.at(at(s));
        REQUIRE(m.cadence <= max_cadence);
        REQUIRE(m.resistance <= max_resistance);
      }
    }
  }
}

TEST_CASE("a value depends on seed, class, racer and second, and on nothing else") {
  const rider_model one{7, class_id{2}, racer_id{40}};
  const rider_model same{7, class_id{2}, racer_id{40}};
  for (std::uint32_t s = 300; s >= 1; --s) {
    CHECK(one.at(at(301 - s)) == same.at(at(301 - s)));
    CHECK(one.at(at(s)) == same.at(at(s)));
  }
  const auto differs = [&](const rider_model& other) {
    for (std::uint32_t s = 1; s <= 300; ++s) {
      if (one.at(at(s)) != other.at(at(s))) {
        return true;
      }
    }
    return false;
  };
  CHECK(differs({8, class_id{2}, racer_id{40}}));
  CHECK(differs({7, class_id{3}, racer_id{40}}));
  CHECK(differs({7, class_id{2}, racer_id{41}}));
}

TEST_CASE("riders warm up, tire, and differ in strength") {
  double first = 0;
  double early = 0;
  double late = 0;
  double weakest = 1e9;
  double strongest = 0;
  for (std::uint32_t racer = 0; racer < 300; ++racer) {
    const rider_model model{1, class_id{1}, racer_id{racer}};
    first += mean_output(model, 1, 5);
    early += mean_output(model, 40, 100);
    late += mean_output(model, 210, 275);
    const auto whole = mean_output(model, 1, 300);
    weakest = std::min(weakest, whole);
    strongest = std::max(strongest, whole);
  }
  CHECK(first < early * 0.95);
  CHECK(late < early * 0.99);
  CHECK(strongest > weakest * 1.2);
}

TEST_CASE("nobody pedals in a straight line, and from one second to the next nobody jumps far") {
  for (std::uint32_t racer = 0; racer < 100; ++racer) {
    const rider_model model{1, class_id{1}, racer_id{racer}};
    std::set<std::uint16_t> values;
    int jumps = 0;
    for (std::uint32_t s = 1; s < 300; ++s) {
      const auto a = model.at(at(s)).cadence;
      const auto b = model.at(at(s + 1)).cadence;
      values.insert(a);
      jumps += a != 0 && b != 0 && std::abs(a - b) > 150 ? 1 : 0;
    }
    CHECK(values.size() > 50);
    CHECK(jumps == 0);
  }
}

TEST_CASE("names are valid, always the same for an id, and many") {
  std::set<std::string> names;
  for (std::uint32_t racer = 0; racer < 5000; ++racer) {
    const auto name = rider_name(racer_id{racer});
    CAPTURE(name);
    REQUIRE(valid_name(name));
    REQUIRE(name == rider_name(racer_id{racer}));
    names.insert(name);
  }
  CHECK(names.size() > 2000);
  CHECK(std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  }));
}

#include "simulator/histogram.hpp"

#include <catch2/catch.hpp>

using alleycat::sim::histogram;
using namespace std::chrono_literals;

TEST_CASE("an empty histogram answers 0") {
  const histogram h;
  CHECK(h.count() == 0);
  CHECK(h.percentile(0.5) == 0us);
  CHECK(h.max() == 0us);
}

TEST_CASE("percentiles are at most a thirty-second part above the exact value") {
  histogram h;
  for (int us = 1; us <= 100'000; ++us) {
    h.add(std::chrono::microseconds{us});
  }
  for (const auto part : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const auto exact = part * 100'000;
    const auto told = static_cast<double>(h.percentile(part).count());
    CHECK(told >= exact);
    CHECK(told <= exact * (1 + 1.0 / 32));
  }
  CHECK(h.max() == 100ms);
}

TEST_CASE("short and very long durations have their place too") {
  histogram h;
  h.add(-5us);
  CHECK(h.percentile(1) == 0us);
  h.add(31us);
  CHECK(h.percentile(1) == 31us);
  h.add(24h * 365);
  CHECK(h.percentile(1) == 24h * 365);
  CHECK(h.count() == 3);
}

#include "simulator/progress.hpp"

#include <catch2/catch.hpp>

using namespace alleycat::sim;

namespace {

summary half_way() {
  summary s;
  s.riders = 200;
  s.sent = 2600;
  s.acknowledged = 2590;
  s.pending = 10;
  s.refused["bad_second"] = 3;
  return s;
}

} // namespace

TEST_CASE("the progress line shows how far the riders are") {
  const auto line = progress_line(half_way(), 5, 10, true, 200);
  CHECK(line ==
        "[###############---------------] 200 riders  second 5/10  sent 2600  acked 2590  pending 10  bad_second 3");
}

TEST_CASE("the progress line never exceeds the terminal") {
  for (std::size_t width = 10; width < 150; ++width) {
    CHECK(progress_line(half_way(), 5, 10, false, width).size() <= width);
  }
}

TEST_CASE("a lost connection shows") {
  CHECK(progress_line(half_way(), 5, 10, false, 200).find("NOT CONNECTED") != std::string::npos);
}

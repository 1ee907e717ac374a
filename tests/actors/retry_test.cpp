#include "actors/retry.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alleycat;
using namespace std::chrono_literals;

TEST_CASE("a failed step is run again when its pause is over; pauses double up to the longest") {
  retry again{100ms, 350ms};
  auto now = at_ms(1'000);
  std::vector<std::int64_t> runs;
  const std::function<void()> step = [&] {
    runs.push_back(ms_of(now));
    again.failed(now, step);
  };
  again.failed(now, step);
  for (; now <= at_ms(2'500); now += 10ms)
    again.run_if_due(now);
  CHECK(runs == std::vector<std::int64_t>{1'100, 1'300, 1'650, 2'000, 2'350});
  CHECK(again.failures() == 6);
}

TEST_CASE("after a success nothing waits, and the next failure counts as the first") {
  retry again{100ms, 1s};
  int runs = 0;
  again.failed(at_ms(0), [&] { ++runs; });
  again.failed(at_ms(0), [&] { ++runs; });
  again.succeeded();
  CHECK_FALSE(again.waiting());
  again.run_if_due(at_ms(10'000));
  CHECK(runs == 0);
  again.failed(at_ms(10'000), [&] { ++runs; });
  CHECK(again.failures() == 1);
  again.run_if_due(at_ms(10'099));
  CHECK(runs == 0);
  again.run_if_due(at_ms(10'100));
  CHECK(runs == 1);
}

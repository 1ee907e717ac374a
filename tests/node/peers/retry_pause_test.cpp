#include "node/peers/retry_pause.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("pauses double up to the longest, and begin anew after a success", "[retry_pause]") {
  alleycat::retry_pause pause{100ms, 2'000ms};
  for (const auto wanted : {100ms, 200ms, 400ms, 800ms, 1'600ms, 2'000ms, 2'000ms})
    CHECK(pause.next(0.5) == wanted);
  pause.reset();
  CHECK(pause.next(0.5) == 100ms);
}

TEST_CASE("chance makes a pause up to half as long again or as short", "[retry_pause]") {
  alleycat::retry_pause pause{100ms, 100ms};
  CHECK(pause.next(0) == 50ms);
  CHECK(pause.next(1) == 150ms);
}

#include "node/membership/clock_gauge.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace std::chrono_literals;

namespace {

/// A heartbeat sent at 1,000,000 by our wall clock.
constexpr unix_ms sent_at = at_ms(1'000'000);

milliseconds ahead(unix_ms stored_at, unix_ms back_at, milliseconds took) {
  clock_gauge gauge;
  const steady_time start{50ms};
  gauge.sent(1, sent_at, start);
  gauge.came_back(1, stored_at, back_at, start + took);
  return gauge.ahead();
}

} // namespace

TEST_CASE("clocks that may agree are not accused") {
  CHECK(ahead(sent_at + 5ms, sent_at + 10ms, 10ms) == 0ms);
  // A slow way: the server's time is anywhere within it.
  CHECK(ahead(sent_at, sent_at + 4'000ms, 4'000ms) == 0ms);
  CHECK(ahead(sent_at + 4'000ms, sent_at + 4'000ms, 4'000ms) == 0ms);
}

TEST_CASE("what the server's time lies outside of our own by is certain") {
  CHECK(ahead(sent_at - 2'500ms, sent_at + 10ms, 10ms) == 2'500ms);
  CHECK(ahead(sent_at + 3'010ms, sent_at + 10ms, 10ms) == -3'000ms);
}

TEST_CASE(
    "a heartbeat says nothing when the clock was set meanwhile, when its time is unknown, or when it is not ours") {
  CHECK(ahead(sent_at - 2'500ms, sent_at - 3'600'000ms, 10ms) == 0ms);
  CHECK(ahead(unix_ms{}, sent_at + 10ms, 10ms) == 0ms);
  clock_gauge gauge;
  gauge.came_back(1, sent_at, sent_at + 9'000ms, steady_time{});
  CHECK(gauge.ahead() == 0ms);
}

TEST_CASE("the latest heartbeat that says something counts") {
  clock_gauge gauge;
  const steady_time start{50ms};
  gauge.sent(1, sent_at, start);
  gauge.sent(2, sent_at + 1'000ms, start + 1'000ms);
  gauge.came_back(1, sent_at - 5'000ms, sent_at + 10ms, start + 10ms);
  CHECK(gauge.ahead() == 5'000ms);
  gauge.came_back(2, sent_at + 1'000ms, sent_at + 1'010ms, start + 1'010ms);
  CHECK(gauge.ahead() == 0ms);
  // It came before: told once more, or late, it has no effect.
  gauge.came_back(1, sent_at - 5'000ms, sent_at + 1'020ms, start + 1'020ms);
  CHECK(gauge.ahead() == 0ms);
}

#include "node/membership/clock_gauge.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

/// A heartbeat sent at 1,000,000 by our wall clock.
constexpr unix_ms sent_at = 1'000'000;

std::int32_t ahead(unix_ms stored_at, unix_ms back_at, milliseconds took) {
  clock_gauge gauge;
  const steady_time start{milliseconds{50}};
  gauge.sent(1, sent_at, start);
  gauge.came_back(1, stored_at, back_at, start + took);
  return gauge.ahead_ms();
}

} // namespace

TEST_CASE("clocks that may agree are not accused") {
  CHECK(ahead(sent_at + 5, sent_at + 10, milliseconds{10}) == 0);
  // A slow way: the server's time is anywhere within it.
  CHECK(ahead(sent_at, sent_at + 4'000, milliseconds{4'000}) == 0);
  CHECK(ahead(sent_at + 4'000, sent_at + 4'000, milliseconds{4'000}) == 0);
}

TEST_CASE("what the server's time lies outside of our own by is certain") {
  CHECK(ahead(sent_at - 2'500, sent_at + 10, milliseconds{10}) == 2'500);
  CHECK(ahead(sent_at + 3'010, sent_at + 10, milliseconds{10}) == -3'000);
}

TEST_CASE(
    "a heartbeat says nothing when the clock was set meanwhile, when its time is unknown, or when it is not ours") {
  CHECK(ahead(sent_at - 2'500, sent_at - 3'600'000, milliseconds{10}) == 0);
  CHECK(ahead(0, sent_at + 10, milliseconds{10}) == 0);
  clock_gauge gauge;
  gauge.came_back(1, sent_at, sent_at + 9'000, steady_time{});
  CHECK(gauge.ahead_ms() == 0);
}

TEST_CASE("the latest heartbeat that says something counts") {
  clock_gauge gauge;
  const steady_time start{milliseconds{50}};
  gauge.sent(1, sent_at, start);
  gauge.sent(2, sent_at + 1'000, start + milliseconds{1'000});
  gauge.came_back(1, sent_at - 5'000, sent_at + 10, start + milliseconds{10});
  CHECK(gauge.ahead_ms() == 5'000);
  gauge.came_back(2, sent_at + 1'000, sent_at + 1'010, start + milliseconds{1'010});
  CHECK(gauge.ahead_ms() == 0);
  // It came before: told once more, or late, it has no effect.
  gauge.came_back(1, sent_at - 5'000, sent_at + 1'020, start + milliseconds{1'020});
  CHECK(gauge.ahead_ms() == 0);
}

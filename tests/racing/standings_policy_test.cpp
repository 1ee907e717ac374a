#include "racing/standings_policy.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alleycat {
namespace {

/// Rides that report, and when standings went out. Looked at after each report and each `step` ms, as a race does.
struct field {
  static constexpr unix_ms step = 100;

  explicit field(unix_ms min_interval_ms = 0) : policy{min_interval_ms} {}

  void report(row_index row, unix_ms now) {
    pass(now);
    policy.reported(row, now);
    look(now);
  }
  void pass(unix_ms now) {
    for (; next_look <= now; next_look += step)
      look(next_look);
  }
  void look(unix_ms now) {
    if (!policy.due(now))
      return;
    published.push_back(now);
    policy.published(now);
  }

  standings_policy policy;
  unix_ms next_look = 0;
  std::vector<unix_ms> published;
};

} // namespace

TEST_CASE("riders in phase get one table a second, at the last of them", "[rhythm]") {
  for (const unix_ms min_interval : {0, 900}) {
    field all{min_interval};
    for (unix_ms second = 1; second <= 9; ++second)
      for (row_index row = 0; row < 40; ++row)
        all.report(row, second * 1'000 + row);
    all.pass(9'900);
    // The first rider alone: nobody knows of the others. From then on it finds into step.
    CHECK(all.published.front() == 1'000);
    const std::vector<unix_ms> last(all.published.end() - 4, all.published.end());
    CHECK(last == std::vector<unix_ms>{6'039, 7'039, 8'039, 9'039});
    CHECK(all.published.size() <= 10);
  }
}

TEST_CASE("a field of one, or of a few far apart, waits for nobody", "[rhythm]") {
  field one;
  for (unix_ms second = 1; second <= 4; ++second)
    one.report(0, second * 1'000);
  CHECK(one.published == std::vector<unix_ms>{1'000, 2'000, 3'000, 4'000});
  field three;
  for (unix_ms second = 1; second <= 4; ++second)
    for (row_index row = 0; row < 3; ++row)
      three.report(row, second * 1'000 + row * 300);
  CHECK(three.published == std::vector<unix_ms>{1'000, 2'000, 3'000, 4'000});
}

TEST_CASE("a table that is due by time does not cut a burst in two", "[rhythm]") {
  field all;
  for (row_index row = 0; row < 40; ++row)
    all.report(row, 1'000);
  all.pass(2'400);
  const auto before = all.published;
  CHECK(before.back() == 2'100);
  for (row_index row = 0; row < 39; ++row) // one is missing
    all.report(row, 3'110 + row);
  CHECK(all.published == before);
  all.pass(3'900);
  REQUIRE(all.published.size() == before.size() + 1);
  CHECK(all.published.back() == 3'300); // 100 ms of silence, seen at the next look
}

TEST_CASE("riders spread over the second are not waited for for ever", "[rhythm]") {
  field all;
  for (unix_ms now = 1'000; now < 9'000; now += 10) // 100 riders, of whom number 50 stops
    if (const auto row = static_cast<row_index>(now / 10 % 100); row != 50 || now < 4'000)
      all.report(row, now);
  for (std::size_t i = 1; i < all.published.size(); ++i)
    CHECK(all.published[i] - all.published[i - 1] <= 1'000 + standings_policy::patience_ms);
  CHECK(all.published.back() >= 8'000);
}

TEST_CASE("not more often than the minimum interval, and not when nothing changed", "[rhythm]") {
  field all{900};
  all.report(0, 1'000);
  all.report(0, 1'300);
  all.report(0, 1'600);
  CHECK(all.published == std::vector<unix_ms>{1'000});
  all.pass(5'000);
  CHECK(all.published == std::vector<unix_ms>{1'000, 1'900});
  all.policy.changed();
  all.pass(6'000);
  CHECK(all.published.size() == 3);
}

} // namespace alleycat

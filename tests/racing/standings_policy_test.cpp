#include "racing/standings_policy.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alleycat {
namespace {

/// Rides that report their next second, and when standings went out. Looked at after each report and when they fall due, as a
/// race does. Moments in milliseconds.
struct field {
  explicit field(std::int64_t min_interval_ms = 0)
      : policy{milliseconds{min_interval_ms}, [this](row_index row) { return own_second{seconds.at(row)}; }} {}

  void report(row_index row, std::int64_t now, std::uint16_t seconds_on = 1) {
    pass(now - 1);
    if (row >= seconds.size())
      seconds.resize(row + 1U);
    seconds[row] = static_cast<std::uint16_t>(seconds[row] + seconds_on);
    policy.reported(row, at_ms(now));
    look(now);
  }
  void pass(std::int64_t now) {
    for (auto due = policy.due_at(); due && *due <= at_ms(now); due = policy.due_at())
      publish(ms_of(*due));
  }
  void look(std::int64_t now) {
    if (const auto due = policy.due_at(); due && *due <= at_ms(now))
      publish(now);
  }
  void publish(std::int64_t now) {
    published.push_back(now);
    policy.published(at_ms(now));
  }

  std::vector<std::uint16_t> seconds; ///< [row]
  standings_policy policy;
  std::vector<std::int64_t> published;
};

} // namespace

TEST_CASE("riders in phase get one table a second, at the last of them", "[rhythm]") {
  for (const std::int64_t min_interval : {0, 900}) {
    field all{min_interval};
    for (std::int64_t second = 1; second <= 14; ++second)
      for (row_index row = 0; row < 40; ++row)
        all.report(row, second * 1'000 + row);
    // The first rider alone: nobody knows of the others. From then on it finds into step, the more slowly the longer the
    // minimum interval is.
    CHECK(all.published.front() == 1'000);
    const std::vector<std::int64_t> last(all.published.end() - 4, all.published.end());
    CHECK(last == std::vector<std::int64_t>{11'039, 12'039, 13'039, 14'039});
    CHECK(all.published.size() <= 16);
  }
}

TEST_CASE("a field of one, or of a few far apart, waits for nobody", "[rhythm]") {
  field one;
  for (std::int64_t second = 1; second <= 4; ++second)
    one.report(0, second * 1'000);
  CHECK(one.published == std::vector<std::int64_t>{1'000, 2'000, 3'000, 4'000});
  field three;
  for (std::int64_t second = 1; second <= 4; ++second)
    for (row_index row = 0; row < 3; ++row)
      three.report(row, second * 1'000 + row * 300);
  // At first nobody knows of the others; then a table comes when the last of them has reached the second.
  CHECK(three.published == std::vector<std::int64_t>{1'000, 2'000, 2'600, 3'600, 4'600});
}

TEST_CASE("riders spread over the second get its table when the last of them has reached it", "[rhythm]") {
  for (const std::int64_t min_interval : {0, 900}) {
    field all{min_interval};
    for (std::int64_t second = 1; second <= 20; ++second)
      for (row_index row = 0; row < 100; ++row) {
        if (second == 9 && row == 30)
          all.publish(second * 1'000 + 305); // out of step, for whatever reason
        all.report(row, second * 1'000 + row * 10);
      }
    const std::vector<std::int64_t> last(all.published.end() - 4, all.published.end());
    CHECK(last == std::vector<std::int64_t>{17'990, 18'990, 19'990, 20'990});
    CHECK(all.published.size() <= 24);
  }
}

TEST_CASE("who sends many seconds at once, or fills old ones in, holds up nobody for long", "[rhythm]") {
  field all;
  for (std::int64_t second = 1; second <= 10; ++second)
    for (row_index row = 0; row < 3; ++row)
      all.report(row, second * 1'000 + row, row == 2 && second == 4 ? 5 : 1);
  CHECK(std::vector<std::int64_t>(all.published.end() - 3, all.published.end()) ==
        std::vector<std::int64_t>{8'001, 9'001, 10'001}); // the slowest two are through
  for (std::int64_t now = 11'000; now <= 14'000; now += 1'000)
    all.report(0, now, 0);
  all.pass(15'000);
  CHECK(std::vector<std::int64_t>(all.published.end() - 3, all.published.end()) ==
        std::vector<std::int64_t>{12'201, 13'301, 14'401});
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
  CHECK(all.published.back() == 3'248); // after 100 ms of silence
}

TEST_CASE("riders spread over the second are not waited for for ever", "[rhythm]") {
  field all;
  for (std::int64_t now = 1'000; now < 9'000; now += 10) // 100 riders, of whom number 50 stops
    if (const auto row = static_cast<row_index>(now / 10 % 100); row != 50 || now < 4'000)
      all.report(row, now);
  for (std::size_t i = 1; i < all.published.size(); ++i)
    CHECK(all.published[i] - all.published[i - 1] <= 1'000 + standings_policy::patience.count());
  CHECK(all.published.back() >= 8'000);
}

TEST_CASE("not more often than the minimum interval, and not when nothing changed", "[rhythm]") {
  field all{900};
  all.report(0, 1'000);
  all.report(0, 1'300);
  all.report(0, 1'600);
  CHECK(all.published == std::vector<std::int64_t>{1'000});
  all.pass(5'000);
  CHECK(all.published == std::vector<std::int64_t>{1'000, 1'900});
  all.policy.changed();
  all.pass(6'000);
  CHECK(all.published.size() == 3);
}

} // namespace alleycat

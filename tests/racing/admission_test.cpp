#include "a_race.hpp"

#include "racing/admission.hpp"

namespace alleycat {
namespace {

constexpr unix_ms start = at_ms(1'620'051'600'000); // of race 5400172
constexpr unix_ms deadline = start + 630'000ms;

update an_update(std::uint16_t second) {
  return {.cls = old_town,
          .race = race_5400172,
          .racer = racer_id{8},
          .second = own_second{second},
          .device_timestamp = start + std::chrono::seconds{second},
          .measured = worth(500),
          .name = {}};
}

} // namespace

TEST_CASE("ingest judges an update by its class, its second and its own clock", "[admission]") {
  struct row {
    std::uint16_t second;
    unix_ms now;
    refusal expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {13, start + 13'000ms, refusal::none, "ridden and sent at once"},
      {13, start + 8'000ms, refusal::none, "the bike's clock is exactly 5 s ahead"},
      {13, start + 7'999ms, refusal::too_early, "one millisecond more than 5 s ahead"},
      {1, start - 4'000ms, refusal::none, "second 1 at the earliest moment"},
      {1, start - 4'001ms, refusal::too_early, "and one before"},
      {300, start + 295'000ms, refusal::none, "second 300 at the earliest moment"},
      {300, start + 294'999ms, refusal::too_early, "and one before"},
      {300, start, refusal::too_early, "second 300 when the race has just begun"},
      {1, deadline - 5'000ms, refusal::none, "an old second, at the last moment"},
      {1, deadline - 4'999ms, refusal::too_late, "one after"},
      {300, deadline - 5'000ms, refusal::none, "the last second, at the last moment"},
      {300, deadline - 4'999ms, refusal::too_late, "one after"},
      {300, deadline + 86'400'000ms, refusal::too_late, "a day later"},
      {0, start + 13'000ms, refusal::bad_second, "seconds count from 1"},
      {301, start + 301'000ms, refusal::bad_second, "one beyond the ride"},
      {65'535, start + 13'000ms, refusal::bad_second, "far beyond"},
      {301, deadline + 1ms, refusal::bad_second, "what is wrong for ever is told before what is too late"},
  }));
  CAPTURE(r.second, (r.now - start).count(), r.why);
  CHECK(judge(an_update(r.second), rules_for(300), r.now) == r.expected);
}

TEST_CASE("a class that is not run here is refused whatever the rest says", "[admission]") {
  auto u = an_update(13);
  const auto cls = GENERATE(values<std::uint16_t>({0, 7, 65'535}));
  u.cls = class_id{cls};
  CHECK(judge(u, rules_for(300), start + 13'000ms) == refusal::unknown_class);
  u.second = own_second{301};
  CHECK(judge(u, rules_for(300), start + 13'000ms) == refusal::unknown_class);
}

TEST_CASE("a race that cannot be one of now is refused for good, the next one only for now", "[admission]") {
  auto u = an_update(1);
  const auto now = start + 10'000ms;
  SECTION("the next window: its bike runs ahead") {
    u.race = race_id{5'400'173};
    CHECK(judge(u, rules_for(300), now) == refusal::too_early);
  }
  SECTION("the next window, just before it begins") {
    u.race = race_id{5'400'173};
    CHECK(judge(u, rules_for(300), start + 296'000ms) == refusal::none);
    CHECK(judge(u, rules_for(300), start + 295'999ms) == refusal::too_early);
  }
  SECTION("the window after it") {
    u.race = race_id{5'400'174};
    CHECK(judge(u, rules_for(300), now) == refusal::bad_race);
  }
  SECTION("the last race there can be") {
    u.race = race_id{0xffff'ffff};
    CHECK(judge(u, rules_for(300), now) == refusal::bad_race);
  }
  SECTION("the first race there was") {
    u.race = race_id{0};
    CHECK(judge(u, rules_for(300), now) == refusal::too_late);
  }
  SECTION("the one before is still running") {
    u.race = race_id{5'400'171};
    CHECK(judge(u, rules_for(300), now) == refusal::none);
  }
}

TEST_CASE("a window shorter than the clock tolerance still lets a bike run 5 s ahead", "[admission]") {
  auto rules = rules_for(10);
  rules.race.window_seconds = 2;
  auto u = an_update(1);
  u.race = race_id{100}; // starts at 200 s
  CHECK(judge(u, rules, at_ms(196'000)) == refusal::none);
  CHECK(worth_a_retry(judge(u, rules, at_ms(195'999))));
}

TEST_CASE("with admit any no clock is asked, class and second still are", "[admission]") {
  auto rules = rules_for(300);
  rules.race.admit = admission::any;
  for (const auto now : {unix_ms{}, start, deadline + 1ms, deadline + 86'400'000ms}) {
    CAPTURE(ms_of(now));
    CHECK(judge(an_update(300), rules, now) == refusal::none);
    CHECK(judge(an_update(301), rules, now) == refusal::bad_second);
  }
  auto u = an_update(1);
  u.race = race_id{0xffff'ffff};
  CHECK(judge(u, rules, start) == refusal::none);
  u.cls = class_id{7};
  CHECK(judge(u, rules, start) == refusal::unknown_class);
}

TEST_CASE("the binding check is 2 s wider at the early edge, and uses the whole time up to the deadline",
          "[admission]") {
  struct row {
    std::uint16_t second;
    unix_ms stored;
    bool expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {13, start + 6'000ms, true, "7 s ahead"},
      {13, start + 5'999ms, false, "more than 7 s ahead"},
      {1, start - 6'000ms, true, "the earliest moment of all"},
      {1, start - 6'001ms, false, "before it"},
      {300, start + 293'000ms, true, "the last second, as early as it gets"},
      {300, start + 292'999ms, false, "earlier than that"},
      {300, deadline - 5'000ms, true, "when ingest stops"},
      {300, deadline, true, "at the deadline"},
      {1, deadline, true, "an old second, at the deadline"},
      {300, deadline + 1ms, false, "behind it"},
      {1, deadline + 1ms, false, "behind it"},
  }));
  CAPTURE(r.second, (r.stored - start).count(), r.why);
  CHECK(in_time(race_rules{}, race_5400172, own_second{r.second}, r.stored) == r.expected);
}

TEST_CASE("each verdict is explained with the update's own numbers", "[admission]") {
  const auto rules = rules_for(300);
  auto u = an_update(301);
  u.cls = class_id{9};
  CHECK(explain(refusal::bad_second, u, rules) == "second 301 is outside 1..300");
  CHECK(explain(refusal::unknown_class, u, rules) == "there is no class 9");
  CHECK(explain(refusal::bad_race, u, rules) == "race 5400172 is not one of now");
  CHECK(explain(refusal::too_early, u, rules) == "second 301 of race 5400172 cannot have been ridden yet");
  CHECK(explain(refusal::too_late, u, rules) == "race 5400172 takes no more updates");
  for (std::size_t i = 1; i < refusal_count; ++i)
    CHECK_FALSE(explain(static_cast<refusal>(i), u, rules).empty());
}

TEST_CASE("whatever ingest admits, the journal still has time to accept", "[admission]") {
  const auto rules = rules_for(300);
  for (std::uint16_t second = 1; second <= 300; second = static_cast<std::uint16_t>(second + 13))
    for (unix_ms now = start - 10'000ms; now <= deadline + 10'000ms; now += 997ms)
      if (judge(an_update(second), rules, now) == refusal::none) {
        CAPTURE(second, (now - start).count());
        CHECK(in_time(rules.race, race_5400172, own_second{second}, now));
        CHECK(in_time(rules.race, race_5400172, own_second{second}, now + ingest_margin));
      }
}

} // namespace alleycat

#include "a_race.hpp"

#include "racing/rules.hpp"

namespace alleycat {

TEST_CASE("a race is named by the window its ride starts in", "[rules]") {
  const race_rules rules;
  struct row {
    std::int64_t start;
    std::uint32_t race;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {0, 0, "the first window"},
      {299'999, 0, "its last millisecond"},
      {300'000, 1, "the next window begins"},
      {1'620'051'628'707 - 13'000, 5'400'172, "the example of the design: second 13 at ...707"},
      {1'620'051'600'000, 5'400'172, "first millisecond of that window"},
      {1'620'051'599'999, 5'400'171, "one before it"},
      {1'620'051'899'999, 5'400'172, "its last one"},
      {1'620'051'900'000, 5'400'173, "one after it"},
  }));
  CAPTURE(r.start, r.why);
  CHECK(rules.race_at(at_ms(r.start)) == race_id{r.race});
}

TEST_CASE("the second of the message is what takes it back to its window", "[rules]") {
  // The message itself may stand in the next window already: second 300 of a ride that began at the last moment.
  const race_rules rules;
  const auto last_moment = at_ms(1'620'051'899'999);
  CHECK(rules.race_at(anchor_of(last_moment + 300s, own_second{300})) == race_id{5'400'172});
  CHECK(rules.race_at(anchor_of(at_ms(1'620'051'628'707), own_second{13})) == race_id{5'400'172});
}

TEST_CASE("start, window end and deadline follow from the rules", "[rules]") {
  struct row {
    race_rules rules;
    std::uint32_t race;
    std::int64_t start, window_end, deadline;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {{}, 5'400'172, 1'620'051'600'000, 1'620'051'900'000, 1'620'052'230'000, "300 + 300 + 30 s"},
      {{.window_seconds = 10, .ride_seconds = 10, .grace_seconds = 2}, 7, 70'000, 80'000, 92'000, "a short race"},
      {{.window_seconds = 60, .ride_seconds = 900, .grace_seconds = 0}, 1, 60'000, 120'000, 1'020'000, "no grace"},
      {{.window_seconds = 300},
       0xffff'ffff,
       1'288'490'188'500'000,
       1'288'490'188'800'000,
       1'288'490'189'130'000,
       "the last race id does not wrap"},
  }));
  CAPTURE(r.why);
  CHECK(ms_of(r.rules.start_of(race_id{r.race})) == r.start);
  CHECK(ms_of(r.rules.window_end_of(race_id{r.race})) == r.window_end);
  CHECK(ms_of(r.rules.deadline_of(race_id{r.race})) == r.deadline);
  CHECK(r.rules.race_at(at_ms(r.start)) == race_id{r.race});
}

TEST_CASE("a finisher needs min_percent of the seconds, rounded up", "[rules]") {
  struct row {
    std::uint32_t ride_seconds, percent, needed;
  };
  const auto r = GENERATE(values<row>({{300, 90, 270},
                                       {10, 90, 9},
                                       {11, 90, 10},
                                       {1, 90, 1},
                                       {1, 1, 1},
                                       {300, 100, 300},
                                       {300, 1, 3},
                                       {7, 50, 4},
                                       {900, 99, 891}}));
  CAPTURE(r.ride_seconds, r.percent);
  const race_rules rules{.ride_seconds = r.ride_seconds, .min_percent = r.percent};
  CHECK(rules.min_seconds() == r.needed);
  CHECK(rules.last_second() == own_second{static_cast<std::uint16_t>(r.ride_seconds)});
}

TEST_CASE("six classes are shipped, of rising difficulty, scored by total", "[rules]") {
  const auto classes = shipped_classes();
  const std::vector<std::string> names{"Harbour Flat", "River Rollers",  "Old Town Twist",
                                       "Quarry Ramp",  "Ridge Traverse", "Summit Hairpins"};
  REQUIRE(classes.size() == names.size());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    CHECK(classes[i].id == class_id{static_cast<std::uint16_t>(i + 1)});
    CHECK(classes[i].name == names[i]);
    CHECK(classes[i].score == scoring::total);
    if (i > 0)
      CHECK(classes[i].difficulty > classes[i - 1].difficulty);
  }
}

TEST_CASE("the defaults are those of the design", "[rules]") {
  const race_rules rules;
  CHECK(rules.window_seconds == 300);
  CHECK(rules.ride_seconds == 300);
  CHECK(rules.grace_seconds == 30);
  CHECK(rules.capacity == 1000);
  CHECK(rules.min_percent == 90);
  CHECK(rules.admit == admission::live);
  CHECK(rules.idle_close_seconds == 5);
  CHECK(rules.views == view_policy::all);
}

TEST_CASE("a class is found by its id, an unknown one is not", "[rules]") {
  const auto rules = rules_for(300);
  REQUIRE(rules.find(class_id{3}) != nullptr);
  CHECK(rules.find(class_id{3})->name == "Old Town Twist");
  CHECK(rules.find(class_id{7}) == nullptr);
  CHECK(rules.find(class_id{0}) == nullptr);
}

TEST_CASE("rules within their bounds have no fault", "[rules]") {
  auto rules = rules_for(300);
  CHECK_FALSE(first_fault(rules).has_value());

  SECTION("at the lower bounds") {
    rules.race = {.window_seconds = 1, .ride_seconds = 1, .grace_seconds = 0, .capacity = 1, .min_percent = 1};
    CHECK_FALSE(first_fault(rules).has_value());
  }
  SECTION("at the upper bounds") {
    rules.race = {
        .window_seconds = 86'400, .ride_seconds = 900, .grace_seconds = 3600, .capacity = 65'535, .min_percent = 100};
    CHECK_FALSE(first_fault(rules).has_value());
  }
  SECTION("with one class of the highest id") {
    rules.classes = {{.id = class_id{65'535}, .name = "Last", .difficulty = 1, .score = scoring::output}};
    CHECK_FALSE(first_fault(rules).has_value());
  }
}

TEST_CASE("the first fault names the field", "[rules]") {
  struct row {
    void (*spoil)(rule_set&);
    const char* named;
  };
  const auto r = GENERATE(values<row>({
      {[](rule_set& x) { x.race.window_seconds = 0; }, "window_seconds"},
      {[](rule_set& x) { x.race.window_seconds = 86'401; }, "window_seconds"},
      {[](rule_set& x) { x.race.ride_seconds = 0; }, "ride_seconds"},
      {[](rule_set& x) { x.race.ride_seconds = 901; }, "ride_seconds"},
      {[](rule_set& x) { x.race.grace_seconds = 3601; }, "grace_seconds"},
      {[](rule_set& x) { x.race.capacity = 0; }, "capacity"},
      {[](rule_set& x) { x.race.capacity = 65'536; }, "capacity"},
      {[](rule_set& x) { x.race.min_percent = 0; }, "min_percent"},
      {[](rule_set& x) { x.race.min_percent = 101; }, "min_percent"},
      {[](rule_set& x) { x.race.idle_close_seconds = 0; }, "idle_close_seconds"},
      {[](rule_set& x) { x.classes.clear(); }, "class"},
      {[](rule_set& x) { x.classes[0].id = class_id{0}; }, "class"},
      {[](rule_set& x) { x.classes[1].id = class_id{1}; }, "class"},
      {[](rule_set& x) { std::swap(x.classes[0], x.classes[1]); }, "class"},
  }));
  auto rules = rules_for(300);
  r.spoil(rules);
  const auto fault = first_fault(rules);
  REQUIRE(fault.has_value());
  CAPTURE(r.named);
  CHECK_THAT(*fault, Catch::Contains(r.named));
}

} // namespace alleycat

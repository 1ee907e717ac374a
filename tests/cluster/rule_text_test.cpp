#include "cluster/rule_text.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

rule_set shipped() {
  return {race_rules{}, shipped_classes()};
}

using words = std::vector<std::string>;

words differences(const rule_set& ours, const rule_set& theirs) {
  return rule_differences(rules_text(ours), rules_text(theirs));
}

} // namespace

TEST_CASE("the text of a rule set says what is not the default, and how each class scores") {
  rule_set rules;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::output},
                   {class_id{4}, "Quarry Ramp", 4, scoring::total}};
  CHECK(rules_text(rules) == "class.3.score=output\nclass.4.score=total\n");
  rules.race.window_seconds = 10;
  rules.race.admit = admission::any;
  CHECK(rules_text(rules) == "race.window_seconds=10\nrace.admit=any\nclass.3.score=output\nclass.4.score=total\n");
}

TEST_CASE("equal rules have no differences and one digest") {
  CHECK(differences(shipped(), shipped()).empty());
  CHECK(rules_digest(shipped()) == rules_digest(shipped()));
}

TEST_CASE("every rule that differs is named, with both values") {
  const std::vector<std::pair<void (*)(rule_set&), std::string>> cases{
      {[](rule_set& r) { r.race.window_seconds = 10; }, "race.window_seconds is 10 here and 300 in the cluster"},
      {[](rule_set& r) { r.race.ride_seconds = 10; }, "race.ride_seconds is 10 here and 300 in the cluster"},
      {[](rule_set& r) { r.race.grace_seconds = 0; }, "race.grace_seconds is 0 here and 30 in the cluster"},
      {[](rule_set& r) { r.race.capacity = 5; }, "race.capacity is 5 here and 1000 in the cluster"},
      {[](rule_set& r) { r.race.min_percent = 50; }, "race.min_percent is 50 here and 90 in the cluster"},
      {[](rule_set& r) { r.race.admit = admission::any; }, "race.admit is any here and live in the cluster"},
      {[](rule_set& r) { r.race.idle_close_seconds = 9; }, "race.idle_close_seconds is 9 here and 5 in the cluster"},
      {[](rule_set& r) { r.classes[2].score = scoring::output; },
       "class.3.score is output here and total in the cluster"},
  };
  for (const auto& [change, expected] : cases) {
    auto ours = shipped();
    change(ours);
    CHECK(differences(ours, shipped()) == words{expected});
    CHECK(rules_digest(ours) != rules_digest(shipped()));
  }
}

TEST_CASE("what changes no result is no difference") {
  auto ours = shipped();
  ours.race.views = view_policy::off;
  ours.classes[2].name = "Ring";
  ours.classes[2].difficulty = 9;
  CHECK(differences(ours, shipped()).empty());
  CHECK(rules_digest(ours) == rules_digest(shipped()));
}

TEST_CASE("a class that only one side has is named") {
  auto fewer = shipped();
  fewer.classes.pop_back();
  CHECK(differences(fewer, shipped()) == words{"class.6.score is missing here and total in the cluster"});
  CHECK(differences(shipped(), fewer) == words{"class.6.score is total here and missing in the cluster"});
}

TEST_CASE("a rule of another version of the program is a difference when it is not its default") {
  CHECK(rule_differences("", "race.overtime=2\n") == words{"race.overtime is missing here and 2 in the cluster"});
  CHECK(rule_differences("", "race.capacity=1000\n").empty());
  CHECK(rule_differences("", "nonsense") == words{"nonsense is missing here and  in the cluster"});
}

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

TEST_CASE("the text of a rule set says everything that is configured") {
  rule_set rules;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::output}};
  CHECK(rules_text(rules) ==
        "race.window_seconds=300\nrace.ride_seconds=300\nrace.grace_seconds=30\nrace.capacity=1000\n"
        "race.min_percent=90\nrace.admit=live\nrace.idle_close_seconds=5\nrace.views=all\n"
        "class.3.name=Old Town Twist\nclass.3.difficulty=3\nclass.3.score=output\n");
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
      {[](rule_set& r) { r.race.views = view_policy::off; }, "race.views is off here and all in the cluster"},
      {[](rule_set& r) { r.classes[2].name = "Ring"; }, "class.3.name is Ring here and Old Town Twist in the cluster"},
      {[](rule_set& r) { r.classes[2].difficulty = 9; }, "class.3.difficulty is 9 here and 3 in the cluster"},
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

TEST_CASE("a class that only one side has is named") {
  auto fewer = shipped();
  fewer.classes.pop_back();
  CHECK(differences(fewer, shipped()) == words{"class.6.difficulty is missing here and 6 in the cluster",
                                               "class.6.name is missing here and Summit Hairpins in the cluster",
                                               "class.6.score is missing here and total in the cluster"});
  CHECK(differences(shipped(), fewer).front() == "class.6.difficulty is 6 here and missing in the cluster");
}

TEST_CASE("a name can not pretend to be a rule") {
  auto tricky = shipped();
  tricky.classes[0].name = "A\nrace.capacity=1\\n";
  CHECK(differences(tricky, shipped()) ==
        words{"class.1.name is A\\x0arace.capacity=1\\x5cn here and Harbour Flat in the cluster"});
}

TEST_CASE("rules that another version of the program knows are differences too") {
  CHECK(rule_differences("a=1\n", "a=1\nb=2\n") == words{"b is missing here and 2 in the cluster"});
  CHECK(rule_differences("", "nonsense") == words{"nonsense is missing here and  in the cluster"});
}

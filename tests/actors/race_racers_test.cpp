// What a race tells its riders, where tables go out quicker than they are told.
#include "tests/actors/race_stage.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

rule_set rules_with(view_policy views) {
  auto rules = short_rules();
  rules.race.views = views;
  return rules;
}

} // namespace

TEST_CASE("riders without a view are told twice a second at most, of everything, also when the race ends") {
  race_stage s{rules_with(view_policy::off), 0ms};
  s.journaled_now({update_at(8, 1)});
  CHECK(s.counts.racer_seconds.value() == 1);
  s.journaled_now({update_at(8, 2)});
  s.journaled_now({update_at(8, 3)});
  CHECK(s.publications.tables.size() == 3);
  CHECK(s.counts.racer_seconds.value() == 1);
  s.pass(700ms);
  CHECK(s.counts.racer_seconds.value() == 3);
  s.journaled_now({update_at(8, 4)});
  s.pass(10ms);
  s.journaled_now({update_at(8, 5)});
  caf::anon_send(s.actor, race_over{});
  s.settle();
  CHECK(s.counts.racer_seconds.value() == 5);
}

TEST_CASE("riders whose first table still waits for its ranks are told all the same") {
  race_stage s{rules_with(view_policy::off), 0ms};
  s.course->silent = true;
  s.pass(100ms);
  s.journaled_now({update_at(8, 1), update_at(9, 1)});
  s.pass(100ms);
  CHECK(s.publications.tables.empty());
  CHECK(s.counts.racer_seconds.value() == 2);
  s.journaled_now({update_at(7, 1)});
  caf::anon_send(s.actor, race_over{});
  s.settle();
  CHECK(s.counts.racer_seconds.value() == 2);
}

TEST_CASE("a rider who asks for a view later finds everything in it") {
  race_stage s{rules_with(view_policy::asked), 0ms};
  s.journaled_now({update_at(8, 1)});
  s.journaled_now({update_at(8, 2), update_at(8, 2)});
  CHECK(s.counts.racer_seconds.value() == 1);
  auto asking = update_at(8, 4);
  asking.wants_view = true;
  s.journaled_now({asking});
  REQUIRE(s.publications.views.size() == 1);
  CHECK(s.publications.views[0].missing == std::vector{own_second{3}});
  CHECK(s.publications.views[0].refused[static_cast<std::size_t>(refusal::duplicate)] == 1);
  CHECK(s.counts.racer_seconds.value() == 3);
}

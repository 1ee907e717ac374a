#include "actors/retention.hpp"
#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

old_race old(std::uint32_t id, std::vector<racer_id> leaving = {racer_id{8}, racer_id{9}}) {
  return {{class_id{3}, race_id{id}}, true, std::move(leaving), 1};
}

/// A store and a stream with old races in them.
struct history_stage : stage {
  history_stage() {
    context.history_keep = 1h; // a look every two minutes
    const auto finder = keep(system().spawn(finding, this));
    const auto store = keep(system().spawn(finding, this));
    const auto results = keep(system().spawn(removing, this));
    actor = keep(system().spawn(retention, &context, retention_partners{finder, store, results}));
    settle();
  }

  static store_actor::behavior_type finding(store_actor::pointer, history_stage* here) {
    return {
        [](const load_class&) { return class_records_ptr{}; },
        [](const apply_closed&) { return merge_result{}; },
        [](const apply_rides&) { return merge_result{}; },
        [](const apply_bests&) { return applied_bests{}; },
        [](const apply_edit&) { return edit_effect{}; },
        [](const find_bests&) { return bests_answer{}; },
        [](const find_cleanups&) { return cleanups{}; },
        [](const keep_cleaned&) { return ack{}; },
        [](const find_unannounced_bests&) { return unannounced_bests{}; },
        [](const keep_announced&) { return ack{}; },
        [](const find_cursor&) { return cursor_answer{}; },
        [](const store_cursor&) { return ack{}; },
        [](const find_applied&) { return applied_answer{}; },
        [=](const find_old& x) {
          here->before.push_back(x.before);
          old_race_search search;
          if (here->before.size() <= here->empty_handed) {
            search.next = x.from;
            return search;
          }
          for (const auto& race : here->in_store) {
            if (race.key < x.from)
              continue;
            if (search.found)
              search.next = race.key;
            else
              search.found = race;
            if (search.next)
              break;
          }
          return search;
        },
        [=](const remove_old& x) -> caf::result<removed> {
          if (here->store_fails)
            return caf::make_error(ec::store_failed, std::string{"full"});
          here->steps.push_back("store " + std::to_string(x.race.key.race.value()));
          std::erase(here->in_store, x.race);
          return removed{};
        },
    };
  }
  static results_actor::behavior_type removing(results_actor::pointer, history_stage* here) {
    return {
        [](const settle_rides& x) { return x.race; },
        [](const settle_result& x) {
          return result_settled{x.race, nullptr};
        },
        [](const find_stored_result&) { return stored_payload{}; },
        [](const store_bests&) { return bests_stored{}; },
        [](const append_edit&) { return edit_appended{}; },
        [](const clean_streams&) { return cleaned_streams{}; },
        [=](const remove_stored& x) -> caf::result<removed> {
          if (here->stream_fails)
            return caf::make_error(ec::not_stored, std::string{"away"});
          here->steps.push_back("stream " + std::to_string(x.race.key.race.value()));
          return removed{};
        },
    };
  }

  std::vector<old_race> in_store;
  std::vector<std::string> steps;
  std::vector<unix_ms> before;
  std::size_t empty_handed = 0; ///< so many searches end without having seen all
  bool store_fails = false;
  bool stream_fails = false;
  retention_actor actor;
};

} // namespace

TEST_CASE("old races leave one by one, the stream before the store") {
  history_stage s;
  s.in_store = {old(1), old(2), old(3, {racer_id{7}})};
  s.pass(61s);
  CHECK(s.steps == std::vector<std::string>{"stream 1", "store 1", "stream 2", "store 2", "stream 3", "store 3"});
  CHECK(s.counts.results_removed.value() == 3);
  CHECK(s.counts.rides_removed.value() == 5);
  CHECK(s.log.events == std::vector<std::string>{"history.pruned"});
}

TEST_CASE("what is old is told by the clock, each time anew") {
  history_stage s;
  s.pass(61s);
  REQUIRE(s.before.size() == 1);
  CHECK(s.before[0] == race_start + 60'000ms - 3'600'000ms);
  s.pass(121s);
  REQUIRE(s.before.size() == 2);
  CHECK(s.before[1] == s.before[0] + 2min);
  CHECK(s.log.events.empty());
}

TEST_CASE("a race that could not leave the stream stays in the store, and both are tried again") {
  history_stage s;
  s.in_store = {old(1)};
  s.stream_fails = true;
  s.pass(61s);
  CHECK(s.steps.empty());
  CHECK(s.log.events == std::vector<std::string>{"history.prune_delayed"});
  s.stream_fails = false;
  s.store_fails = true;
  s.pass(60s);
  CHECK(s.steps == std::vector<std::string>{"stream 1"});
  s.store_fails = false;
  s.pass(60s);
  CHECK(s.steps == std::vector<std::string>{"stream 1", "stream 1", "store 1"});
  CHECK(s.counts.rides_removed.value() == 2);
}

TEST_CASE("another age that is to be kept is noticed within a minute") {
  history_stage s;
  s.pass(61s);
  REQUIRE(s.before.size() == 1);
  s.context.history_keep = 15min;
  s.pass(60s);
  REQUIRE(s.before.size() == 2);
  CHECK(s.before[1] == race_start + 120'000ms - 900'000ms);
}

TEST_CASE("a node that does not own the lowest class leaves a race three looks longer: its owner prunes the streams") {
  history_stage s;
  s.ownership.owner = false;
  s.pass(61s);
  REQUIRE(s.before.size() == 1);
  CHECK(s.before[0] == race_start + 60'000ms - 3'600'000ms - 3ms * 120'000);
}

TEST_CASE("a look that finds nothing to remove goes on after a pause, portion by portion") {
  history_stage s;
  s.in_store = {old(1)};
  s.empty_handed = 3;
  s.pass(60s);
  CHECK(s.before.size() == 1);
  s.pass(retention_state::pause_without_finds);
  CHECK(s.before.size() == 2);
  s.pass(retention_state::pause_without_finds);
  CHECK(s.before.size() == 3);
  CHECK(s.steps.empty());
  s.pass(retention_state::pause_without_finds);
  CHECK(s.steps == std::vector<std::string>{"stream 1", "store 1"});
  CHECK(s.log.events == std::vector<std::string>{"history.pruned"});
}

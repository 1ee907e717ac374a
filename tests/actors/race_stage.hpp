/// A stage with one race on it.
#pragma once

#include "actors/race.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace alleycat::test {

struct race_stage : stage {
  explicit race_stage(rule_set its_rules = short_rules(), milliseconds min_interval = 900ms)
      : stage{std::move(its_rules)} {
    context.standings_min_interval = min_interval;
    clock.time = race_start + 1'000ms;
    const auto partners =
        race_partners{keep(system().spawn(kept_shard, shard)), keep(system().spawn(empty_class, course))};
    actor = keep(system().spawn(race, &context, under, the_race, partners));
    settle();
  }

  /// One journal message with these updates, stored now.
  void journaled_now(const std::vector<update>& updates, std::uint64_t behind = 0) {
    journal_batch batch;
    for (const auto& u : updates)
      batch.push_back(journaled(u));
    journal.deliver(the_race, {journal_position{++position}, clock.time, behind, batch});
    settle();
  }
  void marked_now() {
    journal.deliver(the_race, {journal_position{++position}, clock.time, 0, close_mark{epoch{7}, clock.time}});
    settle();
  }

  std::shared_ptr<class_script> course = std::make_shared<class_script>();
  /// A mark that counts: stored after the deadline.
  void ended() {
    clock.time = deadline + 1ms;
    marked_now();
  }

  static constexpr unix_ms deadline = race_start + 30'000ms;
  term_ptr under = std::make_shared<term>(the_race.cls, epoch{7});
  std::shared_ptr<remembered_shard> shard = std::make_shared<remembered_shard>();
  std::uint64_t position = 0;
  race_actor actor;
};

} // namespace alleycat::test

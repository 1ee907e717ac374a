/// Actors that stand where a test has no use for the real ones: silent, or remembering what they were told.
#pragma once

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"

#include <caf/all.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alleycat::test {

struct class_script {
  bool silent = false;    ///< rank batches are not answered
  bool in_a_hurry = true; ///< every rank batch so far went before other messages
};

/// Answers rank batches like a class without history.
inline class_actor::behavior_type empty_class(class_actor::pointer self, std::shared_ptr<class_script> script) {
  return {
      [=](look_at_clock) {},
      [=](const rank_batch& batch) {
        auto promise = self->make_response_promise<rank_answer>();
        script->in_a_hurry = script->in_a_hurry && self->current_mailbox_element()->is_high_priority();
        if (script->silent)
          return promise; // forgotten: the request runs into its deadline
        rank_answer answer;
        answer.places.assign(batch.scores.size(), all_time_place{1, 1, {}});
        answer.around.resize(batch.with_rows.size());
        promise.deliver(answer);
        return promise;
      },
      [=](const rank_closed& x) { return x.race; },
      [=](const closed_race_ptr&) {},
      [=](const edited&) {},
      [=](const get_leaderboard&) { return leaderboard_answer{}; },
      [=](const get_all_time&) { return all_time_answer{}; },
      [=](work_on) {},
      [=](const find_ghost&) { return ghost_source{}; },
  };
}

/// A follower that is always current.
inline follower_actor::behavior_type current_follower(follower_actor::pointer) {
  return {
      [](arrived) {},
      [](look_at_clock) {},
      [](const stream_end&) {},
      [](const feed_class&) {},
      [](const edited&) {},
      [](catch_up) { return caught_up{}; },
      [](get_follow_progress) {
        return follow_progress{true, 0, 0};
      },
  };
}

/// Without corrections.
inline editor_actor::behavior_type quiet_editor(editor_actor::pointer) {
  return {
      [](arrived) {},
      [](look_at_clock) {},
      [](const stream_end&) {},
      [](catch_up) { return caught_up{}; },
      [](follow_edits) {},
      [](const await_edit&) { return edit_effect{}; },
      [](clean_now) { return cleaned_streams{}; },
  };
}

/// Nobody asks for it.
inline calendar_actor::behavior_type quiet_calendar(calendar_actor::pointer) {
  return {
      [](look_at_clock) {},
      [](const closed_race_ptr&) {},
      [](const edited&) {},
      [](const get_period_board&) { return leaderboard_answer{}; },
  };
}

/// Nobody is there but those that a test puts in.
inline archive_actor::behavior_type kept_archive(archive_actor::pointer,
                                                 std::shared_ptr<std::vector<race_summary>> races) {
  return {
      [=](const list_races&) { return race_list{*races}; }, [](const find_result&) { return result_answer{}; },
      [](const find_moment&) { return moment_answer{}; },   [](const find_racer&) { return racer_answer{}; },
      [](const find_people&) { return people_found{}; },    [](const find_ride&) { return ride_answer{}; },
      [](const list_edits&) { return edit_list{}; },
  };
}

/// Remembers what races and classes say.
struct remembered_shard {
  std::vector<closed_race_ptr> folded;
  std::map<race_key, race_status> status;
  bool class_loaded = false;
};
inline shard_actor::behavior_type kept_shard(shard_actor::pointer, std::shared_ptr<remembered_shard> shard) {
  return {
      [](begin_term) {},
      [](end_term) { return ack{}; },
      [](const race_hint&) {},
      [](const journal_listing&) {},
      [](const stamp_checked&) {},
      [=](const race_status& x) { shard->status[x.key] = x; },
      [=](const closed_race_ptr& x) { shard->folded.push_back(x); },
      [=](const class_status& x) { shard->class_loaded = x.loaded; },
      [](go_on) {},
      [](look_at_clock) {},
      [](const find_race&) -> caf::result<race_actor> {
        return caf::make_error(ec::unknown_race, std::string{"none"});
      },
      [](const find_class&) -> caf::result<class_actor> {
        return caf::make_error(ec::unknown_class, std::string{"none"});
      },
  };
}

/// Remembers what ingest and shards say.
struct remembered_registry {
  std::vector<race_key> hints;
  std::optional<shard_status> status; ///< the last one
};
inline registry_actor::behavior_type kept_registry(registry_actor::pointer,
                                                   std::shared_ptr<remembered_registry> registry) {
  return {
      [](const preload_class&) {},
      [](const preload_over&) {},
      [](const own_class&) {},
      [](const disown_class&) {},
      [=](const race_hint& x) { registry->hints.push_back(x.key); },
      [=](const shard_status& x) { registry->status = x; },
      [](get_open_races) { return open_races{}; },
      [](const find_race&) -> caf::result<race_actor> { return caf::make_error(ec::not_owner, std::string{"none"}); },
      [](const find_class&) -> caf::result<class_actor> { return caf::make_error(ec::not_owner, std::string{"none"}); },
  };
}

} // namespace alleycat::test

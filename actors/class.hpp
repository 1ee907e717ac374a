/// One class: the all-time table and the leaderboard.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace alleycat {

struct class_partners {
  store_actor store;
  follower_actor follower;
  shard_actor shard;
  results_actor results;
};

/// Loads its tables from the store first, once the follower has caught up; until then every question is answered with
/// `ec::not_ready`. Results come from the closes of its shard and from the follower, whoever closed the race: merging is
/// idempotent, so one that comes twice does no harm.
///
///     fed by the follower --> catching up --> loading --(bests read)--> serving
///                                 '--------------'---(failed)--> tried again
///
/// A closed race is ranked and merged in portions, with live ranks in between; one such work after the other, so that nothing
/// else changes the tables meanwhile.
class class_state {
public:
  class_state() = default;
  class_state(const class_state&) = delete;
  class_state& operator=(const class_state&) = delete;
  ~class_state();

  using pointer = class_actor::stateful_pointer<class_state>;

  void start(pointer self, const actor_context& env, term_ptr under, const class_rules& rules, class_partners partners);
  void load();
  /// Tries again what failed.
  void look_at_clock();
  caf::result<rank_answer> rank(const rank_batch& batch) const;
  caf::result<closed_race_ptr> rank_rides(const closed_race_ptr& race);
  void work_on();
  void merge(const closed_race_ptr& race);
  void on_edit(const edit_ptr& e);
  caf::result<leaderboard_answer> page(const get_leaderboard& x) const;
  caf::result<all_time_answer> page(const get_all_time& x) const;

  caf::result<ghost_source> find(const ghost_choice& choice) const;

  static inline const char* name = "class";

private:
  /// A portion of some work on the tables. @returns whether all of it is done
  using portion = std::function<bool()>;

  /// Has it done behind what is being done, a portion at a time.
  void work(portion todo);
  portion ranks_of(closed_race_ptr race, caf::typed_response_promise<closed_race_ptr> promise);
  portion merge_of(closed_race_ptr race);
  void merged(const closed_race& race, const all_time_table::passage& by);
  closed_race_ptr as_corrected(const closed_race_ptr& race) const;
  void read_bests();
  void load_failed(const caf::error& why);
  void take(const std::vector<racer_bests>& records);
  /// Their bests as the store has them now, after a correction.
  void take_bests_of(const edit_ptr& e);
  void put_right(const edit& by, const std::optional<racer_bests>& bests);
  void announce(std::vector<racer_bests> bests);
  void publish_leaderboard() const;
  void note_size() const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  term_ptr term_;
  class_rules rules_;
  class_partners partners_;
  all_time_table table_{1};
  leaderboard board_;
  std::vector<closed_race_ptr> early_;  ///< came before the tables were loaded
  std::vector<racer_bests> untold_;     ///< corrected, and not in the changelog yet
  std::vector<edit_ptr> early_edits_;   ///< likewise
  std::deque<portion> works_;           ///< in order; the first one has begun
  std::chrono::nanoseconds merging_{0}; ///< that the merge under way has taken
  bool loaded_ = false;
};

using class_self = metered_actor<actor_kind::cls, class_actor, class_state>;

class_actor::behavior_type class_behavior(class_self* self, const actor_context* env, term_ptr under, class_rules rules,
                                          class_partners partners);

} // namespace alleycat

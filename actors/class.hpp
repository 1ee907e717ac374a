/// One class: the all-time table and the leaderboard.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace alleycat {

/// Loads its tables from the store first; until then every question is answered with `ec::not_ready`.
///
///     loading --(bests read)--> serving --(merge_closed)--> store: one transaction --> tables --> leaderboard published
///        '--(store failed)--> tried again
class class_state {
public:
  using pointer = class_actor::stateful_pointer<class_state>;

  void start(pointer self, const actor_context& env, const class_rules& course, store_actor store);
  void load();
  caf::result<rank_answer> rank(const rank_batch& batch) const;
  caf::result<closed_race_ptr> rank_rides(const closed_race& race) const;
  caf::typed_response_promise<merged> merge(const closed_race_ptr& race);
  caf::result<leaderboard_answer> page(const get_leaderboard& x) const;
  caf::result<all_time_answer> page(const get_all_time& x) const;

  static inline const char* name = "class";

private:
  void take(const std::vector<racer_bests>& records);
  void take(const closed_race& race);
  void publish_leaderboard() const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  class_rules course_;
  store_actor store_;
  all_time_table table_{1};
  leaderboard board_;
  bool loaded_ = false;
};

class_actor::behavior_type class_of_races(class_actor::stateful_pointer<class_state> self, const actor_context* env,
                                          class_rules course, store_actor store);

} // namespace alleycat

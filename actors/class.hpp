/// One class: the all-time table and the leaderboard.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace alleycat {

struct class_partners {
  store_actor store;
  store_actor reader; ///< of the same records: a slow sync must not delay who only reads
  results_actor results;
  follower_actor follower;
};

/// Loads its tables from the store first, once the follower has caught up; until then every question is answered with
/// `ec::not_ready`.
///
///     catching up --> loading --(bests read)--> serving
///          '-------------'---(failed)--> tried again
///
///     merge_closed --> store: one transaction --> tables, leaderboard --> changelog --> store: told --> answer
class class_state {
public:
  using pointer = class_actor::stateful_pointer<class_state>;

  void start(pointer self, const actor_context& env, const class_rules& course, class_partners partners);
  void load();
  caf::result<rank_answer> rank(const rank_batch& batch) const;
  caf::result<closed_race_ptr> rank_rides(const closed_race& race) const;
  caf::typed_response_promise<merge_result> merge(const closed_race_ptr& race);
  caf::result<leaderboard_answer> page(const get_leaderboard& x) const;
  caf::result<all_time_answer> page(const get_all_time& x) const;

  caf::result<ghost_source> find(const ghost_choice& choice) const;

  static inline const char* name = "class";

private:
  void read_bests();
  void load_failed(const caf::error& why);
  /// Tells what a former owner of this folder has stored and not told.
  void tell_rest();
  /// Puts what a merged race has improved into the changelog.
  void announce(race_key key, std::function<void(const caf::error&)> done);
  void take(const std::vector<racer_bests>& records);
  void take(const closed_race& race);
  void publish_leaderboard() const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  class_rules course_;
  class_partners partners_;
  all_time_table table_{1};
  leaderboard board_;
  bool loaded_ = false;
};

class_actor::behavior_type class_behavior(class_actor::stateful_pointer<class_state> self, const actor_context* env,
                                          class_rules course, class_partners partners);

} // namespace alleycat

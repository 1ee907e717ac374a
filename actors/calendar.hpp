/// The leaderboards of the last days.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "racing/day_boards.hpp"
#include "racing/record_store.hpp"

#include <caf/stateful_actor.hpp>

#include <map>

namespace alleycat {

/// Reads the results of the last 30 days from the store, class by class, and is told of each race that comes after. A class
/// that is not loaded yet is answered with `ec::not_ready`. Reaches as far back as the store does (`history.keep_days`).
///
///     waiting --look_at_clock--> loading (one class a message) --> serving --(a new UTC day)--> made anew
class calendar_state {
public:
  using pointer = calendar_actor::stateful_pointer<calendar_state>;

  void start(pointer self, const actor_context& env, record_store& records);
  void look_at_clock();
  void take(const closed_race& race);
  /// The rider's rides may count otherwise now.
  void look_again(racer_id racer);
  caf::result<leaderboard_answer> page(const get_period_board& x);

  static inline const char* name = "calendar";

private:
  utc_day today() const { return day_at(env_->clock->now()); }
  void load(const class_rules& course);
  /// Of those who finished.
  std::vector<day_best> bests_of(const race_result& result, scoring rule) const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  record_store* records_ = nullptr;
  std::map<class_id, day_boards> boards_; ///< of the classes loaded
};

using calendar_self = metered_actor<actor_kind::calendar, calendar_actor, calendar_state>;

/// Spawn detached: loading may take seconds.
/// @param records  outlives the actor; only read here
calendar_actor::behavior_type calendar(calendar_self* self, const actor_context* env, record_store* records);

} // namespace alleycat

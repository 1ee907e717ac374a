/// One rider in one race: what is personal.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace alleycat {

/// Keeps which of its seconds arrived and what was refused, and turns each tick into the rider's view.
class racer_state {
public:
  void start(const actor_context& env, term_ptr under, racer_id racer);
  void take(const race_tick& tick, const rider_tick& news);
  void race_against(ghost_curve_ptr ghost) { ghost_ = std::move(ghost); }

  static inline const char* name = "racer";

private:
  rider_view view_of(const race_tick& tick, const rider_tick& news) const;
  std::vector<own_second> missing(own_second furthest) const;

  const actor_context* env_ = nullptr;
  term_ptr term_;
  racer_id racer_;
  std::optional<view_ghost> ghost_at(own_second second, score value) const;

  ghost_curve_ptr ghost_;     ///< null = none
  std::vector<bool> arrived_; ///< [s - 1]
  refusal_counts refused_{};  ///< since the ride began
};

using racer_self = metered_actor<actor_kind::racer, racer_actor, racer_state>;

racer_actor::behavior_type racer(racer_self* self, const actor_context* env, term_ptr under, racer_id id);

} // namespace alleycat

/// Lets go of races that are older than what is kept.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <optional>

namespace alleycat {

/// Whom the history works with.
struct retention_partners {
  store_actor finder;    ///< looks for old races; not the one that writes, which has better things to do
  store_actor store;     ///< removes them
  results_actor results; ///< removes them from the results stream; not the one that closing races wait for
};

/// Race by race, so that everybody else gets a turn in between: first out of the results stream, then out of the store.
/// When something ends in the middle, the store still knows what is to be removed, and removing twice is harmless.
///
///     waiting --(time)--> finding --found--> out of the stream --> out of the store --> finding ...
///        ^                   '--nothing is left, or something failed--.
///        '-------------------------------------------------------------'
class retention_state {
public:
  using pointer = retention_actor::stateful_pointer<retention_state>;

  void start(pointer self, const actor_context& env, retention_partners partners);
  /// Looks when it is time, or when another age is to be kept than at the last look.
  void look_at_clock();

  /// From a search that found nothing to the next: a seventh of a core at most, two minutes for a million rides.
  static constexpr milliseconds pause_without_finds{100};

  static inline const char* name = "retention";

private:
  void look();
  void wait(milliseconds time);
  void nap();
  void find(race_key from);
  /// A look that finds nothing to remove leaves the machine to the others most of the time.
  void pause(race_key next);
  void remove(const old_race& race, std::optional<race_key> next);
  void remove_here(const old_race& race, std::optional<race_key> next);
  void go_on(std::optional<race_key> next);
  void failed(std::string_view step, const caf::error& why);

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  retention_partners partners_;
  unix_ms before_{};
  milliseconds kept_{0};         ///< what `before_` follows from
  milliseconds left_{0};         ///< until the next look, after the nap that is under way
  std::optional<race_key> next_; ///< where the look goes on after the pause that is under way
  std::size_t results_ = 0;      ///< removed since the look began
  std::size_t rides_ = 0;
};

using retention_self = metered_actor<actor_kind::retention, retention_actor, retention_state>;

retention_actor::behavior_type retention(retention_self* self, const actor_context* env, retention_partners partners);

} // namespace alleycat

/// When a race ends, and what has still to be done then. Pure: time comes in as a parameter.
///
///     running --(due)--> marking --(mark read)--> closed --(result and rides stored)--> stored --(applied)--> done
///        |                  | (no mark read in time: written again)
///        +---(mark read, by whomever)---> closed
#pragma once

#include "racing/race_fold.hpp"

namespace alleycat {

enum class life_phase : std::uint8_t { running, marking, closed, stored, done };

std::string_view to_string(life_phase phase);

class race_lifecycle {
public:
  /// @param idle_since  when this owner began to watch (`admit any` counts silence from here)
  race_lifecycle(const race_rules& rules, race_id race, unix_ms idle_since);

  life_phase phase() const { return phase_; }

  /// Whether the close mark has to be written now. At `true` the phase is `marking`, and the question is answered
  /// with `true` again only after `mark_retry_ms`, while no mark was read.
  /// A race is due when nobody can start any more and every ride is complete, else at the deadline; with `admit any`
  /// after `idle_close_seconds` without an update. A race without any accepted ride ends at its deadline too.
  bool should_mark(const race_fold& race, unix_ms now);

  /// Something arrived (`admit any` waits on).
  void saw_update(unix_ms now) { last_seen_ = now; }
  void saw_mark();
  void saw_stored();
  void saw_applied();

  static constexpr unix_ms mark_retry_ms = 2'000;
  /// How long after the window's end the first second of a ride may still come: it began in the last moment, took its
  /// second, by a clock up to 5 s behind, and a second on its way. Without this the complete race of all others would
  /// shut that rider out.
  static constexpr unix_ms last_start_ms = clock_tolerance_ms + 2'000;

private:
  bool due(const race_fold& race, unix_ms now) const;

  race_rules rules_;
  race_id race_;
  unix_ms last_seen_;
  unix_ms marked_at_ = 0;
  life_phase phase_ = life_phase::running;
};

} // namespace alleycat

/// When a race ends. Pure: time comes in as a parameter.
///
///     running --(deadline over)--> marking --(a mark that counts was read)--> closed
///        |                            | (none was read in time: written again)
///        +------(mark read, by whomever)------^
#pragma once

#include "racing/race_fold.hpp"

namespace alleycat {

enum class life_phase : std::uint8_t { running, marking, closed };

std::string_view to_string(life_phase phase);

class race_lifecycle {
public:
  /// @param idle_since  when this owner began to watch (`admit any` counts silence from here)
  race_lifecycle(const race_rules& rules, race_id race, unix_ms idle_since);

  life_phase phase() const { return phase_; }

  /// Whether the close mark has to be written now. At `true` the phase is `marking`, and the question is answered with `true`
  /// again only after `mark_retry`, while no mark that counts was read.
  /// A race ends at its deadline, never before; with `admit any` after `idle_close_seconds` without an update. A race of
  /// which nothing is in the journal has no end.
  bool should_mark(const race_fold& race, unix_ms now);

  /// Something arrived (`admit any` waits on).
  void saw_update(unix_ms now) { last_seen_ = now; }
  void saw_mark();

  /// Nobody can start any more and every ride has all its seconds: the ranking is provisional no longer than until the
  /// deadline, and most likely final. A second that comes late takes it back.
  bool complete(const race_fold& race, unix_ms now) const;
  /// When the race will be final.
  unix_ms final_at() const { return rules_.deadline_of(race_); }

  static constexpr milliseconds mark_retry{2'000};
  /// The journal's clock may be a little behind the owner's: a mark stored before the deadline ends nothing.
  static constexpr milliseconds mark_after{200};

private:
  bool due(const race_fold& race, unix_ms now) const;

  race_rules rules_;
  race_id race_;
  unix_ms last_seen_;
  unix_ms marked_at_{};
  life_phase phase_ = life_phase::running;
};

} // namespace alleycat

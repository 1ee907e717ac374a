/// The rules a race is run by: configuration, the same on every node of a cluster.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alleycat {

/// What a class ranks by: the sum of all outputs so far, or the output of the second itself.
enum class scoring : std::uint8_t { total, output };

/// `live`: an update counts only around the time it is ridden. `any`: no clock check (benchmarks, replays).
enum class admission : std::uint8_t { live, any };

/// Whose view is published each second.
enum class view_policy : std::uint8_t { all, asked, off };

/// One course.
struct class_rules {
  class_id id;
  std::string name;
  int difficulty = 1; ///< 1 = easiest
  scoring score = scoring::total;

  friend bool operator==(const class_rules&, const class_rules&) = default;
};

/// Bounds of what a configuration may ask for. At 900 seconds the highest possible total still fits `score`.
inline constexpr std::uint32_t max_ride_seconds = 900;
inline constexpr std::uint32_t max_window_seconds = 86'400;
inline constexpr std::uint32_t max_capacity = 65'535;

/// How far a bike's clock may run ahead, and how far updates of one ride may stray from its anchor.
inline constexpr milliseconds clock_tolerance{5'000};
/// How much earlier than ingest the fold takes a second: the clocks of an ingest node and of the journal may differ by 1 s
/// each way, and that must never turn an `ok` into a refusal.
inline constexpr milliseconds fold_slack{2'000};

struct race_rules {
  std::uint32_t window_seconds = 300; ///< 1..86400; riders may start in this time
  std::uint32_t ride_seconds = 300;   ///< 1..900; own seconds of a ride
  std::uint32_t grace_seconds = 30;   ///< 0..3600; for late seconds after the last possible one
  std::uint32_t capacity = 1000;      ///< 1..65535 riders per race
  std::uint32_t min_percent = 90;     ///< 1..100; of the seconds, to be a finisher
  admission admit = admission::live;
  std::uint32_t idle_close_seconds = 5; ///< only with `admit any`: silence after which a race closes
  view_policy views = view_policy::all;

  friend bool operator==(const race_rules&, const race_rules&) = default;

  std::chrono::seconds window() const { return std::chrono::seconds{window_seconds}; }
  /// How long after its window a race still takes updates.
  std::chrono::seconds ride_and_grace() const {
    return std::chrono::seconds{ride_seconds} + std::chrono::seconds{grace_seconds};
  }

  unix_ms start_of(race_id race) const { return unix_ms{race.value() * window()}; }
  unix_ms window_end_of(race_id race) const { return start_of(race) + window(); }
  /// After this no update counts: start + window + ride + grace.
  unix_ms deadline_of(race_id race) const { return window_end_of(race) + ride_and_grace(); }
  /// The race that a ride started at `start` belongs to.
  race_id race_at(unix_ms start) const {
    return race_id{static_cast<std::uint32_t>(start.time_since_epoch() / window())};
  }
  /// Seconds a finisher must have: `min_percent` of the ride, rounded up.
  std::uint32_t min_seconds() const { return (ride_seconds * min_percent + 99) / 100; }
  own_second last_second() const { return own_second{static_cast<std::uint16_t>(ride_seconds)}; }
};

struct rule_set {
  race_rules race;
  std::vector<class_rules> classes; ///< by id, ascending, each id once

  friend bool operator==(const rule_set&, const rule_set&) = default;

  /// @returns null for a class that is not run here.
  const class_rules* find(class_id id) const;
};

/// The six classes as shipped.
std::vector<class_rules> shipped_classes();

/// @returns what is wrong with the rules, in words, or nothing.
std::optional<std::string> first_fault(const rule_set& rules);

} // namespace alleycat

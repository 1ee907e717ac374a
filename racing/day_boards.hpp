/// Leaderboards of the last days of one class: today, 7 days, 30 days.
///
/// Of each racer and day the best finished ride is kept; a day is the UTC day in which the race's window began. A
/// leaderboard of several days holds each racer's best of those.
///
///     days:   [20'050] racers by id, best of the day      boards:  1 day, 7 days, 30 days
///             [20'051] ...                                         grow with each merge, are made anew when the day turns
#pragma once

#include "racing/leaderboard.hpp"
#include "racing/rules.hpp"

#include <array>
#include <map>
#include <span>
#include <vector>

namespace alleycat {

/// What a leaderboard looks back on.
enum class period : std::uint8_t { all, today, week, month };

/// Days since 1970-01-01, UTC.
using utc_day = std::int64_t;
constexpr utc_day day_at(unix_ms t) {
  return t.time_since_epoch() / std::chrono::days{1};
}

/// A racer's finished ride.
struct day_best {
  racer_id racer;
  final_score record;

  friend bool operator==(const day_best&, const day_best&) = default;
};

class day_boards {
public:
  /// Days that are looked back on at most, today included.
  static constexpr utc_day most_days = 30;

  explicit day_boards(utc_day today) : today_{today} {}

  utc_day today() const { return today_; }
  /// The day turns: days that are out of reach go, the boards are made anew. O(racers of 30 days).
  void turn_to(utc_day today);

  /// Puts rides into their day without touching the boards; `turn_to` ends a series of these.
  /// @param bests  of one race; a day out of reach has no effect
  void load(utc_day day, std::vector<day_best> bests);
  /// The same, and into the boards. Merging twice changes nothing.
  void merge(utc_day day, std::vector<day_best> bests);

  /// The racer's rides become these, each of a day. The boards are made anew: O(racers of 30 days).
  void replace(racer_id racer, const std::vector<std::pair<utc_day, final_score>>& rides);

  /// @param over  today, week or month
  const leaderboard& board(period over) const { return boards_[index_of(over)]; }
  /// Rides kept, over all days.
  std::size_t size() const;

private:
  static std::size_t index_of(period over) { return static_cast<std::size_t>(over) - 1; }
  static constexpr std::array<utc_day, 3> reach_{1, 7, most_days}; ///< days of each board

  utc_day today_;
  std::map<utc_day, std::vector<day_best>> days_; ///< each by racer id
  std::array<leaderboard, 3> boards_;
};

} // namespace alleycat

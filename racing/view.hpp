/// What one rider sees at one second.
#pragma once

#include "racing/race_fold.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alleycat {

struct view_row {
  rank_t rank = 0;
  racer_id racer;
  std::string name;
  score at; ///< score at the view's second
};

/// One of the two rankings around a rider.
struct view_table {
  rank_t rank = 0;            ///< 0 = not known
  std::uint32_t of = 0;       ///< how many are ranked, the rider included
  std::vector<view_row> rows; ///< the first 3, and 5 above and below the rider, by rank
};

/// The rider against their own best at this second.
struct view_best {
  score total;            ///< own best score at this second
  std::int64_t delta = 0; ///< current score minus best, in units of 0.0001
  bool new_best = false;  ///< current > best
};

struct view_ghost {
  std::string kind; ///< "leader", "median", "rank-N", "racer"
  racer_id racer;   ///< whose ride it is; undefined for the median
  score total;      ///< the ghost's score at this second
  std::int64_t delta = 0;
};

struct rider_view {
  race_key key;
  racer_id racer;
  own_second second; ///< the ride's furthest second
  score output;
  score total;
  epoch owner_epoch;
  journal_position as_of;
  unix_ms published{};
  view_table here_now;
  view_table all_time;
  bool all_time_stale = false;
  std::optional<view_best> best; ///< none before the first closed ride in the class
  std::optional<view_ghost> ghost;
  std::vector<own_second> missing; ///< at most 20
  refusal_counts refused{};        ///< since the ride began
};

/// Rows shown at the top of a view, and above and below the rider.
inline constexpr std::size_t view_top_rows = 3;
inline constexpr std::size_t view_rows_around = 5;
inline constexpr std::size_t view_missing_limit = 20;

} // namespace alleycat

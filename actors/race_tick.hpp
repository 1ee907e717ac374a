/// What a race tells its riders at a tick: one object for all of them, flat, so that a rider takes no memory of its own.
#pragma once

#include "racing/all_time_table.hpp"
#include "racing/race_fold.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace alleycat {

/// Where the part of one rider lies in a vector for all.
struct tick_part {
  std::uint32_t from = 0;
  std::uint32_t count = 0;
};

/// One rider's news at a tick.
struct rider_tick {
  static constexpr std::uint32_t no_view = ~std::uint32_t{0};

  racer_id racer;
  row_index row = 0;
  own_second second; ///< furthest
  score output;
  score total;
  score value; ///< score at `second`
  rank_t here_now_rank = 0;
  std::uint32_t here_now_of = 0;
  all_time_place all_time;
  tick_part accepted;           ///< of race_tick::accepted
  tick_part refused;            ///< of race_tick::refused
  std::uint32_t view = no_view; ///< index in race_tick::views
  bool wants_view() const { return view != no_view; }
};

/// Rows of a view.
struct tick_view {
  std::vector<here_now_row> here_now;
  std::vector<best_row> around; ///< of the all-time table
};

/// What happened in a race since the last tick.
struct race_tick {
  race_key key;
  epoch owner_epoch;
  journal_position as_of;
  unix_ms published{};
  unix_ms oldest{}; ///< journal's time of the oldest update in it; 0 = not known
  bool all_time_stale = false;
  std::vector<rider_tick> riders;   ///< with news, best first
  std::vector<own_second> accepted; ///< by rider
  std::vector<refusal> refused;     ///< by rider
  std::vector<tick_view> views;

  std::span<const own_second> accepted_of(const rider_tick& rider) const {
    return std::span{accepted}.subspan(rider.accepted.from, rider.accepted.count);
  }
  std::span<const refusal> refused_of(const rider_tick& rider) const {
    return std::span{refused}.subspan(rider.refused.from, rider.refused.count);
  }
};

/// Fills in who has news, and what was accepted and refused: `riders` with racer, row and parts.
/// @param order  rows of all rides, as the riders are to be listed
void sort_news(const race_fold& race, const race_news& news, std::span<const row_index> order, race_tick& tick);

} // namespace alleycat

/// Tables of people: what is shown of a race, live and at its end.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alleycat {

/// One rider in the standings or the result of a race.
struct standing {
  rank_t rank = 0;          ///< by score at each ride's latest second; in a result 0 = DNF
  rank_t here_now_rank = 0; ///< among the rides that have reached this rider's own second
  racer_id racer;
  std::string name;
  own_second second;         ///< the ride's furthest second
  std::uint16_t seconds = 0; ///< how many of its seconds arrived
  score output;              ///< of the furthest second
  score total;               ///< sum of all outputs so far
  bool finished = false;     ///< last second is there, and at least `min_percent` of the seconds
  rank_t all_time_rank = 0;  ///< 0 = not known
  bool excluded = false;     ///< in a result: does not count, by a correction
};

/// `complete`: the window is over and every ride has all its seconds, but the deadline is still to come.
enum class race_phase : std::uint8_t { running, complete, closed };

/// The live ranking of one race.
struct standings {
  race_key key;
  epoch owner_epoch;
  journal_position as_of; ///< last journal sequence in it
  unix_ms published{};
  race_phase phase = race_phase::running;
  unix_ms final_at{};         ///< with `complete`: the race's deadline
  own_second second;          ///< the furthest own second in the race
  std::uint32_t reported = 0; ///< rides that have reached `second`
  std::uint32_t finished = 0;
  bool all_time_stale = false; ///< the class did not answer in time: `all_time_rank` is missing
  std::vector<standing> rows;  ///< by rank, then racer id; at most `capacity`
};

/// The final ranking: finishers by score, then the others (rank 0) by furthest second, score, racer id;
/// last whoever is excluded (rank 0) by a correction.
/// A pure function of the journal up to the mark, apart from `by` and `closed`.
struct race_result {
  race_key key;
  epoch owner_epoch;
  journal_position as_of; ///< of the close mark
  unix_ms closed{};       ///< the journal's timestamp of the mark
  std::uint32_t finished = 0;
  std::vector<standing> rows;
};

/// A row of a table of bests: the all-time table at a second.
struct best_row {
  rank_t rank = 0;
  racer_id racer;
  score best;

  friend bool operator==(const best_row&, const best_row&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, best_row& x) {
    return f(x.rank, x.racer, x.best);
  }
};

/// A rider's best finished ride of a class.
struct final_score {
  score best;
  race_id race;
  unix_ms at{}; ///< when the race was closed

  friend bool operator==(const final_score&, const final_score&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, final_score& x) {
    return f(x.best, x.race, x.at);
  }
};

struct leaderboard_row {
  rank_t rank = 0;
  racer_id racer;
  final_score record;

  friend bool operator==(const leaderboard_row&, const leaderboard_row&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, leaderboard_row& x) {
    return f(x.rank, x.racer, x.record);
  }
};

} // namespace alleycat

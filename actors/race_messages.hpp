/// What races, riders and classes say to each other: ticks, ranks, ghosts, the ranking of a closed race.
#pragma once

#include "actors/race_tick.hpp"
#include "racing/all_time_table.hpp"
#include "racing/closed_race.hpp"
#include "racing/ghost.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace alleycat {

using race_tick_ptr = std::shared_ptr<const race_tick>;

/// The race is closed, stored and applied, or was never needed.
struct race_over {};

/// How many messages of a race the journal has.
struct journal_extent {
  std::uint64_t messages = 0;
};

/// The race's current standings are asked for.
struct get_standings {};
using standings_ptr = std::shared_ptr<const standings>;

/// Race against this from now on; a curve without scores: against nobody.
struct set_ghost {
  racer_id racer;
  ghost_curve curve;
  bool not_riding_yet = false; ///< a racer who is not in the race yet will find it when they come
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, set_ghost& x) {
    return f(x.racer, x.curve, x.not_riding_yet);
  }
};

struct ghost_set {
  bool taken = false; ///< false: the racer is not in this race
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_set& x) {
    return f(x.taken);
  }
};
using ghost_curve_ptr = std::shared_ptr<const ghost_curve>; ///< null = nobody

/// "Rank these": one batch a tick.
struct rank_batch {
  race_key key;
  epoch owner_epoch;
  std::vector<ranked_score> scores;
  std::vector<std::uint32_t> with_rows; ///< of which scores the rows of a view are wanted too
};

struct rank_answer {
  epoch owner_epoch;                         ///< of the class's owner
  std::vector<all_time_place> places;        ///< one for each score, in order
  std::vector<std::vector<best_row>> around; ///< one for each of `with_rows`, in order
};
using closed_race_ptr = std::shared_ptr<const closed_race>;

/// Fill in the all-time ranks of every second, by the table as it is before the merge.
struct rank_closed {
  closed_race_ptr race;
};

/// Which stored ride is meant?
struct find_ghost {
  ghost_choice choice;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, find_ghost& x) {
    return f(x.choice);
  }
};

struct ghost_source {
  bool found = false;       ///< false: nobody there has finished a ride
  racer_id racer;           ///< undefined for the median
  final_score record;       ///< likewise
  std::vector<score> curve; ///< of the median; empty otherwise: the ride is in every node's store
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_source& x) {
    return f(x.found, x.racer, x.record, x.curve);
  }
};

} // namespace alleycat

// Messages that stay within a node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::race_tick_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::race_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_standings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::standings_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::set_ghost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ghost_set)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ghost_curve_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::rank_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::rank_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::rank_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::closed_race_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_ghost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ghost_source)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::journal_extent)

/// A stored ride to race against.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

enum class ghost_kind : std::uint8_t {
  leader, ///< the first of the leaderboard
  median, ///< at each second the middle of the all-time table: of two middle ones the lower
  rank,   ///< whoever stands at a place of the leaderboard
  racer,  ///< a given racer's best finished ride
};

struct ghost_choice {
  ghost_kind kind = ghost_kind::leader;
  std::uint32_t number = 0; ///< of `rank` the place, from 1; of `racer` their id

  friend bool operator==(const ghost_choice&, const ghost_choice&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_choice& x) {
    return f(x.kind, x.number);
  }
};

/// "leader", "median", "rank-12" (from 1) or a racer's id. @returns nothing for another text.
std::optional<ghost_choice> parse_ghost(std::string_view text);
/// As a view names it: "leader", "median", "rank-12", "racer".
std::string kind_text(const ghost_choice& choice);

/// What a rider races against.
struct ghost_curve {
  ghost_choice choice;
  racer_id racer;            ///< whose ride it is; undefined for the median
  race_id race;              ///< likewise
  unix_ms at{};              ///< likewise: when that race was closed
  std::vector<score> scores; ///< [s - 1], by the class's scoring; 0 = undefined

  friend bool operator==(const ghost_curve&, const ghost_curve&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_curve& x) {
    return f(x.choice, x.racer, x.race, x.at, x.scores);
  }
};

} // namespace alleycat

/// What a race leaves behind: its result, and every ride with all its seconds.
#pragma once

#include "racing/rules.hpp"
#include "racing/standings.hpp"
#include "racing/update.hpp"

#include <vector>

namespace alleycat {

/// One second of a closed ride.
struct ride_second {
  bool present = false;
  measurement measured;     ///< zeros where not present
  rank_t here_now_rank = 0; ///< in the complete race; 0 beyond the furthest second, or where undefined
  rank_t all_time_rank = 0; ///< in the all-time table before the merge; 0 likewise

  friend bool operator==(const ride_second&, const ride_second&) = default;
};

/// Why a ride does not count for bests; bits, 0 = it counts.
enum class ride_flag : std::uint8_t { none = 0, excluded = 1 };

/// One racer in one race, closed for ever.
struct ride_record {
  race_key key;
  racer_id racer;
  std::string name; ///< the first one in journal order; may be empty
  unix_ms anchor{}; ///< start of the ride by the bike's clock
  unix_ms closed{}; ///< the journal's timestamp of the close mark
  rank_t rank = 0;  ///< in the result; 0 = DNF
  bool finished = false;
  std::uint8_t flags = 0;           ///< of `ride_flag`
  std::vector<ride_second> seconds; ///< [s - 1] = own second s, up to the furthest one; 1..ride_seconds entries

  friend bool operator==(const ride_record&, const ride_record&) = default;

  own_second furthest() const { return own_second{static_cast<std::uint16_t>(seconds.size())}; }
};

/// Totals of a ride: [s - 1] = sum of the outputs of the present seconds <= s.
std::vector<score> totals_of(const ride_record& ride);
/// Scores of a ride by the class's rule: [s - 1] = score at s; 0 where undefined.
std::vector<score> scores_of(const ride_record& ride, scoring rule);

/// The result's all-time ranks, taken from its rides: each row shows the rank of its ride's furthest second.
/// @param rides  by racer id, ascending; a row without a ride keeps what it has
void take_ranks(race_result& result, const std::vector<ride_record>& rides);

/// What the journal said up to a point, to tell a stream that went backwards.
struct journal_stamp {
  journal_position position;
  unix_ms stored{};
  std::uint64_t checksum = 0; ///< over positions, timestamps and updates, in order

  friend bool operator==(const journal_stamp&, const journal_stamp&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, journal_stamp& x) {
    return f(x.position, x.stored, x.checksum);
  }
};

/// Everything that is kept of a race once its close mark was read.
struct closed_race {
  race_result result;
  journal_stamp stamp;            ///< at the mark
  std::vector<ride_record> rides; ///< by racer id, ascending
  bool differs = false;           ///< by a correction, from what the results stream has
};

} // namespace alleycat

/// The fold: the state of one race as a function of its journal.
///
/// Journal entries go in by position; what was read before has no effect, so replaying from any earlier point changes
/// nothing. Flat arrays, by column (= own second), since every ranking compares riders within one second:
///
///     score_at(s) : [row] -> score at s, 0 = undefined      order(s) : rows that have a place at s, best first
///
/// `order` is kept sorted by (score descending, racer id ascending) at all times, so every rank is a binary search.
/// A second in sequence costs O(log n) and one small move; a late one re-sorts its ride into every later column.
#pragma once

#include "racing/check.hpp"
#include "racing/closed_race.hpp"
#include "racing/journal.hpp"
#include "racing/racer_index.hpp"
#include "racing/rules.hpp"
#include "racing/standings.hpp"

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace alleycat {

/// Index of a ride within its race, in order of first acceptance: 0..capacity-1.
using row_index = std::uint16_t;

/// A place in a here-now table.
struct here_now_row {
  rank_t rank = 0;
  racer_id racer;
  score at; ///< score at the second asked for
};

/// Counted refusals, by reason.
using refusal_counts = std::array<std::uint32_t, refusal_count>;

/// What happened since it was last taken. Flat: a ride takes no memory of its own.
struct race_news {
  struct accepted_second {
    row_index row = 0;
    own_second second;
    bool operator==(const accepted_second&) const = default;
  };
  struct refused_update {
    row_index row = 0;
    refusal reason = refusal::none;
    bool operator==(const refused_update&) const = default;
  };
  std::vector<accepted_second> accepted; ///< in order of acceptance
  std::vector<refused_update> refused;   ///< of rides, that is of riders who have a place in the race; in order

  bool empty() const { return accepted.empty() && refused.empty(); }
  void clear() {
    accepted.clear();
    refused.clear();
  }
  /// What happened after that.
  void add(const race_news& later) {
    accepted.insert(accepted.end(), later.accepted.begin(), later.accepted.end());
    refused.insert(refused.end(), later.refused.begin(), later.refused.end());
  }
};

class race_fold {
public:
  /// @param key  must name a class of `rules`
  race_fold(const rule_set& rules, race_key key);

  /// Applies one journal entry. Positions up to `as_of()` are replays and have no effect.
  void apply(const journal_entry& entry);
  /// A position whose content could not be decoded: skipped, but accounted for.
  void skip(journal_position position);

  // -- the race as a whole ---------------------------------------------------------------------------------------------

  race_key key() const { return key_; }
  const class_rules& course() const { return class_; }
  const race_rules& rules() const { return rules_; }
  journal_position as_of() const { return stamp_.position; }
  bool closed() const { return closed_; }
  std::size_t racers() const { return rides_.size(); }
  /// Furthest own second of the race; 0 = nothing yet.
  own_second furthest() const { return furthest_; }
  /// How many rides have reached `s`.
  std::size_t reached(own_second s) const;
  std::size_t finished() const { return finished_; }
  /// Whether every ride has all its seconds; true for a race without rides.
  bool all_complete() const { return complete_ == rides_.size(); }
  /// Journal time of the last entry with at least one update; 0 = none yet.
  unix_ms last_update() const { return last_update_; }
  /// Refusals of the whole race, `none` = accepted.
  const refusal_counts& outcomes() const { return outcomes_; }
  /// Highest epoch seen in a close mark.
  epoch marked_by() const { return marked_by_; }
  /// Marks that the journal stored before the deadline: they end nothing.
  std::uint32_t early_marks() const { return early_marks_; }

  // -- one ride --------------------------------------------------------------------------------------------------------

  racer_id racer(row_index row) const { return ride_of(row).racer; }
  const std::string& name(row_index row) const { return ride_of(row).name; }
  own_second furthest(row_index row) const { return ride_of(row).furthest; }
  bool wants_view(row_index row) const { return ride_of(row).wants_view; }
  bool finished(row_index row) const;
  /// @returns the row of a racer, or none.
  std::optional<row_index> find(racer_id racer) const;
  /// Sum of the outputs of the seconds <= s. @param s  1..furthest(row)
  score total(row_index row, own_second s) const;
  /// Output at s; 0 where it is missing. @param s  1..ride_seconds
  score output(row_index row, own_second s) const;
  /// How many of the seconds <= s arrived. @param s  1..ride_seconds
  std::uint16_t seconds(row_index row, own_second s) const;
  /// Score at s by the class's rule; 0 where undefined. @param s  1..ride_seconds
  score score_at(row_index row, own_second s) const;
  /// Own seconds up to the furthest one that have not arrived, at most `limit`, ascending.
  std::vector<own_second> missing(row_index row, std::size_t limit) const;

  // -- rankings --------------------------------------------------------------------------------------------------------

  /// Rank among the rides that have a score at s. 0 where the ride itself has none. O(log racers).
  rank_t here_now_rank(row_index row, own_second s) const;
  /// How many rides have a score at s.
  std::size_t ranked(own_second s) const { return order(s).size(); }
  /// Places [from, from + count) of the table at s, counted from 0; shorter at its end. Best first.
  std::vector<here_now_row> here_now(own_second s, std::size_t from, std::size_t count) const;
  /// 0-based place of a ride in the table at s. @pre the ride has a score at s
  std::size_t place(row_index row, own_second s) const;
  /// All rides in the order of the live ranking: by score at each ride's latest second, ties by racer id. O(n log n).
  std::vector<row_index> live_order() const;
  /// The rows of the live ranking, one for each ride in `order`. `all_time_rank` is left 0.
  /// @param order  live_order()
  std::vector<standing> ranking(std::span<const row_index> order) const;
  std::vector<standing> ranking() const { return ranking(live_order()); }

  // -- news and the end ------------------------------------------------------------------------------------------------

  /// What happened since `take_news`.
  const race_news& news() const { return news_; }
  /// The same, and forgets it.
  race_news take_news();
  /// Riders who found the race full since the last call, with their number of updates; at most `capacity` of them.
  std::map<racer_id, std::uint32_t> take_turned_away();

  /// The race as it stays for ever. All-time ranks are left 0: the class knows them.
  /// @pre closed()
  closed_race close(epoch owner_epoch) const;

private:
  friend class race_ending;
  struct ride {
    racer_id racer;
    std::string name;
    unix_ms anchor{};
    own_second furthest;
    std::uint16_t seconds = 0;
    bool wants_view = false;
    bool complete = false;
    bool finished = false;
    std::vector<measurement> measured;  ///< [s - 1]
    std::vector<std::uint64_t> present; ///< bit s - 1
    bool has(own_second s) const {
      const auto bit = s.value() - 1U;
      return (present[bit / 64] >> (bit % 64) & 1U) != 0;
    }
  };

  refusal fold(const journal_update& u, unix_ms stored);
  void accept(ride& r, row_index row, const journal_update& u);
  void place_in(own_second s, row_index row, score value);
  void take_out(own_second s, row_index row);
  standing standing_of(row_index row, rank_t here_now_rank) const;
  std::vector<standing> final_rows() const;

  const ride& ride_of(row_index row) const {
    ALLEYCAT_CHECK(row < rides_.size());
    return rides_[row];
  }
  /// Where the columns of a second are.
  std::size_t column_of(own_second s) const {
    ALLEYCAT_CHECK(s.value() >= 1 && s.value() <= rules_.ride_seconds);
    return s.value() - 1U;
  }
  std::vector<score>& scores(own_second s) { return scores_[column_of(s)]; }
  const std::vector<score>& scores(own_second s) const { return scores_[column_of(s)]; }
  std::vector<row_index>& order(own_second s) { return order_[column_of(s)]; }
  const std::vector<row_index>& order(own_second s) const { return order_[column_of(s)]; }

  race_key key_;
  class_rules class_;
  race_rules rules_;
  std::vector<ride> rides_;
  racer_index row_of_;
  std::vector<std::vector<score>> scores_;    ///< [s - 1][row]: score at s, 0 = undefined
  std::vector<std::vector<score>> totals_;    ///< [s - 1][row]: total at s; only where it differs from the score
  std::vector<std::vector<row_index>> order_; ///< [s - 1]: rows with a score at s, best first
  std::vector<std::uint32_t> reached_;        ///< [s - 1]: rides whose furthest second is >= s
  race_news news_;
  std::map<racer_id, std::uint32_t> turned_away_;
  refusal_counts outcomes_{};
  journal_stamp stamp_; ///< what was read
  journal_stamp mark_;  ///< the same at the close mark, once there
  epoch marked_by_;
  std::uint32_t early_marks_ = 0;
  own_second furthest_;
  std::size_t finished_ = 0;
  std::size_t complete_ = 0;
  unix_ms last_update_{};
  bool closed_ = false;
};

} // namespace alleycat

/// Everybody's best score at every own second of one class.
///
/// By second: `best_[s - 1][row]` is the best of a racer, 0 = none, and `order_[s - 1]` holds the rows of those who have one, by
/// (best descending, racer id ascending). 8 to 10 bytes per racer and second; a rank is a binary search, a new best moves within
/// one small block, so nothing but loading depends on how many racers there are.
#pragma once

#include "racing/check.hpp"
#include "racing/closed_race.hpp"
#include "racing/racer_index.hpp"
#include "racing/ranked_column.hpp"
#include "racing/record_store.hpp"

#include <optional>
#include <span>
#include <vector>

namespace alleycat {

/// Where a score stands among the bests of the *other* racers.
struct all_time_place {
  rank_t rank = 0;      ///< 1 + number of other racers whose best at the second is higher
  std::uint32_t of = 0; ///< other racers with a value at the second, plus one
  score own_best;       ///< the racer's own best there; 0 = none

  friend bool operator==(const all_time_place&, const all_time_place&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, all_time_place& x) {
    return f(x.rank, x.of, x.own_best);
  }
};

/// A score that is to be ranked.
struct ranked_score {
  own_second second;
  racer_id racer;
  score value;
};

class all_time_table {
public:
  /// @param ride_seconds  1..900
  explicit all_time_table(std::uint32_t ride_seconds);

  /// Adds the bests of a racer that is not in the table yet; call `sort` after the last one.
  void load(const racer_bests& bests);
  void sort();

  /// Merges closed rides: the maximum per racer and second. O(log racers) for each best that is beaten.
  /// @returns how many bests were beaten or set.
  std::size_t merge(std::span<const ride_record> rides, scoring rule);

  /// Closed rides on their way through the table, some seconds of the ride at a time: a whole race takes so long that live ranks
  /// would wait for it. Until it is done nothing else may change the table.
  class passage {
  public:
    bool done() const { return next_ == seconds_; }
    std::size_t beaten() const { return beaten_; }

  private:
    friend class all_time_table;
    std::vector<std::vector<score>> scores_; ///< [ride][s - 1]
    std::vector<racer_index::row> rows_;     ///< [ride]; `stranger` where the racer is none of the table's
    std::size_t next_ = 0;                   ///< the next second, from 0
    std::size_t seconds_ = 0;
    std::size_t beaten_ = 0;
  };

  /// The same merge in steps. @param rides  need not live longer than this call
  passage begin_merge(std::span<const ride_record> rides, scoring rule);
  /// @param seconds  of the ride, at most
  void merge_on(passage& p, std::size_t seconds);

  /// Begins to rank closed rides at every second, by the table as it is.
  passage begin_ranks(std::span<const ride_record> rides, scoring rule) const;
  /// Puts the ranks of the next seconds into the rides' `all_time_rank`. @param rides  those the passage began with
  void rank_on(passage& p, std::span<ride_record> rides, std::size_t seconds) const;

  /// The racer's bests become these, higher or lower; empty: the racer is in no table any more. O(seconds * log racers).
  void replace(racer_id racer, const std::vector<score>& at);

  /// @param s  1..ride_seconds
  all_time_place place(own_second s, score value, racer_id self) const;

  /// Of many, in their order: much quicker than one by one, since their searches run together.
  std::vector<all_time_place> places(std::span<const ranked_score> scores) const;

  /// 0-based place of a racer's own best in the table at s, or none.
  std::optional<std::size_t> place_of(own_second s, racer_id racer) const;

  /// How many of the table at s stand at this place or before it, whether or not somebody stands there.
  std::size_t up_to(own_second s, score best, racer_id racer) const;

  /// Places [from, from + count) of the table at s, counted from 0; shorter at its end.
  std::vector<best_row> page(own_second s, std::size_t from, std::size_t count) const;

  /// [s - 1] = the score in the middle of the table at s, the lower of two middle ones; 0 where nobody has one.
  std::vector<score> median() const;

  /// The table at s as the rider sees it while riding: their own row shows `value` instead of their best.
  /// First `top` rows, then `around` above and below the own one, without repetition, by rank.
  std::vector<best_row> neighbours(own_second s, score value, racer_id self, std::size_t top, std::size_t around) const;

  /// The racer's bests, [s - 1]; empty for a stranger.
  std::vector<score> bests_of(racer_id racer) const;

  std::size_t racers() const { return racers_.size(); }
  /// Racers with a value at s.
  std::size_t ranked(own_second s) const { return order(s).size(); }

private:
  using row = racer_index::row;
  using ranking = ranked_column<127>; ///< a block is 512 bytes

  static constexpr row stranger = ~row{0};
  static constexpr std::size_t searches_together = 16;

  ranked_rows rows(std::size_t s) const { return {best_[s], racers_}; }
  /// A column is as long as the racers that were there when it was changed last.
  score value_at(std::size_t column, row r) const { return r < best_[column].size() ? best_[column][r] : score{}; }
  /// Where the columns of a second are.
  std::size_t column_of(own_second s) const {
    ALLEYCAT_CHECK(s.value() >= 1 && s.value() <= order_.size());
    ALLEYCAT_CHECK(staged_.empty());
    return s.value() - 1U;
  }
  const ranking& order(own_second s) const { return order_[column_of(s)]; }
  /// The racer's best at s; 0 for a stranger.
  score best_of(own_second s, racer_id racer) const;
  all_time_place place(std::size_t column, std::size_t higher, score value, score own) const;
  /// How many are strictly higher than `value` at s.
  std::size_t higher(own_second s, score value) const;
  /// Where (value, racer) stands, or would stand, at s.
  std::size_t slot(own_second s, score value, racer_id racer) const;
  void add_strangers(std::span<const ride_record> rides);
  void put_staged();

  std::vector<racer_id> racers_; ///< by row
  racer_index row_of_;
  std::vector<std::vector<score>> best_; ///< [s - 1][row]
  std::vector<ranking> order_;           ///< [s - 1]
  std::vector<score> staged_;            ///< bests of the racers loaded last, racer by racer, not in the columns yet
};

} // namespace alleycat

/// Best finished rides of one class, across races.
#pragma once

#include "racing/closed_race.hpp"

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace alleycat {

/// Sorted by score descending, then racer id; one row per racer.
class leaderboard {
public:
  void load(racer_id racer, const final_score& record);
  void sort();
  /// Takes a record that beats the racer's own; call `sort` after the last one.
  void improve(racer_id racer, const final_score& record);

  /// The racer's record becomes this one, better or worse; none: the racer leaves.
  void replace(racer_id racer, const std::optional<final_score>& record);

  /// Takes the score at the last second of every finished ride; strictly higher replaces, so an equal record stays with
  /// the earlier race (by race id).
  /// @returns racers whose record was set or beaten.
  std::vector<racer_id> merge(std::span<const ride_record> rides, scoring rule);

  /// Places [from, from + count), counted from 0; shorter at its end.
  std::vector<leaderboard_row> page(std::size_t from, std::size_t count) const;
  std::optional<final_score> record_of(racer_id racer) const;
  /// 0-based place of a racer, or none.
  std::optional<std::size_t> place(racer_id racer) const;
  /// How many stand at this place or before it, whether or not somebody stands there: where a page after it begins.
  std::size_t up_to(score best, racer_id racer) const;
  std::size_t size() const { return rows_.size(); }

private:
  struct row {
    racer_id racer;
    final_score record;
  };
  std::vector<row> rows_;
  std::unordered_map<racer_id, final_score> records_;
};

/// Whether a record replaces another: a strictly higher score, or the same score in an earlier race.
bool beats(const final_score& challenger, const final_score& holder);

} // namespace alleycat

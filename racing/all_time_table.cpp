#include "racing/all_time_table.hpp"

#include <algorithm>
#include <cstddef>

namespace alleycat {

all_time_table::all_time_table(std::uint32_t ride_seconds) : best_(ride_seconds), order_(ride_seconds) {}

void all_time_table::load(const racer_bests& bests) {
  const auto at = static_cast<index>(racers_.size());
  if (!index_of_.try_emplace(bests.racer, at).second)
    return;
  racers_.push_back(bests.racer);
  for (std::size_t s = 0; s < best_.size(); ++s)
    best_[s].push_back(s < bests.at.size() ? bests.at[s] : score{});
}

void all_time_table::sort() {
  for (std::size_t s = 0; s < best_.size(); ++s) {
    const auto& best = best_[s];
    auto& order = order_[s];
    order.clear();
    for (index i = 0; i < best.size(); ++i)
      if (best[i].value() != 0)
        order.push_back(i);
    std::sort(order.begin(), order.end(),
              [&](index a, index b) { return best[a] != best[b] ? best[a] > best[b] : racers_[a] < racers_[b]; });
  }
}

std::size_t all_time_table::merge(std::span<const ride_record> rides, scoring rule) {
  // Scores of the rides that count, and the row of each racer; a stranger gets an empty row first.
  std::vector<std::vector<score>> scores;
  std::vector<index> rows;
  for (const auto& ride : rides) {
    if (ride.flags != 0)
      continue;
    if (!index_of_.contains(ride.racer))
      load({ride.racer, {}, std::nullopt});
    rows.push_back(index_of_.at(ride.racer));
    scores.push_back(scores_of(ride, rule));
  }
  std::size_t beaten = 0;
  std::vector<bool> moves(racers_.size());
  std::vector<index> changed;
  std::vector<index> merged;
  for (std::size_t s = 0; s < best_.size(); ++s) {
    auto& best = best_[s];
    auto& order = order_[s];
    const auto before = [&](index a, index b) {
      return best[a] != best[b] ? best[a] > best[b] : racers_[a] < racers_[b];
    };
    changed.clear();
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (s < scores[r].size() && scores[r][s] > best[rows[r]]) {
        best[rows[r]] = scores[r][s];
        if (!moves[rows[r]])
          changed.push_back(rows[r]);
        moves[rows[r]] = true;
        ++beaten;
      }
    if (changed.empty())
      continue;
    std::sort(changed.begin(), changed.end(), before);
    merged.clear();
    merged.reserve(order.size() + changed.size());
    auto next = changed.begin();
    for (const auto i : order) {
      if (moves[i])
        continue;
      while (next != changed.end() && before(*next, i))
        merged.push_back(*next++);
      merged.push_back(i);
    }
    merged.insert(merged.end(), next, changed.end());
    order.assign(merged.begin(), merged.end());
    for (const auto i : changed)
      moves[i] = false;
  }
  return beaten;
}

std::size_t all_time_table::higher(own_second s, score value) const {
  const auto& best = best_[s.value() - 1U];
  const auto& order = order_[s.value() - 1U];
  return static_cast<std::size_t>(
      std::partition_point(order.begin(), order.end(), [&](index i) { return best[i] > value; }) - order.begin());
}

all_time_place all_time_table::place(own_second s, score value, racer_id self) const {
  const auto found = index_of_.find(self);
  const auto own = found == index_of_.end() ? score{} : best_[s.value() - 1U][found->second];
  const auto above = higher(s, value) - (own > value ? 1U : 0U);
  const auto others = ranked(s) - (own.value() != 0 ? 1U : 0U);
  return {static_cast<rank_t>(above + 1), static_cast<std::uint32_t>(others + 1), own};
}

std::size_t all_time_table::slot(own_second s, score value, racer_id racer) const {
  const auto& best = best_[s.value() - 1U];
  const auto& order = order_[s.value() - 1U];
  const auto at = std::partition_point(
      order.begin(), order.end(), [&](index i) { return best[i] != value ? best[i] > value : racers_[i] < racer; });
  return static_cast<std::size_t>(at - order.begin());
}

std::optional<std::size_t> all_time_table::place_of(own_second s, racer_id racer) const {
  const auto found = index_of_.find(racer);
  const auto own = found == index_of_.end() ? score{} : best_[s.value() - 1U][found->second];
  return own.value() == 0 ? std::nullopt : std::optional{slot(s, own, racer)};
}

std::vector<best_row> all_time_table::page(own_second s, std::size_t from, std::size_t count) const {
  const auto& best = best_[s.value() - 1U];
  const auto& order = order_[s.value() - 1U];
  std::vector<best_row> rows;
  const auto end = std::min(order.size(), from + std::min(count, order.size()));
  for (auto i = from; i < end; ++i) {
    const auto value = best[order[i]];
    const bool shares = !rows.empty() && rows.back().best == value;
    rows.push_back({shares ? rows.back().rank : static_cast<rank_t>(higher(s, value) + 1), racers_[order[i]], value});
  }
  return rows;
}

std::vector<best_row> all_time_table::neighbours(own_second s, score value, racer_id self, std::size_t top,
                                                 std::size_t around) const {
  const auto& best = best_[s.value() - 1U];
  const auto& order = order_[s.value() - 1U];
  const auto found = index_of_.find(self);
  const auto own = found == index_of_.end() ? score{} : best[found->second];
  const bool stored = own.value() != 0;
  const auto stored_at = stored ? slot(s, own, self) : order.size();
  auto shown_at = slot(s, value, self);
  if (stored && stored_at < shown_at)
    --shown_at;
  const auto others = order.size() - (stored ? 1U : 0U);

  // The table as shown: the others in stored order, with the own row put in at `shown_at`.
  const auto row_at = [&](std::size_t place) -> best_row {
    if (place == shown_at)
      return {0, self, value};
    const auto other = place < shown_at ? place : place - 1;
    const auto i = order[stored && other >= stored_at ? other + 1 : other];
    return {0, racers_[i], best[i]};
  };
  const auto rank_of = [&](score at) {
    return static_cast<rank_t>(1 + higher(s, at) - (own > at ? 1U : 0U) + (value > at ? 1U : 0U));
  };

  std::vector<best_row> rows;
  rows.reserve(top + 2 * around + 1);
  const auto add = [&](std::size_t from, std::size_t to) {
    for (auto place = from; place < to; ++place) {
      auto row = row_at(place);
      const bool shares = !rows.empty() && rows.back().best == row.best;
      row.rank = shares ? rows.back().rank : place > from ? static_cast<rank_t>(place + 1) : rank_of(row.best);
      rows.push_back(row);
    }
  };
  const auto size = others + 1;
  const auto top_end = std::min(top, size);
  const auto around_begin = std::max(top_end, shown_at > around ? shown_at - around : 0);
  add(0, top_end);
  add(around_begin, std::min(size, shown_at + around + 1));
  return rows;
}

std::vector<score> all_time_table::bests_of(racer_id racer) const {
  std::vector<score> result;
  const auto found = index_of_.find(racer);
  if (found == index_of_.end())
    return result;
  result.reserve(best_.size());
  for (const auto& column : best_)
    result.push_back(column[found->second]);
  return result;
}

} // namespace alleycat

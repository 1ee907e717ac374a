#include "racing/leaderboard.hpp"

#include "racing/check.hpp"

#include <algorithm>

namespace alleycat {

namespace {

struct by_score_then_racer {
  template <class Row>
  bool operator()(const Row& a, const Row& b) const {
    return a.record.best != b.record.best ? a.record.best > b.record.best : a.racer < b.racer;
  }
};

} // namespace

bool beats(const final_score& challenger, const final_score& holder) {
  return challenger.best != holder.best ? challenger.best > holder.best : challenger.race < holder.race;
}

void leaderboard::load(racer_id racer, const final_score& record) {
  records_.insert_or_assign(racer, record);
}

void leaderboard::improve(racer_id racer, const final_score& record) {
  const auto [entry, first] = records_.try_emplace(racer, record);
  if (!first && beats(record, entry->second))
    entry->second = record;
}

void leaderboard::sort() {
  rows_.clear();
  rows_.reserve(records_.size());
  for (const auto& [racer, record] : records_)
    rows_.push_back({racer, record});
  std::sort(rows_.begin(), rows_.end(), by_score_then_racer{});
}

void leaderboard::replace(racer_id racer, const std::optional<final_score>& record) {
  if (record)
    records_.insert_or_assign(racer, *record);
  else
    records_.erase(racer);
  sort();
}

std::vector<racer_id> leaderboard::merge(std::span<const ride_record> rides, scoring rule) {
  ALLEYCAT_CHECK(rows_.size() == records_.size());
  std::vector<row> changed;
  std::vector<racer_id> racers;
  for (const auto& ride : rides) {
    if (!ride.finished || ride.flags != 0)
      continue;
    const final_score challenger{scores_of(ride, rule).back(), ride.key.race, ride.closed};
    const auto [entry, first] = records_.try_emplace(ride.racer, challenger);
    if (!first && !beats(challenger, entry->second))
      continue;
    entry->second = challenger;
    changed.push_back({ride.racer, challenger});
  }
  // A racer with several rides here may have beaten the own record more than once: the last one stands.
  std::erase_if(changed, [this](const row& r) { return records_.at(r.racer) != r.record; });
  racers.reserve(changed.size());
  for (const auto& r : changed)
    racers.push_back(r.racer);
  std::erase_if(rows_, [this](const row& r) { return records_.at(r.racer) != r.record; });
  std::sort(changed.begin(), changed.end(), by_score_then_racer{});
  const auto kept = static_cast<std::ptrdiff_t>(rows_.size());
  rows_.insert(rows_.end(), changed.begin(), changed.end());
  std::inplace_merge(rows_.begin(), rows_.begin() + kept, rows_.end(), by_score_then_racer{});
  ALLEYCAT_CHECK(rows_.size() == records_.size());
  return racers;
}

std::vector<leaderboard_row> leaderboard::page(std::size_t from, std::size_t count) const {
  std::vector<leaderboard_row> result;
  const auto end = std::min(rows_.size(), from + std::min(count, rows_.size()));
  for (auto i = from; i < end; ++i) {
    const bool shares = i > from && rows_[i].record.best == rows_[i - 1].record.best;
    const auto higher = [&] {
      return std::partition_point(rows_.begin(), rows_.end(),
                                  [&](const row& r) { return r.record.best > rows_[i].record.best; }) -
             rows_.begin();
    };
    const auto rank = shares ? result.back().rank : static_cast<rank_t>(higher() + 1);
    result.push_back({rank, rows_[i].racer, rows_[i].record});
  }
  return result;
}

std::optional<final_score> leaderboard::record_of(racer_id racer) const {
  const auto found = records_.find(racer);
  return found == records_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::size_t> leaderboard::place(racer_id racer) const {
  const auto record = record_of(racer);
  if (!record)
    return std::nullopt;
  const auto found = std::lower_bound(rows_.begin(), rows_.end(), row{racer, *record}, by_score_then_racer{});
  return static_cast<std::size_t>(found - rows_.begin());
}

std::size_t leaderboard::up_to(score best, racer_id racer) const {
  const row place{racer, {best, {}, {}}};
  return static_cast<std::size_t>(std::upper_bound(rows_.begin(), rows_.end(), place, by_score_then_racer{}) -
                                  rows_.begin());
}

} // namespace alleycat

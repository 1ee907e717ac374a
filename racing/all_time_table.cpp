#include "racing/all_time_table.hpp"

#include "racing/score_sort.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace alleycat {

namespace {

/// Racers whose bests are turned from rows into columns at once: one by one each would touch 300 far places.
constexpr std::size_t staged_racers = 64;

/// Grows by an eighth, where a vector would by itself double: these are most of a node's memory.
void grow(std::vector<score>& column, std::size_t size) {
  if (size > column.capacity())
    column.reserve(std::max(size, column.size() + column.size() / 8));
  column.resize(size);
}

} // namespace

all_time_table::all_time_table(std::uint32_t ride_seconds) : best_(ride_seconds), order_(ride_seconds) {
  ALLEYCAT_CHECK(ride_seconds >= 1 && ride_seconds <= max_ride_seconds);
}

void all_time_table::load(const racer_bests& bests) {
  const bool is_new = row_of_.insert(bests.racer, static_cast<row>(racers_.size()));
  ALLEYCAT_CHECK(is_new);
  racers_.push_back(bests.racer);
  for (std::size_t s = 0; s < best_.size(); ++s)
    staged_.push_back(s < bests.at.size() ? bests.at[s] : score{});
  if (staged_.size() >= staged_racers * best_.size())
    put_staged();
}

void all_time_table::put_staged() {
  const auto seconds = best_.size();
  const auto count = staged_.size() / seconds;
  for (std::size_t s = 0; s < seconds; ++s) {
    auto& column = best_[s];
    const auto from = column.size();
    grow(column, from + count);
    for (std::size_t i = 0; i < count; ++i)
      column[from + i] = staged_[i * seconds + s];
  }
  staged_.clear();
}

void all_time_table::sort() {
  put_staged();
  std::vector<row> by_racer(racers_.size());
  std::iota(by_racer.begin(), by_racer.end(), row{0});
  std::sort(by_racer.begin(), by_racer.end(), [&](row a, row b) { return racers_[a] < racers_[b]; });
  score_sorter sorter;
  for (std::size_t s = 0; s < best_.size(); ++s)
    order_[s].assign(sorter.sort(by_racer, best_[s]), rows(s));
}

void all_time_table::add_strangers(std::span<const ride_record> rides) {
  for (const auto& ride : rides)
    if (ride.flags == 0 && row_of_.insert(ride.racer, static_cast<row>(racers_.size())))
      racers_.push_back(ride.racer);
}

std::size_t all_time_table::merge(std::span<const ride_record> rides, scoring rule) {
  auto p = begin_merge(rides, rule);
  merge_on(p, best_.size());
  return p.beaten();
}

all_time_table::passage all_time_table::begin_merge(std::span<const ride_record> rides, scoring rule) {
  ALLEYCAT_CHECK(staged_.empty());
  add_strangers(rides);
  passage p;
  p.seconds_ = best_.size();
  for (const auto& ride : rides)
    if (ride.flags == 0) {
      p.rows_.push_back(*row_of_.find(ride.racer));
      p.scores_.push_back(scores_of(ride, rule));
    }
  return p;
}

void all_time_table::merge_on(passage& p, std::size_t seconds) {
  for (const auto end = std::min(p.seconds_, p.next_ + seconds); p.next_ != end; ++p.next_) {
    const auto s = p.next_;
    auto& best = best_[s];
    grow(best, racers_.size());
    bool any = false;
    for (std::size_t r = 0; r < p.rows_.size(); ++r) {
      const auto at = p.rows_[r];
      if (s >= p.scores_[r].size() || p.scores_[r][s] <= best[at])
        continue;
      if (best[at].value() != 0)
        order_[s].erase(at, rows(s));
      best[at] = p.scores_[r][s];
      order_[s].insert(at, rows(s));
      any = true;
      ++p.beaten_;
    }
    if (any)
      order_[s].settle(rows(s));
  }
}

all_time_table::passage all_time_table::begin_ranks(std::span<const ride_record> rides, scoring rule) const {
  ALLEYCAT_CHECK(staged_.empty());
  passage p;
  p.seconds_ = best_.size();
  for (const auto& ride : rides) {
    p.rows_.push_back(row_of_.find(ride.racer).value_or(stranger));
    p.scores_.push_back(scores_of(ride, rule));
  }
  return p;
}

void all_time_table::rank_on(passage& p, std::span<ride_record> rides, std::size_t seconds) const {
  ALLEYCAT_CHECK(rides.size() == p.rows_.size());
  // Second by second, since all that is known of one lies together.
  for (const auto end = std::min(p.seconds_, p.next_ + seconds); p.next_ != end; ++p.next_) {
    const auto s = p.next_;
    std::array<ranking::search, searches_together> searches;
    std::array<std::size_t, searches_together> of_ride{};
    std::size_t together = 0;
    const auto finish = [&] {
      ranking::finish(std::span{searches}.first(together));
      for (std::size_t i = 0; i < together; ++i) {
        const auto r = of_ride[i];
        rides[r].seconds[s].all_time_rank =
            place(s, searches[i].higher(), p.scores_[r][s], value_at(s, p.rows_[r])).rank;
      }
      together = 0;
    };
    for (std::size_t r = 0; r < rides.size(); ++r) {
      if (s >= p.scores_[r].size() || p.scores_[r][s].value() == 0)
        continue;
      of_ride[together] = r;
      searches[together++] = order_[s].begin_higher(p.scores_[r][s], rows(s));
      if (together == searches_together)
        finish();
    }
    finish();
  }
}

void all_time_table::replace(racer_id racer, const std::vector<score>& at) {
  if (row_of_.insert(racer, static_cast<row>(racers_.size()))) {
    racers_.push_back(racer);
  }
  const auto r = *row_of_.find(racer);
  for (std::size_t s = 0; s < best_.size(); ++s) {
    grow(best_[s], racers_.size());
    auto& best = best_[s][r];
    const auto now = s < at.size() ? at[s] : score{};
    if (best == now)
      continue;
    if (best.value() != 0)
      order_[s].erase(r, rows(s));
    best = now;
    if (now.value() != 0)
      order_[s].insert(r, rows(s));
    order_[s].settle(rows(s));
  }
}

score all_time_table::best_of(own_second s, racer_id racer) const {
  const auto found = row_of_.find(racer);
  return found ? value_at(column_of(s), *found) : score{};
}

std::size_t all_time_table::higher(own_second s, score value) const {
  return order(s).higher(value, rows(column_of(s)));
}

std::size_t all_time_table::slot(own_second s, score value, racer_id racer) const {
  return order(s).place(value, racer, rows(column_of(s)));
}

all_time_place all_time_table::place(own_second s, score value, racer_id self) const {
  return place(column_of(s), higher(s, value), value, best_of(s, self));
}

std::vector<all_time_place> all_time_table::places(std::span<const ranked_score> scores) const {
  std::vector<all_time_place> places;
  places.reserve(scores.size());
  std::array<ranking::search, searches_together> searches;
  while (!scores.empty()) {
    const auto together = scores.first(std::min(scores.size(), searches_together));
    for (std::size_t i = 0; i < together.size(); ++i)
      searches[i] = order(together[i].second).begin_higher(together[i].value, rows(column_of(together[i].second)));
    ranking::finish(std::span{searches}.first(together.size()));
    for (std::size_t i = 0; i < together.size(); ++i) {
      const auto& [second, racer, value] = together[i];
      places.push_back(place(column_of(second), searches[i].higher(), value, best_of(second, racer)));
    }
    scores = scores.subspan(together.size());
  }
  return places;
}

all_time_place all_time_table::place(std::size_t column, std::size_t higher, score value, score own) const {
  const auto& all = order_[column];
  const auto above = higher - (own > value ? 1U : 0U);
  const auto others = all.size() - (own.value() != 0 ? 1U : 0U);
  return {static_cast<rank_t>(above + 1), static_cast<std::uint32_t>(others + 1), own};
}

std::optional<std::size_t> all_time_table::place_of(own_second s, racer_id racer) const {
  const auto own = best_of(s, racer);
  return own.value() == 0 ? std::nullopt : std::optional{slot(s, own, racer)};
}

std::size_t all_time_table::up_to(own_second s, score best, racer_id racer) const {
  const auto at = slot(s, best, racer);
  const bool there = at < ranked(s) && racers_[order(s).at(at)] == racer && best_of(s, racer) == best;
  return at + (there ? 1U : 0U);
}

std::vector<best_row> all_time_table::page(own_second s, std::size_t from, std::size_t count) const {
  const auto& best = best_[column_of(s)];
  std::vector<best_row> page;
  const auto end = std::min(ranked(s), from + std::min(count, ranked(s)));
  if (from >= end)
    return page;
  auto place = from;
  order(s).each(from, end - from, [&](row r) {
    const auto value = best[r];
    const bool shares = !page.empty() && page.back().best == value;
    const auto rank = shares ? page.back().rank : page.empty() ? higher(s, value) + 1 : place + 1;
    page.push_back({static_cast<rank_t>(rank), racers_[r], value});
    ++place;
  });
  return page;
}

std::vector<score> all_time_table::median() const {
  std::vector<score> curve(best_.size());
  for (std::size_t s = 0; s < best_.size(); ++s)
    if (const auto count = order_[s].size(); count != 0)
      curve[s] = best_[s][order_[s].at(count / 2)];
  return curve;
}

std::vector<best_row> all_time_table::neighbours(own_second s, score value, racer_id self, std::size_t top,
                                                 std::size_t around) const {
  const auto& best = best_[column_of(s)];
  const auto& all = order(s);
  const auto own = best_of(s, self);
  const bool stored = own.value() != 0;
  const auto stored_at = stored ? slot(s, own, self) : all.size();
  auto shown_at = slot(s, value, self);
  if (stored && stored_at < shown_at)
    --shown_at;
  const auto others = all.size() - (stored ? 1U : 0U);

  // The table as shown: the others in stored order, with the own row put in at `shown_at`.
  const auto row_at = [&](std::size_t place) -> best_row {
    if (place == shown_at)
      return {0, self, value};
    const auto other = place < shown_at ? place : place - 1;
    const auto r = all.at(stored && other >= stored_at ? other + 1 : other);
    return {0, racers_[r], best[r]};
  };
  const auto rank_of = [&](score at) {
    return static_cast<rank_t>(1 + higher(s, at) - (own > at ? 1U : 0U) + (value > at ? 1U : 0U));
  };

  std::vector<best_row> shown;
  shown.reserve(top + 2 * around + 1);
  const auto add = [&](std::size_t from, std::size_t to) {
    for (auto place = from; place < to; ++place) {
      auto next = row_at(place);
      const bool shares = !shown.empty() && shown.back().best == next.best;
      next.rank = shares ? shown.back().rank : place > from ? static_cast<rank_t>(place + 1) : rank_of(next.best);
      shown.push_back(next);
    }
  };
  const auto size = others + 1;
  const auto top_end = std::min(top, size);
  const auto around_begin = std::max(top_end, shown_at > around ? shown_at - around : 0);
  add(0, top_end);
  add(around_begin, std::min(size, shown_at + around + 1));
  return shown;
}

std::vector<score> all_time_table::bests_of(racer_id racer) const {
  std::vector<score> result;
  const auto found = row_of_.find(racer);
  if (!found)
    return result;
  result.reserve(best_.size());
  for (std::size_t s = 0; s < best_.size(); ++s)
    result.push_back(value_at(s, *found));
  return result;
}

} // namespace alleycat

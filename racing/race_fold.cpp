#include "racing/race_fold.hpp"

#include "racing/admission.hpp"
#include "racing/check.hpp"
#include "racing/failpoint.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

namespace alleycat {

namespace {

/// One step of a 64-bit mix (the finaliser of splitmix64, public domain, S. Vigna).
std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}

std::uint64_t mixed(std::uint64_t hash, const journal_update& u) {
  hash = mixed(hash, std::uint64_t{u.racer.value()} << 32 | std::uint64_t{u.second.value()} << 16 | u.measured.cadence);
  hash = mixed(hash, static_cast<std::uint64_t>(ms_of(u.device_timestamp)));
  hash = mixed(hash, std::uint64_t{u.measured.resistance} << 32 | std::uint64_t{u.measured.power} << 16 |
                         std::uint64_t{u.measured.heart_rate} << 8 | u.name.size());
  for (const char c : u.name)
    hash = mixed(hash, static_cast<unsigned char>(c));
  return hash;
}

/// The value of a row in a column that is as long as the rides that reached it made it.
score value_at(const std::vector<score>& column, row_index row) {
  return row < column.size() ? column[row] : score{};
}

void set_value(std::vector<score>& column, row_index row, score value, std::size_t racers) {
  if (row >= column.size())
    column.resize(racers);
  column[row] = value;
}

/// The highest total of the longest ride fits a score, so no sum below overflows.
static_assert(std::uint64_t{output_of({max_cadence, max_resistance}).value()} * max_ride_seconds <= 0xffff'ffffU);

const class_rules& class_of(const rule_set& rules, race_key key) {
  ALLEYCAT_CHECK(rules.find(key.cls) != nullptr);
  return *rules.find(key.cls);
}

} // namespace

race_fold::race_fold(const rule_set& rules, race_key key)
    : key_{key}, class_{class_of(rules, key)}, rules_{rules.race}, scores_(rules.race.ride_seconds),
      totals_(class_.score == scoring::total ? 0 : rules.race.ride_seconds), order_(rules.race.ride_seconds),
      reached_(rules.race.ride_seconds) {}

// -- the fold ----------------------------------------------------------------------------------------------------------

void race_fold::apply(const journal_entry& entry) {
  if (entry.position <= stamp_.position)
    return;
  skip(entry.position);
  if (const auto* mark = std::get_if<close_mark>(&entry.content)) {
    marked_by_ = std::max(marked_by_, mark->owner_epoch);
    const bool counts =
        rules_.admit == admission::any || entry.stored > rules_.deadline_of(key_.race) || planted_fault("early_mark");
    if (!counts)
      ++early_marks_;
    if (counts && !closed_) {
      closed_ = true;
      stamp_.stored = entry.stored;
      mark_ = stamp_;
    }
    return;
  }
  const auto& batch = std::get<journal_batch>(entry.content);
  if (!closed_) {
    stamp_.stored = entry.stored;
    stamp_.checksum = mixed(stamp_.checksum, static_cast<std::uint64_t>(ms_of(entry.stored)));
    if (!batch.empty())
      last_update_ = entry.stored;
  }
  for (const auto& u : batch)
    ++outcomes_[static_cast<std::size_t>(closed_ ? refusal::out_of_time : fold(u, entry.stored))];
}

void race_fold::skip(journal_position position) {
  if (position > stamp_.position && !closed_)
    stamp_.checksum = mixed(stamp_.checksum, position.value());
  stamp_.position = std::max(stamp_.position, position);
}

refusal race_fold::fold(const journal_update& u, unix_ms stored) {
  stamp_.checksum = mixed(stamp_.checksum, u);
  if (u.second.value() < 1 || u.second > rules_.last_second())
    return refusal::bad_second;
  const auto known = row_of_.find(u.racer);
  if (rules_.admit == admission::live && !in_time(rules_, key_.race, u.second, stored)) {
    if (known)
      news_.refused.push_back({static_cast<row_index>(*known), refusal::out_of_time});
    return refusal::out_of_time;
  }
  const auto anchor = anchor_of(u.device_timestamp, u.second);
  if (!known) {
    if (rides_.size() >= rules_.capacity) {
      if (turned_away_.size() < rules_.capacity)
        ++turned_away_[u.racer];
      return refusal::race_full;
    }
    const auto row = static_cast<row_index>(rides_.size());
    row_of_.insert(u.racer, row);
    auto& r = rides_.emplace_back();
    r.racer = u.racer;
    r.anchor = anchor;
    r.measured.resize(rules_.ride_seconds);
    r.present.resize((rules_.ride_seconds + 63) / 64);
    accept(r, row, u);
    return refusal::none;
  }
  const auto row = static_cast<row_index>(*known);
  auto& r = rides_[row];
  auto reason = refusal::none;
  if (const auto drift = anchor - r.anchor; drift > clock_tolerance || drift < -clock_tolerance)
    reason = refusal::other_ride;
  else if (r.has(u.second))
    reason = r.measured[u.second.value() - 1U] == u.measured ? refusal::duplicate : refusal::conflict;
  else
    accept(r, row, u);
  if (reason != refusal::none)
    news_.refused.push_back({row, reason});
  return reason;
}

void race_fold::accept(ride& r, row_index row, const journal_update& u) {
  const auto s = u.second;
  const auto bit = s.value() - 1U;
  if (r.name.empty())
    r.name = u.name;
  r.wants_view = u.wants_view;
  r.measured[bit] = u.measured;
  r.present[bit / 64] |= std::uint64_t{1} << (bit % 64);
  ++r.seconds;
  ALLEYCAT_CHECK(r.seconds <= std::max(r.furthest, s).value());
  const auto output = output_of(u.measured);
  const auto before = r.furthest;
  if (s > before) {
    r.furthest = s;
    furthest_ = std::max(furthest_, s);
    for (auto i = before.value(); i < s.value(); ++i)
      ++reached_[i];
  }
  // Totals: from `s` on every one grows by the output; seconds between the former end and `s` repeat the former total.
  const bool by_total = class_.score == scoring::total;
  auto& totals = by_total ? scores_ : totals_;
  const auto former = before.value() == 0 ? score{} : value_at(totals[before.value() - 1U], row);
  const auto first_changed = std::min<std::uint16_t>(s.value(), static_cast<std::uint16_t>(before.value() + 1U));
  for (auto i = first_changed; i <= r.furthest.value(); ++i) {
    const own_second at{i};
    const auto old = i > before.value() ? former : value_at(totals[i - 1U], row);
    const auto now = i < s.value() ? old : score{old.value() + output.value()};
    if (i <= before.value() && now == old)
      continue;
    if (by_total) {
      take_out(at, row);
      place_in(at, row, now);
    } else {
      set_value(totals[i - 1U], row, now, rides_.size());
    }
  }
  if (!by_total)
    place_in(s, row, output);
  if (!r.complete && r.seconds == rules_.ride_seconds) {
    r.complete = true;
    ++complete_;
  }
  if (!r.finished && r.has(rules_.last_second()) && r.seconds >= rules_.min_seconds()) {
    r.finished = true;
    ++finished_;
  }
  news_.accepted.push_back({row, s});
}

void race_fold::place_in(own_second s, row_index row, score value) {
  if (value.value() == 0)
    return;
  auto& column = scores(s);
  set_value(column, row, value, rides_.size());
  auto& rows = order(s);
  const auto racer = rides_[row].racer;
  const auto at = std::partition_point(rows.begin(), rows.end(), [&](row_index other) {
    return column[other] != value ? column[other] > value : rides_[other].racer < racer;
  });
  ALLEYCAT_CHECK(at == rows.end() || *at != row);
  rows.insert(at, row);
  ALLEYCAT_CHECK(rows.size() <= rides_.size());
}

void race_fold::take_out(own_second s, row_index row) {
  auto& column = scores(s);
  if (value_at(column, row).value() == 0)
    return;
  auto& rows = order(s);
  const auto at = rows.begin() + static_cast<std::ptrdiff_t>(place(row, s));
  rows.erase(at);
  column[row] = score{};
}

race_news race_fold::take_news() {
  return std::exchange(news_, {});
}

std::map<racer_id, std::uint32_t> race_fold::take_turned_away() {
  return std::exchange(turned_away_, {});
}

// -- one ride ----------------------------------------------------------------------------------------------------------

std::size_t race_fold::reached(own_second s) const {
  return s.value() < 1 ? rides_.size() : reached_[column_of(s)];
}

bool race_fold::finished(row_index row) const {
  return ride_of(row).finished;
}

std::optional<row_index> race_fold::find(racer_id racer) const {
  const auto found = row_of_.find(racer);
  return found ? std::optional{static_cast<row_index>(*found)} : std::nullopt;
}

score race_fold::total(row_index row, own_second s) const {
  return value_at((class_.score == scoring::total ? scores_ : totals_)[column_of(s)], row);
}

std::uint16_t race_fold::seconds(row_index row, own_second s) const {
  const auto& present = ride_of(row).present;
  const std::size_t bits = column_of(s) + 1;
  int count = 0;
  for (std::size_t i = 0; i < bits / 64; ++i)
    count += std::popcount(present[i]);
  if (bits % 64 != 0)
    count += std::popcount(present[bits / 64] & ((std::uint64_t{1} << (bits % 64)) - 1));
  return static_cast<std::uint16_t>(count);
}

score race_fold::output(row_index row, own_second s) const {
  const auto& r = ride_of(row);
  const auto column = column_of(s);
  return r.has(s) ? output_of(r.measured[column]) : score{};
}

score race_fold::score_at(row_index row, own_second s) const {
  return value_at(scores(s), row);
}

std::vector<own_second> race_fold::missing(row_index row, std::size_t limit) const {
  std::vector<own_second> result;
  const auto& r = ride_of(row);
  if (r.seconds == r.furthest.value())
    return result;
  for (std::uint16_t s = 1; s < r.furthest.value() && result.size() < limit; ++s)
    if (!r.has(own_second{s}))
      result.emplace_back(s);
  return result;
}

// -- rankings ----------------------------------------------------------------------------------------------------------

rank_t race_fold::here_now_rank(row_index row, own_second s) const {
  const auto value = score_at(row, s);
  if (value.value() == 0)
    return 0;
  const auto& column = scores(s);
  const auto& rows = order(s);
  const auto equal =
      std::partition_point(rows.begin(), rows.end(), [&](row_index other) { return column[other] > value; });
  return static_cast<rank_t>(equal - rows.begin() + 1);
}

std::size_t race_fold::place(row_index row, own_second s) const {
  const auto& column = scores(s);
  const auto& rows = order(s);
  const auto racer = ride_of(row).racer;
  const auto value = value_at(column, row);
  ALLEYCAT_CHECK(value.value() != 0);
  const auto at = std::partition_point(rows.begin(), rows.end(), [&](row_index other) {
    return column[other] != value ? column[other] > value : rides_[other].racer < racer;
  });
  ALLEYCAT_CHECK(at != rows.end() && *at == row);
  return static_cast<std::size_t>(at - rows.begin());
}

std::vector<here_now_row> race_fold::here_now(own_second s, std::size_t from, std::size_t count) const {
  std::vector<here_now_row> rows;
  const auto& column = scores(s);
  const auto& all = order(s);
  const auto end = std::min(all.size(), from + std::min(count, all.size()));
  for (auto i = from; i < end; ++i) {
    const auto value = column[all[i]];
    const auto rank = rows.empty()              ? here_now_rank(all[i], s)
                      : rows.back().at == value ? rows.back().rank
                                                : static_cast<rank_t>(i + 1);
    rows.push_back({rank, rides_[all[i]].racer, value});
  }
  return rows;
}

standing race_fold::standing_of(row_index row, rank_t here_now_rank) const {
  const auto& r = rides_[row];
  return {.rank = 0,
          .here_now_rank = here_now_rank,
          .racer = r.racer,
          .name = r.name,
          .second = r.furthest,
          .seconds = r.seconds,
          .output = output(row, r.furthest),
          .total = total(row, r.furthest),
          .finished = r.finished,
          .all_time_rank = 0};
}

std::vector<row_index> race_fold::live_order() const {
  // Sorted by small keys, each with what decides.
  struct place {
    score value;
    racer_id racer;
    row_index row;
  };
  std::vector<place> places(rides_.size());
  for (std::size_t i = 0; i < rides_.size(); ++i)
    places[i] = {score_at(static_cast<row_index>(i), rides_[i].furthest), rides_[i].racer, static_cast<row_index>(i)};
  std::sort(places.begin(), places.end(),
            [](const place& a, const place& b) { return a.value != b.value ? a.value > b.value : a.racer < b.racer; });
  std::vector<row_index> order(places.size());
  std::transform(places.begin(), places.end(), order.begin(), [](const place& p) { return p.row; });
  return order;
}

std::vector<standing> race_fold::ranking(std::span<const row_index> order) const {
  ALLEYCAT_CHECK(order.size() == rides_.size());
  std::vector<standing> rows;
  rows.reserve(order.size());
  rank_t rank = 0;
  score last;
  // At the furthest second nobody else has a score: who is there stands here in the order of the here-now table.
  rank_t in_front = 0;
  rank_t front_rank = 0;
  score front_value;
  for (const auto row : order) {
    const auto value = score_at(row, rides_[row].furthest);
    if (rows.empty() || value != last)
      rank = static_cast<rank_t>(rows.size() + 1);
    last = value;
    const bool front = rides_[row].furthest == furthest_;
    if (front && (in_front++ == 0 || value != front_value)) {
      front_rank = in_front;
      front_value = value;
    }
    rows.push_back(standing_of(row, front ? front_rank : here_now_rank(row, rides_[row].furthest)));
    rows.back().rank = rank;
  }
  return rows;
}

std::vector<standing> race_fold::final_rows() const {
  const bool by_total = class_.score == scoring::total;
  const auto value = [by_total](const standing& row) { return by_total ? row.total : row.output; };
  std::vector<standing> rows;
  rows.reserve(rides_.size());
  for (std::size_t i = 0; i < rides_.size(); ++i)
    rows.push_back(
        standing_of(static_cast<row_index>(i), here_now_rank(static_cast<row_index>(i), rides_[i].furthest)));
  std::sort(rows.begin(), rows.end(), [&](const standing& a, const standing& b) {
    if (a.finished != b.finished)
      return a.finished;
    if (!a.finished && a.second != b.second)
      return a.second > b.second;
    return value(a) != value(b) ? value(a) > value(b) : a.racer < b.racer;
  });
  for (std::size_t i = 0; i < rows.size() && rows[i].finished; ++i) {
    const bool shares = i > 0 && value(rows[i]) == value(rows[i - 1]);
    rows[i].rank = shares ? rows[i - 1].rank : static_cast<rank_t>(i + 1);
  }
  return rows;
}

} // namespace alleycat

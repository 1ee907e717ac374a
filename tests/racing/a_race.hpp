/// A race whose journal is written in a sentence.
#pragma once

#include "print.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alleycat {

using namespace std::chrono_literals;

inline constexpr class_id old_town{3};
inline constexpr race_id race_5400172{5'400'172};
inline constexpr race_key the_race{old_town, race_5400172};

/// 300-second window, `ride_seconds` per ride, classes as shipped; class 3 scores by `rule`.
inline rule_set rules_for(std::uint32_t ride_seconds, scoring rule = scoring::total) {
  rule_set rules{.race = {.ride_seconds = ride_seconds}, .classes = shipped_classes()};
  rules.classes[2].score = rule;
  return rules;
}

/// A measurement whose output is exactly `thousands` * 1000 units. @param thousands  350..2850
constexpr measurement worth(unsigned thousands) {
  return {.cadence = static_cast<std::uint16_t>(thousands - 350), .resistance = 350};
}
static_assert(output_of(worth(350)) == score{350'000});
static_assert(output_of(worth(2850)) == score{2'850'000});

constexpr score thousand(std::uint32_t n) {
  return score{n * 1000};
}

/// An update of a ride that began at the start of the race.
inline journal_update at(std::uint32_t racer, std::uint16_t second, unsigned thousands = 500) {
  return {.racer = racer_id{racer},
          .second = own_second{second},
          .device_timestamp = race_rules{}.start_of(race_5400172) + std::chrono::seconds{second},
          .measured = worth(thousands),
          .name = {}};
}

inline journal_update named(journal_update u, std::string name) {
  u.name = std::move(name);
  return u;
}

/// The same update by a bike whose ride began so much later.
inline journal_update shifted(journal_update u, milliseconds later) {
  u.device_timestamp += later;
  return u;
}

class a_race {
public:
  explicit a_race(rule_set rules) : rules_{std::move(rules)}, state{rules_, the_race} {}
  explicit a_race(std::uint32_t ride_seconds = 10, scoring rule = scoring::total)
      : a_race{rules_for(ride_seconds, rule)} {}

  unix_ms start() const { return rules_.race.start_of(race_5400172); }
  unix_ms deadline() const { return rules_.race.deadline_of(race_5400172); }
  /// A moment at which every second of a ride counts.
  unix_ms in_time() const { return start() + std::chrono::seconds{rules_.race.ride_seconds}; }

  /// Appends one batch to the journal and folds it.
  void batch(journal_batch updates, std::optional<unix_ms> stored = {}) {
    append({next(), stored.value_or(in_time()), std::move(updates)});
  }
  void add(journal_update u, std::optional<unix_ms> stored = {}) { batch({std::move(u)}, stored); }
  void mark(epoch owner_epoch = epoch{1}, std::optional<unix_ms> stored = {}) {
    append({next(), stored.value_or(deadline() + 1ms), close_mark{owner_epoch, {}}});
  }
  /// A whole ride, every second worth the same.
  void ride(std::uint32_t racer, unsigned thousands, std::uint16_t from = 1, std::uint16_t to = 0) {
    const auto last = to == 0 ? static_cast<std::uint16_t>(rules_.race.ride_seconds) : to;
    for (auto s = from; s <= last; ++s)
      add(at(racer, s, thousands));
  }

  row_index row(std::uint32_t racer) const { return state.find(racer_id{racer}).value(); }
  score score_at(std::uint32_t racer, std::uint16_t second) const {
    return state.score_at(row(racer), own_second{second});
  }
  score total(std::uint32_t racer, std::uint16_t second) const { return state.total(row(racer), own_second{second}); }
  rank_t rank(std::uint32_t racer, std::uint16_t second) const {
    return state.here_now_rank(row(racer), own_second{second});
  }
  std::uint32_t count(refusal r) const { return state.outcomes()[static_cast<std::size_t>(r)]; }

private:
  journal_position next() const { return journal_position{journal_.size() + 1}; }
  void append(journal_entry entry) {
    journal_.push_back(std::move(entry));
    state.apply(journal_.back());
  }

  rule_set rules_;
  std::vector<journal_entry> journal_;

public:
  race_fold state;
  const std::vector<journal_entry>& journal() const { return journal_; }
};

/// Rank and racer of every row, in order.
inline std::vector<std::pair<rank_t, std::uint32_t>> places(const std::vector<standing>& rows) {
  std::vector<std::pair<rank_t, std::uint32_t>> out;
  for (const auto& row : rows)
    out.emplace_back(row.rank, row.racer.value());
  return out;
}

inline std::vector<std::pair<rank_t, std::uint32_t>> places(const std::vector<here_now_row>& rows) {
  std::vector<std::pair<rank_t, std::uint32_t>> out;
  for (const auto& row : rows)
    out.emplace_back(row.rank, row.racer.value());
  return out;
}

using place_list = std::vector<std::pair<rank_t, std::uint32_t>>;

} // namespace alleycat

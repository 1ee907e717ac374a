#include "racing/corrections.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace alleycat {

namespace {

constexpr auto excluded_flag = static_cast<std::uint8_t>(ride_flag::excluded);

/// The order of a result: finishers, the others, then what does not count.
int part_of(const standing& row) {
  return row.excluded ? 2 : row.finished ? 0 : 1;
}

/// Ranks of finishers who count, anew. Rows that had the same score still follow each other.
void rank_again(race_result& result, scoring rule) {
  const auto value = [rule](const standing& row) { return rule == scoring::total ? row.total : row.output; };
  std::sort(result.rows.begin(), result.rows.end(), [&](const standing& a, const standing& b) {
    if (part_of(a) != part_of(b))
      return part_of(a) < part_of(b);
    const auto furthest = [](const standing& row) { return row.finished && !row.excluded ? own_second{} : row.second; };
    return std::tuple{furthest(b), value(b), a.racer} < std::tuple{furthest(a), value(a), b.racer};
  });
  result.finished = 0;
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    auto& row = result.rows[i];
    if (part_of(row) != 0) {
      row.rank = 0;
      continue;
    }
    const bool shares = i > 0 && value(row) == value(result.rows[i - 1]);
    row.rank = shares ? result.rows[i - 1].rank : static_cast<rank_t>(i + 1);
    ++result.finished;
  }
}

} // namespace

std::string_view to_string(edit_kind kind) {
  constexpr std::array<std::string_view, 6> words{"", "rename", "hide", "forget", "exclude", "clear"};
  const auto number = static_cast<std::size_t>(kind);
  return number < words.size() ? words[number] : std::string_view{};
}

void corrections::apply(const edit& e) {
  auto& of = riders_[e.racer];
  if (e.sequence != 0 && e.sequence <= of.last)
    return;
  of.last = e.sequence;
  switch (e.kind) {
  case edit_kind::rename:
    of.name = e.name;
    break;
  case edit_kind::hide:
    of.hidden = true;
    break;
  case edit_kind::forget:
    of = {};
    of.forgotten_at = e.at;
    of.forgotten_by = of.last = e.sequence;
    break;
  case edit_kind::exclude:
    of.excluded.insert(e.ride);
    of.bests_since[e.ride.cls] = e.sequence;
    break;
  case edit_kind::clear:
    for (const auto& ride : of.excluded)
      of.bests_since[ride.cls] = e.sequence;
    of.excluded.clear();
    of.name.reset();
    of.hidden = false;
    break;
  }
}

const corrections::rider* corrections::find(racer_id racer) const {
  const auto found = riders_.find(racer);
  return found == riders_.end() ? nullptr : &found->second;
}

std::string corrections::shown(racer_id racer, const std::string& own) const {
  const auto* of = find(racer);
  if (of == nullptr)
    return own;
  return of->hidden ? std::string{} : of->name.value_or(own);
}

const std::string* corrections::given_name(racer_id racer) const {
  const auto* of = find(racer);
  return of != nullptr && of->name ? &*of->name : nullptr;
}

bool corrections::hidden(racer_id racer) const {
  const auto* of = find(racer);
  return of != nullptr && of->hidden;
}

bool corrections::excluded(race_key race, racer_id racer) const {
  const auto* of = find(racer);
  return of != nullptr && of->excluded.contains(race);
}

bool corrections::forgotten(racer_id racer, unix_ms race_start) const {
  const auto* of = find(racer);
  return of != nullptr && of->forgotten_at && race_start <= *of->forgotten_at;
}

std::uint64_t corrections::bests_since(class_id cls, racer_id racer) const {
  const auto* of = find(racer);
  if (of == nullptr)
    return 0;
  const auto in_class = of->bests_since.find(cls);
  return std::max(of->forgotten_by, in_class == of->bests_since.end() ? 0 : in_class->second);
}

std::vector<race_key> corrections::excluded_rides(racer_id racer) const {
  const auto* of = find(racer);
  return of == nullptr ? std::vector<race_key>{} : std::vector<race_key>{of->excluded.begin(), of->excluded.end()};
}

bool correct(race_result& result, const corrections& by, scoring rule, unix_ms race_start) {
  if (by.empty())
    return false;
  auto& rows = result.rows;
  bool changed = std::erase_if(rows, [&](const standing& row) { return by.forgotten(row.racer, race_start); }) != 0;
  for (auto& row : rows) {
    const bool excluded = by.excluded(result.key, row.racer);
    changed = changed || excluded != row.excluded;
    row.excluded = excluded;
  }
  if (changed)
    rank_again(result, rule);
  return changed;
}

bool correct(closed_race& race, const corrections& by, scoring rule, unix_ms race_start) {
  if (by.empty())
    return false;
  std::erase_if(race.rides, [&](const ride_record& ride) { return by.forgotten(ride.racer, race_start); });
  for (auto& ride : race.rides) {
    const bool excluded = by.excluded(ride.key, ride.racer);
    ride.flags = static_cast<std::uint8_t>(excluded ? ride.flags | excluded_flag : ride.flags & ~excluded_flag);
  }
  const bool changed = correct(race.result, by, rule, race_start);
  for (const auto& row : race.result.rows) {
    const auto ride = std::lower_bound(race.rides.begin(), race.rides.end(), row.racer,
                                       [](const ride_record& r, racer_id racer) { return r.racer < racer; });
    if (ride != race.rides.end() && ride->racer == row.racer)
      ride->rank = row.rank;
  }
  return changed;
}

} // namespace alleycat

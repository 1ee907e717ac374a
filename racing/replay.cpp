#include "racing/replay.hpp"

#include <algorithm>
#include <functional>

namespace alleycat {

namespace {

/// The ride as it was at `second`. @pre the ride reached it
standing row_at(const ride_record& ride, own_second second, const race_rules& rules) {
  standing row;
  row.racer = ride.racer;
  row.name = ride.name;
  row.second = second;
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < second.value(); ++i)
    if (ride.seconds[i].present) {
      total += output_of(ride.seconds[i].measured).value();
      ++row.seconds;
    }
  const auto& at = ride.seconds[second.value() - 1U];
  row.output = at.present ? output_of(at.measured) : score{};
  row.total = score{total};
  row.finished = at.present && second == rules.last_second() && row.seconds >= rules.min_seconds();
  row.all_time_rank = at.all_time_rank;
  return row;
}

} // namespace

race_moment moment_of(const race_result& result, std::span<const ride_record> rides, own_second second, scoring rule,
                      const race_rules& rules) {
  race_moment moment;
  moment.key = result.key;
  moment.owner_epoch = result.owner_epoch;
  moment.as_of = result.as_of;
  moment.at = result.closed;
  moment.second = second;
  const auto value = [rule](const standing& row) { return rule == scoring::total ? row.total : row.output; };
  for (const auto& ride : rides) {
    if (ride.flags != 0)
      continue;
    ++moment.racers;
    if (ride.furthest() < second)
      continue;
    ++moment.reported;
    auto row = row_at(ride, second, rules);
    moment.finished += row.finished ? 1 : 0;
    if (value(row).value() != 0)
      moment.rows.push_back(std::move(row));
  }
  auto& rows = moment.rows;
  std::sort(rows.begin(), rows.end(), [&](const standing& a, const standing& b) {
    return value(a) != value(b) ? value(a) > value(b) : a.racer < b.racer;
  });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool shares = i > 0 && value(rows[i]) == value(rows[i - 1]);
    rows[i].rank = shares ? rows[i - 1].rank : static_cast<rank_t>(i + 1);
    rows[i].here_now_rank = rows[i].rank;
  }
  moment.ranked = rows.size();
  return moment;
}

race_moment moment_of(const race_fold& race, own_second second) {
  race_moment moment;
  moment.key = race.key();
  moment.as_of = race.as_of();
  moment.phase = race_phase::running;
  moment.second = second;
  moment.racers = static_cast<std::uint32_t>(race.racers());
  moment.reported = static_cast<std::uint32_t>(race.reached(second));
  moment.rows.reserve(race.racers());
  std::vector<bool> has_place(race.racers());
  for (const auto& place : race.here_now(second, 0, race.ranked(second))) {
    const auto row = *race.find(place.racer);
    has_place[row] = true;
    const auto seconds = race.seconds(row, second);
    const bool finished = second == race.rules().last_second() && race.finished(row);
    moment.finished += finished ? 1 : 0;
    moment.rows.push_back({.rank = place.rank,
                           .here_now_rank = place.rank,
                           .racer = place.racer,
                           .name = race.name(row),
                           .second = second,
                           .seconds = seconds,
                           .output = race.output(row, second),
                           .total = race.total(row, second),
                           .finished = finished,
                           .all_time_rank = 0});
  }
  moment.ranked = moment.rows.size();
  for (std::size_t i = 0; i < race.racers(); ++i) {
    const auto row = static_cast<row_index>(i);
    if (has_place[i])
      continue;
    const auto furthest = race.furthest(row);
    moment.rows.push_back({.rank = 0,
                           .here_now_rank = 0,
                           .racer = race.racer(row),
                           .name = race.name(row),
                           .second = furthest,
                           .seconds = race.seconds(row, furthest),
                           .output = race.output(row, furthest),
                           .total = race.total(row, furthest),
                           .finished = race.finished(row),
                           .all_time_rank = 0});
  }
  // Means are compared without dividing: a / b > c / d.
  const auto share = [](const standing& a, const standing& b) {
    return std::uint64_t{a.total.value()} * std::max<std::uint64_t>(b.seconds, 1);
  };
  std::sort(moment.rows.begin() + static_cast<std::ptrdiff_t>(moment.ranked), moment.rows.end(),
            [&](const standing& a, const standing& b) {
              return share(a, b) != share(b, a) ? share(a, b) > share(b, a) : a.racer < b.racer;
            });
  return moment;
}

own_second reached_by_half(std::vector<own_second> on_their_way, own_second otherwise) {
  if (on_their_way.empty())
    return otherwise;
  const auto half = on_their_way.begin() + static_cast<std::ptrdiff_t>((on_their_way.size() - 1) / 2);
  std::nth_element(on_their_way.begin(), half, on_their_way.end(), std::greater<>{});
  return *half;
}

} // namespace alleycat

#include "racing/replay.hpp"

#include <algorithm>

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
  moment.closed = result.closed;
  moment.second = second;
  moment.racers = static_cast<std::uint32_t>(rides.size());
  const auto value = [rule](const standing& row) { return rule == scoring::total ? row.total : row.output; };
  for (const auto& ride : rides) {
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
  return moment;
}

} // namespace alleycat

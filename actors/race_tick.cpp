#include "actors/race_tick.hpp"

#include "racing/check.hpp"

namespace alleycat {

void sort_news(const race_fold& race, const race_news& news, std::span<const row_index> order, race_tick& tick) {
  struct parts {
    tick_part accepted, refused;
  };
  std::vector<parts> of_row(race.racers());
  for (const auto& each : news.accepted)
    ++of_row[each.row].accepted.count;
  for (const auto& each : news.refused)
    ++of_row[each.row].refused.count;
  tick.riders.reserve(order.size());
  std::uint32_t accepted = 0, refused = 0;
  for (const auto row : order) {
    auto& part = of_row[row];
    if (part.accepted.count + part.refused.count == 0)
      continue;
    part.accepted.from = accepted;
    part.refused.from = refused;
    accepted += part.accepted.count;
    refused += part.refused.count;
    auto& rider = tick.riders.emplace_back();
    rider.racer = race.racer(row);
    rider.row = row;
    rider.accepted = part.accepted;
    rider.refused = part.refused;
  }
  ALLEYCAT_CHECK(accepted == news.accepted.size() && refused == news.refused.size());
  tick.accepted.resize(accepted);
  tick.refused.resize(refused);
  for (const auto& each : news.accepted)
    tick.accepted[of_row[each.row].accepted.from++] = each.second;
  for (const auto& each : news.refused)
    tick.refused[of_row[each.row].refused.from++] = each.reason;
}

} // namespace alleycat

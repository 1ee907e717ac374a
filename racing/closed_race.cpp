#include "racing/closed_race.hpp"

#include "racing/check.hpp"

#include <algorithm>

namespace alleycat {

std::vector<score> totals_of(const ride_record& ride) {
  std::vector<score> totals;
  totals.reserve(ride.seconds.size());
  std::uint32_t sum = 0;
  for (const auto& second : ride.seconds) {
    if (second.present)
      sum += output_of(second.measured).value();
    totals.emplace_back(sum);
  }
  return totals;
}

std::vector<score> scores_of(const ride_record& ride, scoring rule) {
  if (rule == scoring::total)
    return totals_of(ride);
  std::vector<score> outputs;
  outputs.reserve(ride.seconds.size());
  for (const auto& second : ride.seconds)
    outputs.push_back(second.present ? output_of(second.measured) : score{});
  return outputs;
}

void take_ranks(race_result& result, const std::vector<ride_record>& rides) {
  ALLEYCAT_CHECK(std::is_sorted(rides.begin(), rides.end(),
                                [](const ride_record& a, const ride_record& b) { return a.racer < b.racer; }));
  for (auto& row : result.rows) {
    const auto ride = std::lower_bound(rides.begin(), rides.end(), row.racer,
                                       [](const ride_record& r, racer_id racer) { return r.racer < racer; });
    if (ride != rides.end() && ride->racer == row.racer && !ride->seconds.empty())
      row.all_time_rank = ride->seconds.back().all_time_rank;
  }
}

} // namespace alleycat

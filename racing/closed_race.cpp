#include "racing/closed_race.hpp"

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

} // namespace alleycat

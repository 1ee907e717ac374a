#include "ops/alleycat/tcx.hpp"

#include "ops/alleycat/times.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

namespace {

using json = nlohmann::ordered_json;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    default:
      out += c;
    }
  return out;
}

/// Rounded; 0 where the field is missing or null.
long whole(const json& row, const char* field) {
  const auto found = row.find(field);
  return found != row.end() && found->is_number() ? std::lround(found->get<double>()) : 0;
}

std::string trackpoint(const json& row, unix_ms start) {
  constexpr long highest_cadence = 254; // of the format
  const auto at = start + std::chrono::seconds{row.at("second").get<std::int64_t>()};
  const auto heart_rate = whole(row, "heartRate");
  const auto power = whole(row, "power");
  return fmt::format(
      "          <Trackpoint>\n            <Time>{}</Time>\n{}            <Cadence>{}</Cadence>\n            "
      "<Extensions>"
      "<TPX xmlns=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\"><Watts>{}</Watts></TPX>"
      "<Ride xmlns=\"{}\" cadence=\"{:.1f}\" resistance=\"{:.1f}\"{}/></Extensions>\n          </Trackpoint>\n",
      timestamp_text(at),
      heart_rate == 0 ? "" : fmt::format("            <HeartRateBpm><Value>{}</Value></HeartRateBpm>\n", heart_rate),
      std::min(whole(row, "cadence"), highest_cadence), power == 0 ? whole(row, "output") : power, tcx_ride_namespace,
      row.at("cadence").get<double>(), row.at("resistance").get<double>(),
      power == 0 ? "" : fmt::format(" power=\"{}\"", power));
}

} // namespace

std::string tcx_of(const json& ride) {
  const auto start = at_ms(ride.at("start").get<std::int64_t>());
  std::string points;
  for (const auto& row : ride.at("rows"))
    if (!row.at("cadence").is_null())
      points += trackpoint(row, start);
  const auto began = timestamp_text(start);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<TrainingCenterDatabase xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\">\n"
      "  <Activities>\n    <Activity Sport=\"Biking\">\n      <Id>{0}</Id>\n      <Lap StartTime=\"{0}\">\n"
      "        <TotalTimeSeconds>{1}</TotalTimeSeconds>\n        <DistanceMeters>0</DistanceMeters>\n"
      "        <Calories>0</Calories>\n        <Intensity>Active</Intensity>\n"
      "        <TriggerMethod>Manual</TriggerMethod>\n"
      "        <Track>\n{2}        </Track>\n      </Lap>\n"
      "      <Notes>{3}: class {4}, race {5}, racer {6}, total {7}</Notes>\n"
      "    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n",
      began, ride.at("second").get<int>(), points, escaped(ride.value("name", std::string{})),
      ride.at("classId").dump(), ride.at("raceId").dump(), ride.at("racerId").dump(), ride.at("total").dump());
}

} // namespace alleycat::cli

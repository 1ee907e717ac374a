/// Rides as Training Center XML, of `alleycat export` and of training programs.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/recording.hpp"
#include "ops/alleycat/tcx.hpp"
#include "ops/alleycat/times.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <pugixml.hpp>

namespace alleycat::cli {

namespace {

/// The name without its prefix: programs choose prefixes as they like.
std::string_view name_of(const pugi::xml_node& node) {
  const std::string_view name{node.name()};
  return name.substr(name.find(':') + 1);
}

pugi::xml_node child_of(const pugi::xml_node& of, std::string_view name) {
  return of.find_child([name](const pugi::xml_node& node) { return name_of(node) == name; });
}

pugi::xml_node anywhere_below(const pugi::xml_node& of, std::string_view name) {
  return of.find_node([name](const pugi::xml_node& node) { return name_of(node) == name; });
}

/// @throws command_failed for what is there and no number in 0..`highest`
std::optional<double> xml_number(std::string_view text, std::string_view what, double highest) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
  double value = 0;
  const auto* end = text.data() + text.size();
  if (const auto [to, error] = std::from_chars(text.data(), end, value);
      error != std::errc{} || to != end || !(value >= 0 && value <= highest))
    throw command_failed{fmt::format("{} \"{}\" is no number in 0..{}", what, text.substr(0, 40), highest)};
  return value;
}

std::uint16_t xml_tenths(double value) {
  return static_cast<std::uint16_t>(std::lround(value * 10));
}

/// What an export of ours says; none where it does not.
std::optional<measurement> exact_values(const pugi::xml_node& extensions) {
  const auto ride = anywhere_below(extensions, "Ride");
  const auto cadence = xml_number(ride.attribute("cadence").value(), "cadence", max_cadence / 10.0);
  const auto resistance = xml_number(ride.attribute("resistance").value(), "resistance", max_resistance / 10.0);
  if (!cadence || !resistance)
    return std::nullopt;
  measurement m{.cadence = xml_tenths(*cadence), .resistance = xml_tenths(*resistance)};
  m.power =
      static_cast<std::uint16_t>(std::lround(xml_number(ride.attribute("power").value(), "power", 65'535).value_or(0)));
  return m;
}

std::optional<measurement> measured_at(const pugi::xml_node& point) {
  const auto extensions = child_of(point, "Extensions");
  auto m = exact_values(extensions);
  if (!m) {
    const auto watts = xml_number(anywhere_below(extensions, "Watts").text().get(), "power", 65'535);
    if (!watts)
      return std::nullopt;
    const auto cadence = xml_number(child_of(point, "Cadence").text().get(), "cadence", 255);
    const auto whole_watts = static_cast<std::uint32_t>(std::lround(*watts));
    m = measured_by_power(whole_watts,
                          cadence ? std::optional{std::min(xml_tenths(*cadence), max_cadence)} : std::nullopt);
    m->power = static_cast<std::uint16_t>(whole_watts);
  }
  const auto heart_rate =
      xml_number(child_of(child_of(point, "HeartRateBpm"), "Value").text().get(), "heart rate", 255);
  m->heart_rate = static_cast<std::uint8_t>(std::lround(heart_rate.value_or(0)));
  return m;
}

} // namespace

recording read_tcx(std::string_view text) {
  pugi::xml_document document;
  if (const auto parsed = document.load_buffer(text.data(), text.size()); !parsed)
    throw command_failed{fmt::format("it is no XML: {} at byte {}", parsed.description(), parsed.offset)};
  const auto activities = child_of(child_of(document, "TrainingCenterDatabase"), "Activities");
  if (!activities)
    throw command_failed{"it is no Training Center XML with activities"};
  std::optional<unix_ms> start;
  std::vector<recorded_sample> samples;
  std::size_t count = 0;
  for (const auto& activity : activities.children()) {
    if (name_of(activity) != "Activity")
      continue;
    if (++count > 1)
      throw command_failed{"it holds several activities; only a file with one can be raced"};
    for (const auto& lap : activity.children()) {
      if (name_of(lap) != "Lap")
        continue;
      if (const auto began = lap.attribute("StartTime"); began && !start)
        start = time_of(began.value());
      for (const auto& track : lap.children())
        if (name_of(track) == "Track")
          for (const auto& point : track.children())
            if (const auto m = measured_at(point))
              samples.push_back({time_of(child_of(point, "Time").text().get()), *m});
    }
  }
  return seconds_of(samples, start);
}

} // namespace alleycat::cli

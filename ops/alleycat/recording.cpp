#include "ops/alleycat/recording.hpp"

#include "ops/alleycat/commands.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace alleycat::cli {

namespace {

constexpr std::uint16_t usual_cadence = 800; // 0.1 rpm

// Output is (cadence + offset) * (resistance + offset), all in tenths, in units of 0.0001.
constexpr std::int64_t cadence_offset = 350;
constexpr std::int64_t resistance_offset = 650;
constexpr std::int64_t units_of_watt = 10'000;

constexpr std::int64_t rounded_quotient(std::int64_t x, std::int64_t by) {
  return (x + by / 2) / by;
}

std::string whole_file(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw command_failed{"there is no such file"};
  if (std::filesystem::file_size(file, error) > max_recording_bytes || error)
    throw command_failed{fmt::format("it is larger than {} MiB, which is no ride", max_recording_bytes >> 20U)};
  std::ifstream in{file, std::ios::binary};
  std::string text(max_recording_bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.eof())
    throw command_failed{"it cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

recording read_by_name(const std::string& file, const std::string& ride) {
  if (file.ends_with(".csv"))
    return read_csv(whole_file(file), ride);
  if (!ride.empty())
    throw command_failed{"--ride chooses among the rides of a .csv file"};
  if (file.ends_with(".tcx"))
    return read_tcx(whole_file(file));
  if (file.ends_with(".fit"))
    return read_fit(whole_file(file));
  throw command_failed{"its name must end in .csv, .tcx or .fit"};
}

} // namespace

measurement measured_by_power(std::uint32_t watts, std::optional<std::uint16_t> cadence) {
  const auto wanted = static_cast<std::int64_t>(watts) * units_of_watt;
  std::int64_t c = cadence.value_or(usual_cadence);
  const auto r =
      std::clamp<std::int64_t>(rounded_quotient(wanted, c + cadence_offset) - resistance_offset, 0, max_resistance);
  // At an end of the resistance the cadence has to give way.
  if (r == 0 || r == max_resistance)
    c = std::clamp<std::int64_t>(rounded_quotient(wanted, r + resistance_offset) - cadence_offset, 0, max_cadence);
  measurement m;
  m.cadence = static_cast<std::uint16_t>(c);
  m.resistance = static_cast<std::uint16_t>(r);
  return m;
}

recording seconds_of(const std::vector<recorded_sample>& samples, std::optional<unix_ms> known_start) {
  if (samples.empty())
    throw command_failed{"it has no power: only rides that were recorded with a power meter can be raced"};
  const auto first =
      std::min_element(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  const auto start = std::min<unix_ms>(known_start.value_or(first->at), first->at - std::chrono::seconds{1});
  recording seconds;
  for (const auto& sample : samples) {
    const auto second = (sample.at - start + milliseconds{500}) / std::chrono::seconds{1};
    if (second > max_recorded_second)
      throw command_failed{"it reaches over more than a day"};
    // Of two within a second the first counts, as in a race.
    seconds.emplace(static_cast<std::uint32_t>(std::max<std::int64_t>(second, 1)), sample.measured);
  }
  return seconds;
}

recording read_recording(const std::string& file, const std::string& ride) {
  try {
    return read_by_name(file, ride);
  } catch (const command_failed& fault) {
    throw command_failed{fmt::format("{}: {}", file, fault.what())};
  }
}

} // namespace alleycat::cli

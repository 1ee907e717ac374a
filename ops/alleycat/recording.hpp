/// A ride that was recorded somewhere: what `alleycat import` reads from CSV, TCX and FIT, to be raced second by second.
#pragma once

#include "racing/update.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat::cli {

inline constexpr std::size_t max_recording_bytes = std::size_t{32} << 20;
/// A day: what lies behind is no ride.
inline constexpr std::uint32_t max_recorded_second = 86'400;

/// What was measured, by second of the recording, from 1; at least one. A second that is not there was not recorded.
using recording = std::map<std::uint32_t, measurement>;

/// @param text  CSV whose first line names the columns, in any order. `second`, and what was measured: `cadence` (or `cadence_rpm`)
///              and `resistance` (`resistance_pct`), or `power` (`watts`, `output_w`), with or without cadence; `heartRate`
///              (`heart_rate`). Others are passed over. A row without any of it is a second that was not recorded.
/// @param ride  which one of a file with several: the value of its column `ride`, or `classId raceId racerId`; empty: the only one
/// @throws command_failed, with the line, for what is not so
recording read_csv(std::string_view text, const std::string& ride);

/// Training Center XML with one activity. A trackpoint counts for the second that its time is behind the start of the first lap, or
/// behind a second before the first trackpoint, which is earlier. With the exact values of an export (`tcx_ride_namespace`), or by power.
/// @throws command_failed
recording read_tcx(std::string_view text);

/// Garmin's FIT: the power, cadence and heart rate of record messages. The first one is second 1.
/// @throws command_failed for what is no FIT file, is cut off, damaged (CRC) or has no power
recording read_fit(std::string_view bytes);

/// By the end of its name. @throws command_failed, which names the file
recording read_recording(const std::string& file, const std::string& ride);

/// Cadence and resistance that come to this power by the formula of races, as near as it goes: 22.75 W to 470.25 W. The cadence is the
/// one given where any resistance does (else as near to it as possible), 80 rpm without one.
/// @param cadence  0.1 rpm, at most `max_cadence`
measurement measured_by_power(std::uint32_t watts, std::optional<std::uint16_t> cadence);

/// What a sample of TCX or FIT says, at a time of its own; put into seconds by `seconds_of`.
struct recorded_sample {
  unix_ms at;
  measurement measured;
};
/// @param start  of the ride, where it is known
/// @throws command_failed when there are none, or they reach over more than a day
recording seconds_of(const std::vector<recorded_sample>& samples, std::optional<unix_ms> start);

} // namespace alleycat::cli

/// A ride as Garmin's Training Center XML (TrainingCenterDatabase v2), which training programs read.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace alleycat::cli {

/// What TCX has no place for, cadence and resistance to a tenth: `<Ride xmlns="urn:alleycat:ride:1" cadence="74.2"
/// resistance="74.0"/>` in the extensions of a trackpoint, with `power` where the bike measured it.
inline constexpr const char* tcx_ride_namespace = "urn:alleycat:ride:1";

/// One activity with one lap and a trackpoint for each second that arrived: cadence, heart rate, and as power (W) what the bike
/// measured or, without, the output, which is what the race is about. A trackpoint's time is the lap's start plus its second.
/// @param ride  an answer of `alleycat.query.ride`
std::string tcx_of(const nlohmann::ordered_json& ride);

} // namespace alleycat::cli

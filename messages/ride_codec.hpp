/// A closed ride as bytes. Layout: ride.proto.
#pragma once

#include "racing/closed_race.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// @pre at most `max_ride_seconds` seconds; those not present are all zeros, but for the ranks
std::string encode(const ride_record& ride);

/// @returns nothing when the bytes are no ride, when columns differ in length, or when a value is outside its range.
std::optional<ride_record> decode_ride(std::string_view bytes);

} // namespace alleycat

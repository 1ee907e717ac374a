/// What simulated riders are called.
#pragma once

#include "racing/ids.hpp"

#include <string>

namespace alleycat::sim {

/// @returns a first name and an initial, such as "Zoë K."; always the same for an id, valid by `valid_name`.
/// Not unique: 200 names times 26 letters.
std::string rider_name(racer_id racer);

} // namespace alleycat::sim

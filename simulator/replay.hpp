/// Recorded rides, cut into race-long windows.
#pragma once

#include "racing/update.hpp"

#include <istream>
#include <string>
#include <vector>

namespace alleycat::sim {

/// One whole window of a recorded ride: `measured[s - 1]` is second s.
struct replay_window {
  std::uint32_t ride = 0;         ///< the file's own number
  std::uint32_t first_second = 0; ///< of the window in that ride
  std::vector<measurement> measured;
};

/// Reads `ride,second,output_w,cadence_rpm,resistance_pct` (columns by name, in any order, others ignored) and cuts each
/// ride into windows of `seconds` seconds: 1..n, n+1..2n, ... A window counts only if all of its seconds are there.
/// Cadence and resistance are rounded to tenths; the bike's power is not used.
/// @param seconds  1..900
/// @returns windows by ride in the file's order, then by second; one per rider.
/// @throws std::runtime_error with the line for a missing column, a value that is no number, or one out of range.
std::vector<replay_window> read_replay(std::istream& csv, std::uint32_t seconds);

/// @throws std::runtime_error as above, or if the file cannot be read or holds no whole window.
std::vector<replay_window> read_replay_file(const std::string& path, std::uint32_t seconds);

} // namespace alleycat::sim

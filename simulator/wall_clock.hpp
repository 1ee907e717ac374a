/// The time of day.
#pragma once

#include "racing/time.hpp"

#include <chrono>

namespace alleycat::sim {

inline unix_ms wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

} // namespace alleycat::sim

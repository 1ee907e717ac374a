/// The time of day.
#pragma once

#include "racing/ids.hpp"

#include <chrono>

namespace alleycat::sim {

inline unix_ms wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace alleycat::sim

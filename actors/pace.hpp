/// When an actor looks at the clock again that has nothing to do.
#pragma once

#include "racing/time.hpp"

namespace alleycat {

/// The pause until the next multiple of the interval by the clock: actors that rest are woken together, at one moment, and the
/// threads that wake them too. A look that comes at a moment of its own costs an idle node as much as ten at the same one.
/// @returns from half an interval to one and a half
inline milliseconds until_next_beat(unix_ms now, milliseconds interval) {
  const auto left = interval - now.time_since_epoch() % interval;
  return left < interval / 2 ? left + interval : left;
}

} // namespace alleycat

/// Time as types: a moment is no duration, and a moment of one clock is none of another.
///
/// Plain numbers of milliseconds stand only at the border (JSON, Protobuf, records, flags, metrics), which uses `at_ms` and
/// `ms_of`. The clock of membership and ownership is in `cluster/timing.hpp`.
#pragma once

#include <chrono>
#include <cstdint>

namespace alleycat {

using std::chrono::milliseconds;

/// A moment of the wall clock, UTC. Left out, it is 1970, which means "none" where a comment says so.
using unix_ms = std::chrono::sys_time<milliseconds>;
/// A moment of this process's steady clock: for how long something takes, and nothing else.
using steady_ns = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// @param since_1970  milliseconds, UTC
constexpr unix_ms at_ms(std::int64_t since_1970) {
  return unix_ms{milliseconds{since_1970}};
}
/// Milliseconds since 1970, UTC.
constexpr std::int64_t ms_of(unix_ms t) {
  return t.time_since_epoch().count();
}

} // namespace alleycat

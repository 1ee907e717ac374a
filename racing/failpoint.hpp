/// Places where the crash tests end the process.
#pragma once

#include <chrono>
#include <string_view>

namespace alleycat {

/// In `alleycat-node` this does nothing. In `alleycat-node-crash`, which only tests/crash runs, the process ends at once, as by
/// `kill -9`, where `ALLEYCAT_FAILPOINT=<name>[:<nth>]` names the point.
void failpoint(std::string_view name);

/// A fault that the crash tests must be able to catch: true only in `alleycat-node-crash` with `ALLEYCAT_FAULT=<name>`.
///
///     ack_early        a bike hears ok before its update is stored
///     skip_applied     nobody looks whether a race was applied: a restarted node opens and closes it once more
///     early_mark       a close mark that was stored before the deadline ends the race
bool planted_fault(std::string_view name);

/// How far this node's clock is ahead: 0 but in `alleycat-node-crash` with `ALLEYCAT_CLOCK_OFFSET_MS`.
std::chrono::milliseconds planted_clock_offset();

} // namespace alleycat

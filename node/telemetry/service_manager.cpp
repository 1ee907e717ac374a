#include "node/telemetry/service_manager.hpp"

#include <cstdint>
#include <string>
#include <systemd/sd-daemon.h>

namespace alleycat {

void notify_ready() {
  sd_notify(0, "READY=1");
}

void notify_reloading() {
  // The clock of CLOCK_MONOTONIC, which steady_clock is on Linux.
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(usec)).c_str());
}

void notify_stopping() {
  sd_notify(0, "STOPPING=1");
}

void notify_alive() {
  sd_notify(0, "WATCHDOG=1");
}

std::chrono::microseconds watchdog_limit() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0)
    return {};
  return std::chrono::microseconds{usec};
}

} // namespace alleycat

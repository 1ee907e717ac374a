/// What systemd is told of a unit of `Type=notify`. Under anybody else nothing happens.
#pragma once

#include <chrono>

namespace alleycat {

void notify_ready();
/// Before the configuration is read again; `notify_ready` ends it.
void notify_reloading();
void notify_stopping();
/// That the program still works: to be said more often than every `watchdog_limit`.
void notify_alive();

/// How long systemd waits for `notify_alive` before it ends and restarts the program.
/// @returns 0 when it does not watch this process
std::chrono::microseconds watchdog_limit();

} // namespace alleycat

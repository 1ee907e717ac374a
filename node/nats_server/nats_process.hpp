/// A nats-server of the node's own: with JetStream in the data folder, restarted if it dies, gone when the node is
/// gone.
///
///     stopped --start()--> starting --ready--> running --died--> waiting (0.1 s, doubling to 5 s) --> starting
///        ^                    |                   |                  |
///        +--- fault ----------+----- stop() ------+------------------+
///
/// One thread of this object starts the server, each time, and stays as long as it: the parent-death signal is tied
/// to the thread that forks. When the node is killed, the kernel sends SIGTERM to the server; should one survive, the
/// next node of that data folder recognises and stops it.
#pragma once

#include "node/nats_server/nats_server_files.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace alleycat {

class nats_process {
public:
  explicit nats_process(nats_settings settings);
  ~nats_process();
  nats_process(const nats_process&) = delete;
  nats_process& operator=(const nats_process&) = delete;

  /// Returns when the server takes connections and JetStream answers.
  /// @param ready_within  recovery of big streams takes its time
  /// @returns in words what went wrong (data folder or port in use, no such program, what the server said), or nothing.
  /// @pre not started
  std::optional<std::string> start(std::chrono::milliseconds ready_within = std::chrono::seconds{30});

  /// SIGTERM, then SIGKILL if it has not ended within `patience`. May be called twice.
  /// @returns true if it ended by itself.
  bool stop(std::chrono::milliseconds patience = std::chrono::seconds{5});

  std::string url() const;   ///< "nats://127.0.0.1:4222"
  nats_ports ports() const;  ///< the real ones, the same after a restart; zeros before start
  pid_t pid() const;         ///< 0 while it does not run
  unsigned restarts() const; ///< how often it had died and was ready again

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat

/// Events that are as true later as now, and few.
#pragma once

#include "actors/meters.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/worker.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace alleycat {

/// Publishes until the server has answered a round trip after it: what a node says as it wakes would else go into a connection
/// that the server has given up meanwhile, and be lost. So an event arrives at least once; a repeated one is the same to the byte.
class event_outbox {
public:
  /// @param dropped  counts events that had to make room: at most 256 wait
  event_outbox(const nats_connection& connection, counter& dropped) : connection_{connection}, dropped_{dropped} {}
  /// What still waits is published without waiting for the server.
  ~event_outbox() { ending_ = true; }

  /// Any thread; never blocks.
  void add(std::string subject, std::string json);

private:
  struct event {
    std::string subject, json;
  };

  void send();

  const nats_connection& connection_;
  counter& dropped_;
  std::atomic<bool> ending_{false};

  std::mutex mutex_; ///< guards what follows
  std::deque<event> waiting_;
  std::uint64_t first_ = 0; ///< how many left `waiting_` before its first
  bool scheduled_ = false;  ///< `send` is about to run, or runs: one at a time, however many wait

  worker sending_; ///< last: uses the rest
};

} // namespace alleycat

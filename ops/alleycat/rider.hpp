/// A bike for one ride: sends updates at their time, again until they are answered, and counts what became of them (docs/bikes.md).
#pragma once

#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/inbox.hpp"
#include "racing/update.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alleycat::cli {

/// What became of a ride's updates.
struct ride_outcome {
  std::size_t sent = 0;
  std::size_t stored = 0;                     ///< answered `ok`
  std::map<std::string, std::size_t> refused; ///< by error: what ingest refused, and what the race did not count
  std::size_t unanswered = 0;                 ///< by the deadline
};

class rider {
public:
  using clock = std::chrono::steady_clock;
  using progress = std::function<void(std::size_t sent, std::size_t settled, std::size_t of)>;

  /// @param updates  of one racer in one race, by second; not empty
  rider(connection& nats, std::vector<update> updates);

  /// Sends second s at `start` + s seconds. Returns when all are settled, or at `deadline`.
  ride_outcome ride(clock::time_point start, clock::time_point deadline, const progress& show);

private:
  struct under_way {
    std::string payload;
    clock::time_point again;
    std::chrono::milliseconds pause;
  };

  void send_due(clock::time_point start);
  void send(std::uint16_t second, under_way& what);
  void take_answers(std::chrono::milliseconds longest);
  void settle(std::uint16_t second, const std::string& payload);
  clock::time_point next_event(clock::time_point start, clock::time_point deadline) const;
  void take_refusals(clock::time_point deadline);

  connection& nats_;
  std::vector<update> updates_;
  std::size_t next_ = 0; ///< of `updates_`: not sent yet
  std::map<std::uint16_t, under_way> open_;
  clock::time_point last_again_;
  std::string reply_base_;
  ride_outcome outcome_;
  // Shared with the threads of the connection, which outlives this.
  std::shared_ptr<inbox> answers_ = std::make_shared<inbox>(), views_ = std::make_shared<inbox>();
};

} // namespace alleycat::cli

/// A real nats-server, and somebody who answers updates as a node does, for the tests of the riders' side.
#pragma once

#include "racing/ids.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace alleycat::test {

/// A nats-server of its own on a free port, which ends with it.
class nats_server {
public:
  nats_server();
  ~nats_server();
  nats_server(const nats_server&) = delete;
  nats_server& operator=(const nats_server&) = delete;

  std::string url() const;
  /// Kills it as a power cut would, and waits until it is gone.
  void kill();
  /// Starts it on the same port and waits until it accepts connections.
  void start();

private:
  int port_;
  int pid_ = 0;
};

/// Answers `alleycat.query.now` with short races, and updates like ingest: the second 2 of every racer is refused once with
/// `busy`, the second 3 is stored, but its first answer never comes; everything else is stored and answered `ok`.
class stand_in_ingest {
public:
  using slot = std::tuple<class_id, race_id, racer_id, own_second>;
  struct stored {
    std::uint64_t position = 0; ///< of the first time
    unix_ms device_timestamp{};
    std::uint32_t times = 0;
  };

  explicit stand_in_ingest(const std::string& url);
  ~stand_in_ingest();
  stand_in_ingest(const stand_in_ingest&) = delete;
  stand_in_ingest& operator=(const stand_in_ingest&) = delete;

  /// Messages that were no update, or whose subject names another rider.
  std::uint64_t misfits() const;
  std::map<slot, stored> slots() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat::test

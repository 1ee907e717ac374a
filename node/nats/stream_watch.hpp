/// How full the streams are.
#pragma once

#include "node/nats/nats_connection.hpp"
#include "node/nats/streams.hpp"
#include "node/nats/worker.hpp"

#include <mutex>
#include <vector>

namespace alleycat {

/// Asks every 5 seconds, on a thread of its own: an answer may take its time.
class stream_watch {
public:
  /// @param connection  outlives this
  explicit stream_watch(const nats_connection& connection);

  /// As last answered. Any thread.
  std::vector<stream_size> sizes() const;

private:
  jetstream js_;
  mutable std::mutex mutex_; ///< guards what follows
  std::vector<stream_size> sizes_;
  worker asking_; ///< last: uses the rest
};

} // namespace alleycat

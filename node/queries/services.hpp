/// NATS service discovery (`$SRV.PING`, `.INFO`, `.STATS`): how tools find the nodes and what they answer.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

/// What became of the requests to one endpoint. Thread safe.
class endpoint_counts {
public:
  /// @param error  empty: it was answered
  /// @param took  from its arrival to its answer
  void add(std::string_view error, std::chrono::nanoseconds took);

  std::uint64_t requests() const { return requests_.load(); }
  std::uint64_t errors() const { return errors_.load(); }
  std::uint64_t nanoseconds() const { return nanoseconds_.load(); }
  /// Of the latest request that failed; empty before.
  std::string last_error() const;

private:
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::atomic<std::uint64_t> nanoseconds_{0};
  mutable std::mutex mutex_; ///< guards what follows
  std::string last_error_;
};

/// Answers for the service `alleycat` as one instance of it, from its construction on. Each instance has an id of its own;
/// `metadata.node` is the node's name.
class service_desk {
public:
  /// @param connection  outlives the desk
  service_desk(const nats_connection& connection, const clock_port& clock, std::string node_name);

  /// Subscribes. Before it nobody is answered.
  void open();
  void close() { subscriptions_.clear(); }

  endpoint_counts& queries() { return counts_[0]; }
  endpoint_counts& ghosts() { return counts_[1]; }

private:
  std::string ping() const;
  std::string info() const;
  std::string stats() const;

  const nats_connection& connection_;
  std::string node_;
  std::string id_;
  unix_ms started_;
  std::array<endpoint_counts, 2> counts_; ///< in the order of the endpoints
  std::vector<nats_subscription> subscriptions_;
};

} // namespace alleycat

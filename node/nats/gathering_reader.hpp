/// Reads the socket of a NATS connection a few times in a while, instead of once for each message.
#pragma once

#include <nats/nats.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <thread>

namespace alleycat {

/// How long to leave a socket alone after reading from it: until about `worth_reading` bytes have come, by the rate at which
/// they came last, but never longer than the longest nap. So what comes alone is read at once, a burst and a full load
/// without a pause, and only a trickle of many small messages waits. Pure: time comes in.
///
/// Where N nodes share what comes, each gets an Nth of it, and would be woken as often as one that gets all. So the longest nap is
/// N times as long there, but only in a *steady flow*: a burst after a silence, riders in phase, must not wait for it.
class nap_policy {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t worth_reading = 8'192; ///< bytes: some 40 updates
  /// A shorter nap costs more than it saves.
  static constexpr std::chrono::microseconds shortest{200};
  /// A flow is steady when for this long nothing was as long silent as that.
  static constexpr std::chrono::milliseconds steady{1'000}, silence{250};
  static constexpr std::size_t most_sharing = 4; ///< more nodes do not make a nap longer

  /// @param longest  0 = never
  explicit nap_policy(std::chrono::microseconds longest) : longest_{longest} {}

  /// @param bytes  read now
  /// @param nodes  that share what comes, at least 1
  /// @returns 0 = none
  std::chrono::microseconds after(std::size_t bytes, clock::time_point now, std::size_t nodes = 1);

private:
  std::chrono::microseconds longest_;
  clock::time_point read_at_{};
  clock::time_point flows_since_{};
};

/// nats.c reads on a thread of its own, woken by each message: at 6,000 updates a second, one every 170 us, that and what it
/// wakes in turn is more than half of a node's CPU. This is an event loop, as nats.c calls it, of one connection: nats.c asks
/// it to watch its socket, and is told when there is something in it. Authentication, TLS and reconnection stay with nats.c.
///
///     socket ──readable──▶ thread ──natsConnection_ProcessReadEvent──▶ nats.c ──▶ subscriptions
///                            ▲  '──nap, as long as `nap_policy` says──'
///
/// Must outlive the connection's `natsConnection_Close` and be ended before `natsConnection_Destroy`.
class gathering_reader {
public:
  /// @param longest_nap  how long a message may wait in the socket
  explicit gathering_reader(std::chrono::microseconds longest_nap);
  ~gathering_reader();
  gathering_reader(const gathering_reader&) = delete;
  gathering_reader& operator=(const gathering_reader&) = delete;

  /// @returns what nats.c says to that
  natsStatus attach_to(natsOptions* options);

  /// How many nodes share what comes, at least 1. Thread safe.
  void share(std::size_t nodes) { nodes_.store(nodes, std::memory_order_relaxed); }

private:
  /// What is to be watched.
  struct watched {
    natsConnection* connection = nullptr; ///< null = none
    natsSock socket = -1;
    bool read = false;
    bool write = false;
  };

  static natsStatus on_attach(void** user, void* self, natsConnection* connection, natsSock socket);
  static natsStatus on_read(void* self, bool add);
  static natsStatus on_write(void* self, bool add);
  static natsStatus on_detach(void* self);

  template <class Change>
  natsStatus change(Change&& what);
  void work();

  nap_policy naps_;
  std::atomic<std::size_t> nodes_{1};
  std::mutex mutex_; ///< guards the next two; nats.c is never called under it
  watched what_;
  bool stopping_ = false;
  int wake_up_ = -1;   ///< an eventfd: `what_` is another
  std::thread thread_; ///< last: uses the rest
};

} // namespace alleycat

/// Following a JetStream stream across reconnections, and noticing when it went backwards.
#pragma once

#include "node/nats/nats_connection.hpp"
#include "node/nats/worker.hpp"
#include "racing/record_store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// Of a payload, the same in every version: 64-bit FNV-1a.
std::uint64_t checksum_of(std::string_view payload);

/// A message as a feed delivers it; valid during the call.
struct fed_message {
  std::uint64_t sequence = 0;
  nats_time stored_exactly;
  std::uint64_t behind = 0; ///< messages of this feed that are still to come; 0 = caught up
  natsMsg* message = nullptr;

  unix_ms stored() const { return std::chrono::floor<milliseconds>(stored_exactly); }
};

/// How far a feed's consumer is.
struct feed_end {
  std::uint64_t delivered = 0; ///< sequence of the last message sent to us; 0 = none
  std::uint64_t pending = 0;   ///< messages not sent to us yet
};

/// Reads one subject filter of one stream, in order, each message once: an ordered consumer, made again after every
/// reconnection. Each time, the message that was read last is looked up first: when it is gone or another one, the stream
/// went backwards, and reading begins again at its start.
class stream_feed : public std::enable_shared_from_this<stream_feed> {
public:
  struct settings {
    std::string stream;
    std::string filter;
    stream_cursor after; ///< sequence 0 = from the start
  };
  /// Called one at a time on a foreign thread; may block while `alive()`: the server then holds the stream.
  using taker = std::function<void(const fed_message&, const std::function<bool()>& alive)>;

  /// @param backwards  called between two messages, before the first one of the new reading
  stream_feed(jsCtx* js, worker& thread, settings what, taker take, std::function<void()> backwards);

  /// Begins to read, or begins again after a reconnection. Retries until it works or the feed has ended.
  void subscribe();
  /// Delivers nothing more. Does not wait.
  void end();
  bool ended() const { return ended_; }
  /// Where the server does not know the consumer, or does not answer for it, reading begins again behind the last message.
  /// @param found  called on the worker thread, unless the feed has ended or the server does not answer
  void find_end(std::function<void(feed_end)> found);

private:
  enum class check { same, different, unknown };

  void subscribe_now();
  check look_up_last(const stream_cursor& last, nats_time last_time);
  void drop_subscription();
  std::optional<feed_end> look_at_consumer();
  bool is_current(std::uint64_t generation);
  struct subscriber;
  void deliver(natsMsg* message, std::uint64_t generation);
  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure);
  static void on_complete(void* closure);

  jsCtx* js_;
  worker& thread_;
  settings what_;
  taker take_;
  std::function<void()> backwards_;
  std::atomic<bool> ended_{false};
  std::chrono::milliseconds deadline_; ///< of the next question to the server; only the worker thread has it

  std::mutex delivering_; ///< one delivery at a time
  std::mutex mutex_;      ///< guards what follows
  stream_cursor last_;
  nats_time last_time_;                      ///< of the last message, where this feed has read it itself; else 0
  std::uint64_t last_delivery_ = 0;          ///< the consumer's number of the last message that came
  std::uint64_t generation_ = 0;             ///< of the subscription; what an older one still delivers is dropped
  natsSubscription* subscription_ = nullptr; ///< only the worker thread changes it
};

} // namespace alleycat

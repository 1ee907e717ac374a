/// A NATS connection of a node. Only this file's users see nats.c types.
#pragma once

#include <nats/nats.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

class gathering_reader;

struct nats_message_deleter {
  void operator()(natsMsg* m) const { natsMsg_Destroy(m); }
};
using nats_message = std::unique_ptr<natsMsg, nats_message_deleter>;

/// Messages that are done with, let go of a few at a time: nats.c frees them on a thread of its own, and waking that for each
/// of them costs more than all the rest of it. For one thread.
class spent_messages {
public:
  void add(natsMsg* message);

private:
  std::vector<nats_message> kept_;
  std::size_t bytes_ = 0;
};

/// A subscription with its callback; ends with it. No callback runs once the destructor has returned.
class nats_subscription {
public:
  using handler = std::function<void(natsMsg*)>;

  nats_subscription();
  nats_subscription(nats_subscription&& other) noexcept;
  nats_subscription& operator=(nats_subscription&& other) noexcept;
  ~nats_subscription();

  /// Messages that came and wait for the callback, their bytes, and how many were lost because too many waited.
  struct backlog {
    std::uint64_t messages = 0, bytes = 0, dropped = 0;
  };
  backlog waiting() const;

private:
  friend class nats_connection;
  struct impl;
  void end();

  std::unique_ptr<impl> impl_;
};

/// What a connection does with messages while it is away from its server.
enum class while_away : std::uint8_t {
  buffer, ///< keeps up to 8 MiB of them
  drop,   ///< keeps none: what cannot leave at once must not leave later
};

/// When a message leaves.
enum class sending : std::uint8_t {
  gathered, ///< within about a millisecond, many in one system call
  at_once,  ///< each by itself: for few messages that somebody waits for
};

/// Connects and reconnects for ever.
class nats_connection {
public:
  /// @param purpose  shown by the server's connection list: "<node name> <purpose>"
  /// @param on_reconnect  called on a foreign thread after each reconnection
  /// @param longest_nap  how long a message may wait in the socket so that many are read at once; 0 = each is read when it comes
  /// @throws std::runtime_error for a URL that is none. A server that does not answer yet is no error.
  nats_connection(const std::vector<std::string>& urls, const std::string& purpose,
                  std::function<void()> on_reconnect = {}, while_away policy = while_away::buffer,
                  sending how = sending::gathered, std::chrono::microseconds longest_nap = {});
  ~nats_connection();
  nats_connection(const nats_connection&) = delete;
  nats_connection& operator=(const nats_connection&) = delete;

  bool connected() const;
  natsConnection* get() const { return connection_; }

  /// Buffered; goes out within a moment. @returns false when the buffer of a broken connection is full.
  bool publish(const char* subject, std::string_view payload) const;
  bool publish(const char* subject, const char* reply_to, std::string_view payload) const;
  void flush(std::chrono::milliseconds deadline) const;
  /// Whether the server answers a round trip within this time.
  bool answers(std::chrono::milliseconds deadline) const;

  /// @param queue  queue group, or null
  /// @param most_pending  messages that wait for the callback; more are dropped by the library, and counted by it
  /// @param pause  called on the thread of the callback after a message behind which none waits, and after `messages_in_a_row` at
  ///   the latest
  nats_subscription subscribe(const char* subject, const char* queue, nats_subscription::handler callback,
                              int most_pending, std::function<void()> pause = {}) const;
  static constexpr int messages_in_a_row = 64;

  /// How many nodes share what it hears, at least 1: the longest nap grows with them (`nap_policy`). Thread safe.
  void share(std::size_t nodes);

  std::uint64_t reconnects() const { return reconnects_.load(); }
  /// Times one of its subscriptions began to lose messages, its callback being too slow.
  std::uint64_t slow_consumers() const { return slow_consumers_.load(); }

private:
  static void reconnected(natsConnection*, void* self);
  static void report_error(natsConnection*, natsSubscription*, natsStatus error, void* self);

  std::unique_ptr<gathering_reader> reader_; ///< null = nats.c reads
  natsConnection* connection_ = nullptr;
  std::function<void()> on_reconnect_;
  std::atomic<std::uint64_t> reconnects_{0};
  std::atomic<std::uint64_t> slow_consumers_{0};
};

/// What a message carries, as text; valid as long as the message.
/// The server's clock, of a message in a stream.
using nats_time = std::chrono::sys_time<std::chrono::nanoseconds>;
inline nats_time time_of(natsMsg* m) {
  return nats_time{std::chrono::nanoseconds{natsMsg_GetTime(m)}};
}
inline std::string_view payload_of(natsMsg* m) {
  return {natsMsg_GetData(m), static_cast<std::size_t>(natsMsg_GetDataLength(m))};
}
inline std::string_view subject_of(natsMsg* m) {
  return natsMsg_GetSubject(m);
}
/// Empty when no answer is wanted.
inline std::string_view reply_of(natsMsg* m) {
  const char* reply = natsMsg_GetReply(m);
  return reply == nullptr ? std::string_view{} : std::string_view{reply};
}
/// Empty when there is none of this name.
inline std::string_view header_of(natsMsg* m, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(m, name, &value) == NATS_OK ? std::string_view{value} : std::string_view{};
}

/// A fresh `_INBOX.` subject.
std::string new_inbox();

} // namespace alleycat

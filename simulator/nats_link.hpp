/// The riders' connection to NATS: one for all of them, with one inbox for all answers.
#pragma once

#include "racing/ids.hpp"
#include "simulator/bike.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat::sim {

/// Connects once and then for ever again. Nothing waits in the client while it is away: `publish` says no instead, and the
/// bikes keep their updates. One thread publishes and takes; answers arrive on a thread of the library in between.
class nats_link {
public:
  /// An answer as it came in.
  struct arrived {
    std::uint64_t number = 0; ///< last token of the subject it came to
    moment at;
    unix_ms ts{};
    bool no_responders = false; ///< the server says that nobody listens
    std::string payload;
  };

  /// @param urls  one, or several separated by commas
  /// @param wait  how long to try for
  /// @throws std::runtime_error in words, when there is no connection until then.
  nats_link(const std::string& urls, std::chrono::seconds wait);
  ~nats_link();
  nats_link(const nats_link&) = delete;
  nats_link& operator=(const nats_link&) = delete;

  bool connected() const;
  /// How often the connection was made again.
  std::uint64_t reconnects() const;

  /// @param answer_to  number for the inbox, or none: no answer asked
  /// @returns false when the message was not taken: not connected, or the socket's buffer is full of unsent bytes.
  bool publish(const std::string& subject, std::string_view payload, std::optional<std::uint64_t> answer_to);

  /// Moves out what has arrived, in order.
  void take(std::vector<arrived>& out);

  /// @returns the reply, or nothing when there is none in time.
  std::optional<std::string> request(const std::string& subject, std::chrono::milliseconds timeout);

  /// Waits until the server has everything published so far. @returns whether it has.
  bool flush(std::chrono::milliseconds timeout);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat::sim

/// A NATS connection that only sends: prepared bytes, straight to the socket.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace alleycat::bench {

/// For load generators: a message costs its share of one `write`, so that what is measured is not the generator. Answers the
/// server's pings. No TLS, no authentication, no reconnection: it ends the program when the connection breaks.
class wire {
public:
  /// @param url  nats://host:port
  /// @throws std::runtime_error when nobody answers there
  explicit wire(const std::string& url);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  /// Sends frames as `append_frame` makes them; returns when the kernel has them. Any thread.
  void send(std::string_view frames);

private:
  void answer_pings();

  int socket_ = -1;
  std::mutex mutex_;
  std::atomic<bool> stopping_{false};
  std::thread reader_;
};

/// Appends a PUB. @param reply_to  empty: no answer is wanted
void append_frame(std::string_view subject, std::string_view reply_to, std::string_view payload, std::string& out);

} // namespace alleycat::bench

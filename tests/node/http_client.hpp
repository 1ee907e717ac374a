/// A client that sends what it is told, valid or not.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace alleycat::testing {

struct http_answer {
  int status = 0; ///< 0: the connection was closed without an answer
  std::map<std::string, std::string> headers;
  std::string body;
};

/// One connection to 127.0.0.1.
class http_client {
public:
  explicit http_client(std::uint16_t port);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  void send(const std::string& bytes);
  /// @param with_body  false after HEAD
  http_answer receive(bool with_body = true);
  /// Waits for the end. True if the server closes without saying more.
  bool closed();

private:
  bool fill();

  int fd_;
  std::string unread_;
};

/// A connection of its own for one request line and headers (complete lines).
http_answer ask(std::uint16_t port, const std::string& method, const std::string& target,
                const std::string& headers = "");

} // namespace alleycat::testing

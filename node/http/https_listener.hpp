/// Carries the answers over TLS 1.2 and later. One request a connection, of at most 8 KiB; no httplib type leaves
/// https_listener.cpp.
///
/// CivetWeb does not do this: Debian 12's looks for a function of OpenSSL 1.1 and falls over its absence at the first
/// connection.
#pragma once

#include "node/http/http_answers.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace alleycat {

struct https_settings {
  std::string host;
  std::uint16_t port = 0;
  std::filesystem::path certificate; ///< PEM, the node's own first, then those up to the root
  std::filesystem::path key;         ///< PEM, without a password
  unsigned threads = 16;
  std::chrono::milliseconds timeout{5'000};
};

class https_listener {
public:
  /// @param answers  must outlive it
  https_listener(const http_answers& answers, https_settings settings);
  ~https_listener();
  https_listener(const https_listener&) = delete;
  https_listener& operator=(const https_listener&) = delete;

  /// @returns why it cannot listen, or nothing.
  std::optional<std::string> start();
  /// Waits for answers under way. May be called twice.
  void stop();
  /// The real one, also for port 0. 0 before the start.
  std::uint16_t port() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat

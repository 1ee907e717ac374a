/// The node's small HTTP server: a folder of page files and a few computed answers. GET and HEAD only.
///
/// Requests are capped at 8 KiB, a client has 5 s to say what it wants, idle connections are closed after 5 s. Every
/// answer carries a strict content security policy. No CivetWeb type leaves http_server.cpp.
#pragma once

#include "node/http/http_answers.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace alleycat {

struct http_settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;           ///< 0 = any free one
  std::filesystem::path web{};         ///< folder of page files, served below `/`; empty: none
  socket_place socket{};               ///< where the page may connect to
  std::filesystem::path certificate{}; ///< PEM; given, with `key`, the port speaks HTTPS
  std::filesystem::path key{};
  unsigned threads = 16; ///< as many connections are served at once, others wait
  std::chrono::milliseconds timeout{5'000};
};

class http_server {
public:
  explicit http_server(http_settings settings);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Answers exactly `path` ("/metrics") by `handler`, in front of a page file of that name.
  /// @pre not started
  void handle(std::string path, http_handler handler);

  /// @returns why it cannot listen, with address and flag, or nothing.
  std::optional<std::string> start();

  /// Waits for answers under way. Afterwards no handler runs any more. May be called twice.
  void stop();

  /// The real one, also for port 0. 0 before the start.
  std::uint16_t port() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat

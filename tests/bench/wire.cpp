#include "tests/bench/wire.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace alleycat::bench {

wire::wire(const std::string& url) {
  const auto host_at = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
  const auto colon = url.rfind(':');
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(url.substr(host_at, colon - host_at).c_str(), url.substr(colon + 1).c_str(), &hints, &found) != 0)
    throw std::runtime_error{"no such host: " + url};
  socket_ = ::socket(found->ai_family, found->ai_socktype, 0);
  const auto connected = ::connect(socket_, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (connected != 0)
    throw std::runtime_error{"nobody answers at " + url};
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  send(
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false,\"lang\":\"bench\",\"version\":\"1\"}\r\nPING\r\n");
  reader_ = std::thread{[this] { answer_pings(); }};
}

wire::~wire() {
  stopping_ = true;
  ::shutdown(socket_, SHUT_RDWR);
  reader_.join();
  ::close(socket_);
}

void wire::send(std::string_view frames) {
  const std::lock_guard lock{mutex_};
  while (!frames.empty()) {
    const auto sent = ::send(socket_, frames.data(), frames.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0) {
      std::cerr << "the connection to NATS broke: " << std::strerror(errno) << '\n';
      std::_Exit(1);
    }
    frames.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void wire::answer_pings() {
  std::string buffer(4'096, '\0');
  for (;;) {
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0)
      return;
    const std::string_view text{buffer.data(), static_cast<std::size_t>(got)};
    if (text.find("PING\r\n") != std::string_view::npos)
      send("PONG\r\n");
    if (text.find("-ERR") != std::string_view::npos)
      std::cerr << text;
  }
}

void append_frame(std::string_view subject, std::string_view reply_to, std::string_view payload, std::string& out) {
  const auto to = std::back_inserter(out);
  if (reply_to.empty())
    fmt::format_to(to, "PUB {} {}\r\n{}\r\n", subject, payload.size(), payload);
  else
    fmt::format_to(to, "PUB {} {} {}\r\n{}\r\n", subject, reply_to, payload.size(), payload);
}

} // namespace alleycat::bench

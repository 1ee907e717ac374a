/// A port for a listener that is told to others before it listens.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace alleycat {

/// A free port of this machine, bound so that no connection of any process is given it meanwhile.
class held_port {
public:
  /// @throws std::runtime_error when there is none
  held_port() {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    const bool bound = fd_ >= 0 && bind(fd_, reinterpret_cast<sockaddr*>(&any), size) == 0 &&
                       getsockname(fd_, reinterpret_cast<sockaddr*>(&any), &size) == 0;
    if (!bound)
      throw std::runtime_error{"no free port to listen on"};
    number_ = ntohs(any.sin_port);
  }
  ~held_port() { release(); }
  held_port(const held_port&) = delete;
  held_port& operator=(const held_port&) = delete;

  std::uint16_t number() const { return number_; }
  void release() {
    if (fd_ >= 0)
      close(std::exchange(fd_, -1));
  }

private:
  int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t number_ = 0;
};

} // namespace alleycat

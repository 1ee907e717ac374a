/// TCP connections with a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace alleycat {

/// A socket with one owner.
class tcp_socket {
public:
  tcp_socket() = default;
  explicit tcp_socket(int fd) : fd_{fd} {}
  tcp_socket(tcp_socket&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  tcp_socket& operator=(tcp_socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~tcp_socket();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  /// A second handle on the same connection. @returns an empty one when there are no more descriptors
  tcp_socket duplicate() const;
  /// Ends the connection, whoever else holds it.
  void shut_down() const;
  /// Whether one side has ended the connection.
  bool hung_up() const;

private:
  int fd_ = -1;
};

/// Resolves the host and tries its addresses one after the other. Blocks, but not past the deadline: a resolver that hangs
/// is left behind on a thread of its own.
/// @param host  name or address, IPv6 without brackets
/// @returns a connected socket, or in words why there is none
std::variant<tcp_socket, std::string> dial(const std::string& host, std::uint16_t port,
                                           std::chrono::milliseconds deadline);

} // namespace alleycat

#include "node/peers/dial.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace alleycat {

namespace {

using clock = std::chrono::steady_clock;

struct endpoint {
  sockaddr_storage address{};
  socklen_t length = 0;
};
using resolved = std::variant<std::vector<endpoint>, std::string>;

resolved look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (const int fault = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list); fault != 0)
    return std::string{gai_strerror(fault)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned{list, &freeaddrinfo};
  std::vector<endpoint> found;
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    endpoint where;
    where.length = entry->ai_addrlen;
    std::memcpy(&where.address, entry->ai_addr, entry->ai_addrlen);
    found.push_back(where);
  }
  return found;
}

/// getaddrinfo knows no deadline.
resolved resolve(const std::string& host, std::uint16_t port, clock::time_point deadline) {
  auto numeric = look_up(host, port, AI_NUMERICHOST);
  if (std::holds_alternative<std::vector<endpoint>>(numeric))
    return numeric;
  struct shared_result {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<resolved> found;
  };
  const auto shared = std::make_shared<shared_result>();
  std::thread{[shared, host, port] {
    auto found = look_up(host, port, AI_ADDRCONFIG);
    const std::lock_guard lock{shared->mutex};
    shared->found = std::move(found);
    shared->done.notify_all();
  }}.detach();
  std::unique_lock lock{shared->mutex};
  if (!shared->done.wait_until(lock, deadline, [&] { return shared->found.has_value(); }))
    return std::string{"the name was not resolved in time"};
  return *shared->found;
}

std::variant<tcp_socket, std::string> connect_to(const endpoint& where, clock::time_point deadline) {
  tcp_socket socket{::socket(where.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket)
    return std::string{std::strerror(errno)};
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&where.address), where.length) == 0)
    return socket;
  if (errno != EINPROGRESS)
    return std::string{std::strerror(errno)};
  pollfd watched{socket.get(), POLLOUT, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    const int ready = poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0)
      break;
    if (ready == 0)
      return std::string{"no connection in time"};
    if (errno != EINTR)
      return std::string{std::strerror(errno)};
  }
  int fault = 0;
  socklen_t length = sizeof fault;
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &fault, &length);
  if (fault != 0)
    return std::string{std::strerror(fault)};
  return socket;
}

} // namespace

tcp_socket::~tcp_socket() {
  if (fd_ >= 0)
    close(fd_);
}

tcp_socket tcp_socket::duplicate() const {
  return tcp_socket{fcntl(fd_, F_DUPFD_CLOEXEC, 0)};
}

void tcp_socket::shut_down() const {
  if (fd_ >= 0)
    shutdown(fd_, SHUT_RDWR);
}

bool tcp_socket::hung_up() const {
  pollfd watched{fd_, POLLRDHUP, 0};
  return fd_ >= 0 && poll(&watched, 1, 0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::variant<tcp_socket, std::string> dial(const std::string& host, std::uint16_t port,
                                           std::chrono::milliseconds deadline) {
  const auto until = clock::now() + deadline;
  const auto places = resolve(host, port, until);
  if (const auto* fault = std::get_if<std::string>(&places))
    return *fault;
  std::variant<tcp_socket, std::string> last{std::string{"the name has no address"}};
  const auto& found = std::get<std::vector<endpoint>>(places);
  for (std::size_t i = 0; i < found.size(); ++i) {
    // Each address gets its share of what is left: one that takes no packet leaves time for the others.
    const auto now = clock::now();
    last = connect_to(found[i], now + (until - now) / static_cast<int>(found.size() - i));
    if (std::holds_alternative<tcp_socket>(last))
      break;
  }
  return last;
}

} // namespace alleycat

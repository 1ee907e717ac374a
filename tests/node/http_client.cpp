#include "tests/node/http_client.hpp"

#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace alleycat::testing {

http_client::http_client(std::uint16_t port) : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
    throw std::runtime_error{"no connection"};
}

http_client::~http_client() {
  close(fd_);
}

void http_client::send(const std::string& bytes) {
  ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool http_client::fill() {
  std::array<char, 4096> buffer;
  const auto size = recv(fd_, buffer.data(), buffer.size(), 0);
  if (size > 0)
    unread_.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

http_answer http_client::receive(bool with_body) {
  http_answer answer;
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      return answer;
  auto head = unread_.substr(0, end + 2);
  unread_.erase(0, end + 4);
  answer.status = std::stoi(head.substr(head.find(' ')));
  head.erase(0, head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    answer.headers[line.substr(0, line.find(':'))] = line.substr(line.find(':') + 2);
    head.erase(0, line.size() + 2);
  }
  const auto length = answer.headers.find("Content-Length");
  const auto size = !with_body || length == answer.headers.end() ? 0 : std::stoul(length->second);
  while (unread_.size() < size && fill()) {
  }
  answer.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return answer;
}

bool http_client::closed() {
  return unread_.empty() && !fill();
}

http_answer ask(std::uint16_t port, const std::string& method, const std::string& target, const std::string& headers) {
  http_client client{port};
  client.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  return client.receive(method != "HEAD");
}

} // namespace alleycat::testing

#include "node/peers/dial.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace alleycat;
using namespace std::chrono_literals;

namespace {

struct listener {
  tcp_socket socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;

  explicit listener(int backlog) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof where;
    REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&where), length) == 0);
    REQUIRE(listen(socket.get(), backlog) == 0);
    REQUIRE(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&where), &length) == 0);
    port = ntohs(where.sin_port);
  }
};

bool connected(const std::variant<tcp_socket, std::string>& result) {
  return std::holds_alternative<tcp_socket>(result);
}

} // namespace

TEST_CASE("a name and an address reach who listens", "[dial]") {
  const listener there{8};
  CHECK(connected(dial("127.0.0.1", there.port, 5s)));
  CHECK(connected(dial("localhost", there.port, 5s)));
}

TEST_CASE("nobody at the port, and a name that is none, are said in words", "[dial]") {
  std::uint16_t port = 0;
  {
    const listener gone{8};
    port = gone.port;
  }
  CHECK(std::get<std::string>(dial("127.0.0.1", port, 5s)) == "Connection refused");
  CHECK_FALSE(std::get<std::string>(dial("no such host", 1, 5s)).empty());
}

TEST_CASE("who takes no connection is given up at the deadline", "[dial]") {
  const listener mute{0};
  std::vector<tcp_socket> waiting;
  // The kernel takes a few more than it was told, and then drops what comes.
  for (int i = 0; i < 8; ++i) {
    auto next = dial("127.0.0.1", mute.port, 200ms);
    if (!connected(next)) {
      CHECK(std::get<std::string>(next) == "no connection in time");
      return;
    }
    waiting.push_back(std::move(std::get<tcp_socket>(next)));
  }
  FAIL("the backlog was never full");
}

TEST_CASE("shutting one handle down ends the connection for all of them", "[dial]") {
  const listener there{8};
  auto result = dial("127.0.0.1", there.port, 5s);
  REQUIRE(connected(result));
  const auto& socket = std::get<tcp_socket>(result);
  const tcp_socket accepted{accept(there.socket.get(), nullptr, nullptr)};
  const auto copy = socket.duplicate();
  CHECK_FALSE(socket.hung_up());
  CHECK_FALSE(accepted.hung_up());
  copy.shut_down();
  CHECK(socket.hung_up());
  char byte = 0;
  CHECK(recv(accepted.get(), &byte, 1, 0) == 0);
  CHECK(accepted.hung_up());
}

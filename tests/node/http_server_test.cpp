#include "node/http/http_server.hpp"
#include "tests/node/http_client.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace alleycat;
using namespace alleycat::testing;

namespace {

/// A server with a page and three computed answers, on a free port.
struct running_server {
  explicit running_server(std::chrono::milliseconds timeout = std::chrono::seconds{60})
      : server{{.port = 0, .web = folder.path() / "web", .timeout = timeout}} {
    folder.write("secret.txt", "secret");
    folder.write("web/index.html", "<!doctype html>");
    folder.write("web/assets/board-1a2b.js", "board()");
    server.handle("/healthz", [](std::string_view, const http_query&) {
      return http_reply{200, "text/plain", "ok\n"};
    });
    server.handle("/readyz", [](std::string_view, const http_query&) {
      return http_reply{503, "text/plain", "no NATS\n"};
    });
    server.handle("/fails",
                  [](std::string_view, const http_query&) -> http_reply { throw std::runtime_error{"secret"}; });
    server.handle("/echo", [](std::string_view path, const http_query& query) {
      http_reply reply{200, "text/plain", std::string{path}};
      for (const auto& [key, value] : query)
        reply.body += "|" + key + "=" + value;
      return reply;
    });
    const auto fault = server.start();
    if (fault)
      FAIL(*fault);
    port = server.port();
  }

  temporary_folder folder;
  http_server server;
  std::uint16_t port = 0;
};

} // namespace

TEST_CASE("a handler answers with its status, type and body") {
  const running_server s;
  const auto healthy = ask(s.port, "GET", "/healthz");
  CHECK(healthy.status == 200);
  CHECK(healthy.body == "ok\n");
  CHECK(healthy.headers.at("Content-Type") == "text/plain");
  CHECK(healthy.headers.at("Cache-Control") == "no-store");
  CHECK(ask(s.port, "GET", "/readyz").status == 503);
}

TEST_CASE("a handler gets the decoded query") {
  const running_server s;
  CHECK(ask(s.port, "GET", "/echo?b=2&a=x%20y+z&flag&a=later&=").body == "/echo|=|a=x y z|b=2|flag=");
}

TEST_CASE("the page is served with its types and kept fresh") {
  const running_server s;
  const auto page = ask(s.port, "GET", "/");
  CHECK(page.status == 200);
  CHECK(page.body == "<!doctype html>");
  CHECK(page.headers.at("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.headers.at("Cache-Control") == "no-cache");
  const auto again = ask(s.port, "GET", "/index.html", "If-None-Match: " + page.headers.at("ETag") + "\r\n");
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK_THAT(ask(s.port, "GET", "/assets/board-1a2b.js").headers.at("Cache-Control"), Catch::Contains("immutable"));
}

TEST_CASE("who takes gzip gets the compressed file that lies beside a file") {
  const running_server s;
  s.folder.write("web/assets/board-1a2b.js.gz", "(small)");
  const auto whole = ask(s.port, "GET", "/assets/board-1a2b.js");
  CHECK(whole.body == "board()");
  CHECK(whole.headers.count("Content-Encoding") == 0);
  CHECK(whole.headers.at("Vary") == "Accept-Encoding");
  const auto small = ask(s.port, "GET", "/assets/board-1a2b.js", "Accept-Encoding: br, gzip\r\n");
  CHECK(small.body == "(small)");
  CHECK(small.headers.at("Content-Encoding") == "gzip");
  CHECK(small.headers.at("Content-Type") == "text/javascript; charset=utf-8");
  const auto alone = ask(s.port, "GET", "/", "Accept-Encoding: gzip\r\n");
  CHECK(alone.body == "<!doctype html>");
  CHECK(alone.headers.count("Content-Encoding") == 0);
}

TEST_CASE("every answer carries the strict headers") {
  const running_server s;
  const auto target = GENERATE(as<std::string>{}, "/", "/healthz", "/missing", "/fails");
  const auto headers = ask(s.port, "GET", target).headers;
  CHECK(headers.at("X-Content-Type-Options") == "nosniff");
  CHECK(headers.at("Referrer-Policy") == "no-referrer");
  CHECK_THAT(headers.at("Content-Security-Policy"),
             Catch::StartsWith("default-src 'none'; script-src 'self'; style-src 'self';") &&
                 Catch::Contains("; connect-src 'self'; ") && Catch::Contains("frame-ancestors 'none'") &&
                 Catch::Contains("base-uri 'none'") && Catch::Contains("form-action 'none'"));
}

TEST_CASE("the page may open WebSockets to the host that serves it, at nats-server's port, and to nobody else") {
  const auto connect = [](std::string_view host, const socket_place& socket) {
    const auto policy = content_policy(host, socket);
    const auto from = policy.find("connect-src ");
    return policy.substr(from, policy.find(';', from) - from);
  };
  CHECK(connect("bikes.lan:8080", {"", 8443}) == "connect-src 'self' ws://bikes.lan:8443 wss://bikes.lan:8443");
  CHECK(connect("bikes.lan", {"", 1}) == "connect-src 'self' ws://bikes.lan:1 wss://bikes.lan:1");
  CHECK(connect("[fe80::1]:8080", {"", 8443}) == "connect-src 'self' ws: wss:"); // it can name no such address
  CHECK(connect("bikes.lan", {"wss://nats.gym:9443/ws", 8443}) == "connect-src 'self' wss://nats.gym:9443");
  CHECK(connect("bikes.lan", {"", 0}) == "connect-src 'self'");
  // No header of a request can widen it.
  for (const auto* host : {"", "*", "a b", "x; script-src *", "evil.com/", "x,y", "[::1", "[; *]", "'unsafe-inline'"})
    CHECK(connect(host, {"", 8443}) == "connect-src 'self'");
  CHECK(connect("bikes.lan", {"ws: *; script-src *", 8443}) == "connect-src 'self'");

  http_server server{{.port = 0, .socket = {"", 8443}}};
  REQUIRE_FALSE(server.start());
  CHECK_THAT(ask(server.port(), "GET", "/").headers.at("Content-Security-Policy"), Catch::Contains(":8443 wss://"));
}

TEST_CASE("HEAD says the same without the body") {
  const running_server s;
  http_client client{s.port};
  client.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.receive(false);
  CHECK(head.status == 200);
  CHECK(head.headers.at("Content-Length") == "3");
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.receive().body == "ok\n");
}

TEST_CASE("other methods are refused") {
  const running_server s;
  const auto method = GENERATE(as<std::string>{}, "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
  const auto answer = ask(s.port, method, "/healthz", "Content-Length: 0\r\n");
  CHECK(answer.status == 405);
  CHECK(answer.headers.at("Allow") == "GET, HEAD");
}

TEST_CASE("a body cannot smuggle a second request in") {
  const running_server s;
  http_client client{s.port};
  const std::string inner{"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"};
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner);
  CHECK(client.receive().status == 405);
  CHECK(client.closed());
}

TEST_CASE("no path leads out of the folder") {
  const running_server s;
  const auto target =
      GENERATE(as<std::string>{}, "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
               "/assets/..%2f..%2fsecret.txt", "/assets/../../secret.txt", "//../secret.txt", "/..\\secret.txt",
               "/%2e%2e%5csecret.txt", "/%00/../secret.txt", "/index.html%00.js", "/%252e%252e/secret.txt");
  const auto answer = ask(s.port, "GET", target);
  INFO(target);
  CHECK((answer.status == 404 || answer.status == 400));
  CHECK_THAT(answer.body, !Catch::Contains("secret\n") && !Catch::Equals("secret"));
}

TEST_CASE("what is not there is a 404, and what fails is a 500 that tells nothing") {
  const running_server s;
  CHECK(ask(s.port, "GET", "/missing").status == 404);
  const auto failed = ask(s.port, "GET", "/fails");
  CHECK(failed.status == 500);
  CHECK_THAT(failed.body, !Catch::Contains("secret"));
  CHECK(ask(s.port, "GET", "/healthz").status == 200);
}

TEST_CASE("a connection is kept for the next request") {
  const running_server s;
  http_client client{s.port};
  for (int i = 0; i < 3; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.receive().body == "ok\n");
  }
}

TEST_CASE("a request above 8 KiB is refused and the server lives on") {
  const running_server s;
  const auto big = ask(s.port, "GET", "/healthz", "X-Big: " + std::string(9'000, 'a') + "\r\n");
  CHECK(big.status == 400);
  CHECK(big.headers.at("X-Content-Type-Options") == "nosniff");
  CHECK(ask(s.port, "GET", "/healthz", "X-Fits: " + std::string(6'000, 'a') + "\r\n").status == 200);
}

TEST_CASE("a client that does not finish its request is dropped") {
  const running_server s{std::chrono::milliseconds{200}};
  http_client slow{s.port};
  slow.send("GET /healthz HTTP/1.1\r\nHost:");
  CHECK(slow.receive().status == 400);
  CHECK(slow.closed());
}

TEST_CASE("what is no HTTP is refused and the server lives on") {
  const running_server s;
  const auto bytes =
      GENERATE(as<std::string>{}, "\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n");
  http_client client{s.port};
  client.send(bytes);
  CHECK(client.receive().status != 200);
  CHECK(ask(s.port, "GET", "/healthz").status == 200);
}

TEST_CASE("a port in use is named, with the flag that chooses another") {
  const running_server s;
  http_server second{{.port = s.port}};
  const auto fault = second.start();
  REQUIRE(fault.has_value());
  CHECK_THAT(*fault, Catch::Contains("127.0.0.1:" + std::to_string(s.port)) && Catch::Contains("--http") &&
                         Catch::Contains("in use"));
  CHECK(ask(s.port, "GET", "/healthz").status == 200);
}

TEST_CASE("an address that is not ours is named") {
  http_server server{{.host = "192.0.2.77", .port = 0}};
  const auto fault = server.start();
  REQUIRE(fault.has_value());
  CHECK_THAT(*fault, Catch::Contains("192.0.2.77"));
}

TEST_CASE("after stop nobody answers and the port is free") {
  running_server s;
  s.server.stop();
  s.server.stop();
  CHECK_THROWS(http_client{s.port});
  http_server next{{.port = s.port}};
  CHECK_FALSE(next.start().has_value());
}

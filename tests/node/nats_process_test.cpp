#include "node/nats_server/nats_process.hpp"
#include "tests/node/temporary_folder.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <nats/nats.h>
#include <netinet/in.h>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace alleycat;
using namespace std::chrono_literals;
using alleycat::testing::temporary_folder;

namespace {

/// Long enough for any machine; a test that passes does not wait for it.
constexpr auto patience = 120s;

nats_settings free_ports(const temporary_folder& folder) {
  return {.data = folder.path(), .port = 0, .ws_port = 0};
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

/// A client with JetStream.
class client {
public:
  explicit client(const std::string& url) {
    natsConnection_ConnectTo(&connection_, url.c_str());
    if (connection_)
      natsConnection_JetStream(&jetstream_, connection_, nullptr);
  }
  ~client() {
    jsCtx_Destroy(jetstream_);
    natsConnection_Destroy(connection_);
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  bool connected() const { return connection_ != nullptr; }
  std::int64_t max_payload() const { return natsConnection_GetMaxPayload(connection_); }

  bool make_stream() {
    const char* subject = "kept.>";
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = "KEPT";
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    return js_AddStream(nullptr, jetstream_, &config, nullptr, nullptr) == NATS_OK;
  }
  bool publish(const std::string& text) {
    return js_Publish(nullptr, jetstream_, "kept.one", text.data(), static_cast<int>(text.size()), nullptr, nullptr) ==
           NATS_OK;
  }
  std::uint64_t messages() {
    jsStreamInfo* info = nullptr;
    if (js_GetStreamInfo(&info, jetstream_, "KEPT", nullptr, nullptr) != NATS_OK)
      return 0;
    const auto count = info->State.Msgs;
    jsStreamInfo_Destroy(info);
    return count;
  }

private:
  natsConnection* connection_ = nullptr;
  jsCtx* jetstream_ = nullptr;
};

/// A TCP port that somebody else listens on.
struct foreign_listener {
  foreign_listener() : socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&where), size) == 0);
    REQUIRE(listen(socket.get(), 1) == 0);
    getsockname(socket.get(), reinterpret_cast<sockaddr*>(&where), &size);
    port = ntohs(where.sin_port);
  }
  owned_fd socket;
  std::uint16_t port = 0;
};

/// A process of its own that holds a nats-server in `folder`.
struct holder {
  explicit holder(const temporary_folder& folder) {
    const auto output = folder.path() / "holder.out";
    auto started = start_child(NATS_PROCESS_HOLDER, {folder.path().string()}, output);
    REQUIRE(std::holds_alternative<held_process>(started));
    process = std::move(std::get<held_process>(started));
    const bool told = comes_true([&] {
      std::ifstream in{output};
      std::string line, last;
      // Log lines go to the same file; ours are two numbers.
      while (std::getline(in, line))
        if (std::istringstream words{line}; in && words >> pid >> port && (words >> std::ws).eof())
          return true;
      return false;
    });
    REQUIRE(told);
    server = held_process::of(pid);
    REQUIRE(server.there());
  }
  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;
  ~holder() {
    process.end(10s);
    reap(process);
  }
  held_process process;
  held_process server;
  pid_t pid = 0;
  int port = 0;
};

} // namespace

TEST_CASE("a started server takes clients, WebSockets and streams") {
  const temporary_folder folder;
  nats_process server{free_ports(folder)};
  const auto fault = server.start(patience);
  INFO(fault.value_or(""));
  REQUIRE_FALSE(fault.has_value());
  CHECK(server.url() == "nats://127.0.0.1:" + std::to_string(server.ports().client));
  client one{server.url()};
  REQUIRE(one.connected());
  CHECK(one.max_payload() == 1 << 20);
  CHECK(one.make_stream());
  CHECK(one.publish("a"));
  CHECK(one.messages() == 1);

  owned_fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(server.ports().websocket);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(socket.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
}

TEST_CASE("what was stored is there after a stop and a new start") {
  const temporary_folder folder;
  {
    nats_process server{free_ports(folder)};
    REQUIRE_FALSE(server.start(patience).has_value());
    client one{server.url()};
    REQUIRE(one.make_stream());
    for (int i = 0; i < 10; ++i)
      REQUIRE(one.publish("a"));
    const auto held = held_process::of(server.pid());
    CHECK(server.stop(patience));
    CHECK(held.wait(0ms));
    CHECK(server.pid() == 0);
    CHECK(server.stop());
  }
  nats_process server{free_ports(folder)};
  REQUIRE_FALSE(server.start(patience).has_value());
  CHECK(client{server.url()}.messages() == 10);
}

TEST_CASE("a server that dies is started again on the same ports, with what it had acknowledged") {
  const temporary_folder folder;
  nats_process server{free_ports(folder)};
  REQUIRE_FALSE(server.start(patience).has_value());
  const auto ports = server.ports();
  {
    client one{server.url()};
    REQUIRE(one.make_stream());
    REQUIRE(one.publish("a"));
  }
  for (unsigned round = 1; round <= 2; ++round) {
    const auto before = server.pid();
    held_process::of(before).signal(SIGKILL);
    REQUIRE(comes_true([&] { return server.restarts() == round; }));
    CHECK(server.pid() != before);
    CHECK(server.ports().client == ports.client);
    CHECK(client{server.url()}.messages() == 1);
  }
}

TEST_CASE("a server that does not end when asked is killed") {
  const temporary_folder folder;
  nats_process server{free_ports(folder)};
  REQUIRE_FALSE(server.start(patience).has_value());
  const auto held = held_process::of(server.pid());
  held.signal(SIGSTOP);
  CHECK_FALSE(server.stop(200ms));
  CHECK(held.wait(0ms));
}

TEST_CASE("a port of somebody else is named, with the flag that chooses another") {
  const temporary_folder folder;
  const foreign_listener other;
  auto settings = free_ports(folder);
  std::string flag = "--nats-port";
  SECTION("of clients") {
    settings.port = other.port;
  }
  SECTION("of WebSockets") {
    settings.ws_port = other.port;
    flag = "--ws-port";
  }
  nats_process server{settings};
  const auto fault = server.start(patience);
  REQUIRE(fault.has_value());
  CHECK_THAT(*fault, Catch::Contains("port " + std::to_string(other.port)) && Catch::Contains("in use") &&
                         Catch::Contains(flag));
  CHECK(server.pid() == 0);
}

TEST_CASE("a missing program is named") {
  const temporary_folder folder;
  auto settings = free_ports(folder);
  settings.program = "/nowhere/nats-server";
  nats_process server{settings};
  CHECK_THAT(server.start().value_or("none"), Catch::Contains("/nowhere/nats-server") && Catch::Contains("--nats URL"));
}

TEST_CASE("a server that refuses to start says why") {
  const temporary_folder folder;
  folder.write("nats/jetstream", "a file where the streams should be");
  nats_process server{free_ports(folder)};
  CHECK_THAT(server.start(patience).value_or("none"),
             Catch::Contains("ended at its start") && Catch::Contains("storage directory"));
}

TEST_CASE("a program that never becomes ready is given up and ended") {
  const temporary_folder folder;
  auto settings = free_ports(folder);
  const auto script = folder.write("idle", "#!/bin/sh\nexec sleep 1000\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  settings.program = script.string();
  nats_process server{settings};
  CHECK_THAT(server.start(200ms).value_or("none"), Catch::Contains("not ready within 200 ms"));
  CHECK(server.pid() == 0);
}

TEST_CASE("two nodes do not share a data folder") {
  const temporary_folder folder;
  nats_process first{free_ports(folder)};
  REQUIRE_FALSE(first.start(patience).has_value());
  nats_process second{free_ports(folder)};
  CHECK_THAT(second.start(patience).value_or("none"), Catch::Contains("in use by another node"));
  CHECK(client{first.url()}.connected());
}

TEST_CASE("when the node is killed its server ends too") {
  const temporary_folder folder;
  holder node{folder};
  node.process.signal(SIGKILL);
  CHECK(node.server.wait(patience));
}

TEST_CASE("a server that outlived its node is recognised and stopped before a new one starts") {
  const temporary_folder folder;
  auto settings = free_ports(folder);
  const nats_files files{settings.data};
  std::filesystem::create_directories(files.folder);
  const auto ports = std::get<nats_ports>(choose_ports(settings));
  folder.write("nats/nats-server.conf", nats_server_conf(settings, ports, files));
  auto started = start_child(find_nats_server("", "").value(), {"-c", files.conf.string()}, files.err);
  REQUIRE(std::holds_alternative<held_process>(started));
  const auto& old = std::get<held_process>(started);
  folder.write("nats/nats-server.pid", std::to_string(old.pid()));
  REQUIRE(comes_true([&] { return client{"nats://127.0.0.1:" + std::to_string(ports.client)}.connected(); }));

  settings.port = ports.client;
  nats_process server{settings};
  const auto fault = server.start(patience);
  INFO(fault.value_or(""));
  REQUIRE_FALSE(fault.has_value());
  CHECK(old.wait(0ms));
  reap(old);
  CHECK(server.ports().client == ports.client);
  CHECK(client{server.url()}.connected());
}

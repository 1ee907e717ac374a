/// nats-servers as processes of a test: killed, started again, robbed of their data; one, or three that are a cluster.
#pragma once

#include "node/nats_server/child_process.hpp"
#include "node/nats_server/nats_server_files.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace alleycat::testing {

/// Long enough for any machine; a test that passes does not wait for it.
inline constexpr auto patience = std::chrono::seconds{120};

template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

/// Not ready when the constructor or `start` returns: who connects to it waits.
class nats_server {
public:
  /// @param command  nats-server and its arguments, or something that becomes it
  nats_server(std::string name, std::uint16_t port, std::filesystem::path store, std::vector<std::string> command)
      : name_{std::move(name)}, port_{port}, store_{std::move(store)}, command_{std::move(command)} {
    start();
  }
  nats_server(nats_server&& other) noexcept = default;
  ~nats_server() {
    if (process_.there())
      kill();
  }

  const std::string& name() const { return name_; }
  std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }

  void start() {
    auto started = start_child(command_.front(), {command_.begin() + 1, command_.end()}, store_.string() + ".out");
    REQUIRE(std::holds_alternative<held_process>(started));
    process_ = std::move(std::get<held_process>(started));
  }
  /// `kill -9`.
  void kill() {
    process_.signal(SIGKILL);
    process_.wait(patience);
    reap(process_);
    process_ = {};
  }
  /// It stays, and takes nothing any more.
  void pause() { process_.signal(SIGSTOP); }
  void resume() { process_.signal(SIGCONT); }
  /// @pre killed
  void lose_data() { std::filesystem::remove_all(store_); }

private:
  std::string name_;
  std::uint16_t port_ = 0;
  std::filesystem::path store_;
  std::vector<std::string> command_;
  held_process process_;
};

inline nats_ports free_ports() {
  return std::get<nats_ports>(choose_ports({.port = 0, .ws_port = 0}));
}

inline std::string nats_server_program() {
  return find_nats_server("", "").value().string();
}

inline nats_server one_server(const temporary_folder& folder) {
  const auto port = free_ports().client;
  const auto store = folder.path() / "nats";
  return {"one",
          port,
          store,
          {nats_server_program(), "-a", "127.0.0.1", "-p", std::to_string(port), "-js", "-sd", store.string()}};
}

/// By the configuration that is shipped for three.
inline std::vector<nats_server> three_servers(const temporary_folder& folder) {
  const nats_ports ports[] = {free_ports(), free_ports(), free_ports()};
  const nats_ports mqtt = free_ports();
  const std::uint16_t mqtt_ports[] = {mqtt.client, mqtt.websocket, mqtt.monitor};
  const auto address = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
  std::string routes;
  for (const auto& each : ports)
    routes += (routes.empty() ? "[nats://" : ", nats://") + address(each.monitor);
  std::vector<nats_server> servers;
  for (const auto& each : ports) {
    const auto name = "nats-" + std::to_string(servers.size() + 1);
    const auto store = folder.path() / name;
    servers.emplace_back(
        name, each.client, store,
        std::vector<std::string>{
            "/usr/bin/env", "ALLEYCAT_NATS_NAME=" + name, "ALLEYCAT_NATS_LISTEN=" + address(each.client),
            "ALLEYCAT_NATS_CLUSTER_LISTEN=" + address(each.monitor), "ALLEYCAT_NATS_ROUTES=" + routes + "]",
            "ALLEYCAT_NATS_WS_LISTEN=" + address(each.websocket),
            "ALLEYCAT_NATS_MQTT_LISTEN=" + address(mqtt_ports[servers.size()]),
            R"(ALLEYCAT_NATS_ORIGINS=["http://127.0.0.1:8080"])", "ALLEYCAT_NATS_STORE=" + store.string(),
            nats_server_program(), "-c", ALLEYCAT_CLUSTER_CONF});
  }
  return servers;
}

} // namespace alleycat::testing

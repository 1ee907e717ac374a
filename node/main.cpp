#include "node/backend.hpp"
#include "node/config/read_config.hpp"
#include "node/held_port.hpp"
#include "node/http/page_origins.hpp"
#include "node/nats_server/nats_process.hpp"
#include "node/telemetry/log.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>

using namespace alleycat;

namespace {

/// nats-server runs in a folder of its own.
std::filesystem::path absolute_or_empty(const std::filesystem::path& path) {
  return path.empty() ? path : std::filesystem::absolute(path);
}

int run(node_config config) {
  // Before any thread begins: only this thread waits for the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  start_log({config.level, config.format, stderr_is_journal(std::getenv("JOURNAL_STREAM"))});
  std::filesystem::create_directories(config.data);
  std::unique_ptr<nats_process> server;
  auto urls = config.nats_urls;
  if (config.own_nats_server()) {
    // nats-server is told where the page will be before the page is there.
    std::optional<held_port> held;
    if (config.http.port == 0)
      config.http.port = held.emplace().number();
    server = std::make_unique<nats_process>(
        nats_settings{.data = config.data,
                      .name = config.name,
                      .host = config.nats_host,
                      .port = config.nats_port,
                      .ws_port = config.ws_port,
                      .program = config.nats_server,
                      .ws_cert = absolute_or_empty(config.http_cert),
                      .ws_key = absolute_or_empty(config.http_key),
                      .origins = page_origins(config.http.host, config.http.port, !config.http_cert.empty(),
                                              own_names(), config.origins)});
    if (const auto fault = server->start()) {
      log_event(log_level::error, "nats.not_started", {{"error", *fault}});
      return 1;
    }
    urls = {server->url()};
    // The page is told the real one.
    config.ws_port = server->ports().websocket;
  }
  backend node{config, urls};
  log_event(
      log_level::info, "node.started",
      {{"name", config.name}, {"nats", urls.front()}, {"http", node.http_port()}, {"data", config.data.string()}});

  int signal = 0;
  sigwait(&signals, &signal);
  log_event(log_level::info, "node.leaving", {{"signal", signal}});
  // A second signal ends at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  node.stop();
  if (server)
    server->stop();
  log_event(log_level::info, "node.left");
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const auto read = read_config(argc, argv, alleycat_environment());
  if (const auto* exit = std::get_if<early_exit>(&read)) {
    std::fputs(exit->text.c_str(), exit->to_stderr ? stderr : stdout);
    return exit->code;
  }
  const auto& config = std::get<node_config>(read);
  if (config.http_cert.empty() != config.http_key.empty()) {
    std::fputs("alleycat-node: http.cert and http.key belong together: give both or neither\n", stderr);
    return 2;
  }
  try {
    return run(config);
  } catch (const std::exception& e) {
    log_event(log_level::error, "node.failed", {{"error", e.what()}});
    return 1;
  }
}

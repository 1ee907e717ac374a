#include "node/backend.hpp"
#include "node/config/read_config.hpp"
#include "node/config/reload.hpp"
#include "node/held_port.hpp"
#include "node/http/page_origins.hpp"
#include "node/nats_server/nats_process.hpp"
#include "node/telemetry/log.hpp"
#include "node/telemetry/service_manager.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <optional>
#include <variant>

using namespace alleycat;

namespace {

/// nats-server runs in a folder of its own.
std::filesystem::path absolute_or_empty(const std::filesystem::path& path) {
  return path.empty() ? path : std::filesystem::absolute(path);
}

log_settings log_of(const node_config& config) {
  return {config.level, config.format, stderr_is_journal(std::getenv("JOURNAL_STREAM"))};
}

using config_reader = std::function<std::variant<node_config, early_exit>()>;

/// On SIGHUP. All or nothing: with a fault anywhere the node runs on as it was.
/// @param running  what was read last
void reload(backend& node, node_config& running, const config_reader& read) {
  const auto found = read();
  if (const auto* fault = std::get_if<early_exit>(&found)) {
    const std::string_view text{fault->text};
    log_event(log_level::error, "node.reload_refused", {{"error", text.substr(0, text.find_last_not_of('\n') + 1)}});
    return;
  }
  auto next = running;
  const auto changes = take_over(next, std::get<node_config>(found));
  try {
    node.change(next);
  } catch (const std::exception& e) {
    log_event(log_level::error, "node.reload_refused", {{"error", e.what()}});
    return;
  }
  // Under the more talkative of the two levels, or nobody would see it.
  const bool quieter = next.level > running.level;
  if (!quieter)
    start_log(log_of(next));
  log_event(log_level::info, "node.reloaded", {{"changed", fmt::format("{}", fmt::join(changes.taken, ","))}});
  if (!changes.need_restart.empty())
    log_event(log_level::warn, "node.restart_needed",
              {{"options", fmt::format("{}", fmt::join(changes.need_restart, ","))}});
  if (quieter)
    start_log(log_of(next));
  running = std::move(next);
}

/// @param patience  0 = for ever
/// @returns 0 when none came in time
int next_signal(const sigset_t& signals, std::chrono::microseconds patience) {
  if (patience.count() == 0) {
    int signal = 0;
    return sigwait(&signals, &signal) == 0 ? signal : 0;
  }
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec time{whole.count(), std::chrono::nanoseconds{patience - whole}.count()};
  return std::max(0, sigtimedwait(&signals, nullptr, &time));
}

/// @returns the signal to leave on
int serve(backend& node, node_config running, const sigset_t& signals, const config_reader& read) {
  const auto watched = watchdog_limit();
  notify_ready();
  for (;;) {
    const auto signal = next_signal(signals, watched / 3);
    if (signal == SIGHUP) {
      notify_reloading();
      reload(node, running, read);
      notify_ready();
    } else if (signal != 0) {
      return signal;
    }
    if (watched.count() != 0 && node.answers())
      notify_alive();
  }
}

int run(const node_config& as_read, const config_reader& read) {
  auto config = as_read;
  // Before any thread begins: only this thread waits for the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  start_log(log_of(config));
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

  const auto signal = serve(node, as_read, signals, read);
  notify_stopping();
  log_event(log_level::info, "node.leaving", {{"signal", signal}});
  // A second signal ends at once; a terminal that closes meanwhile does not.
  sigdelset(&signals, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  node.stop();
  if (server)
    server->stop();
  log_event(log_level::info, "node.left");
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const auto read = [argc, argv] { return read_config(argc, argv, alleycat_environment()); };
  const auto first = read();
  if (const auto* exit = std::get_if<early_exit>(&first)) {
    std::fputs(exit->text.c_str(), exit->to_stderr ? stderr : stdout);
    return exit->code;
  }
  try {
    return run(std::get<node_config>(first), read);
  } catch (const std::exception& e) {
    log_event(log_level::error, "node.failed", {{"error", e.what()}});
    return 1;
  }
}

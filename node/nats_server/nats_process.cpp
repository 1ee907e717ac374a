#include "node/nats_server/nats_process.hpp"

#include "node/telemetry/log.hpp"
#include "racing/check.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <mutex>
#include <nats/nats.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace alleycat {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_pause = 100ms;
constexpr milliseconds longest_pause = 5s;
/// A server that ran this long is given the first pause again.
constexpr milliseconds good_run = 60s;
/// How long a left-over of a killed node, or one that does not become ready, may take to end.
constexpr milliseconds left_over_patience = 5s;
/// A free port that was found may be gone when the server binds it.
constexpr int port_tries = 5;

std::string client_url(const std::string& host, std::uint16_t port) {
  const bool any = host == "0.0.0.0" || host == "::";
  const auto reach = any ? std::string{"127.0.0.1"} : host;
  return reach.find(':') == std::string::npos ? fmt::format("nats://{}:{}", reach, port)
                                              : fmt::format("nats://[{}]:{}", reach, port);
}

/// True if the server takes a connection and JetStream answers.
bool answers(const std::string& url) {
  natsOptions* options = nullptr;
  natsConnection* connection = nullptr;
  jsCtx* jetstream = nullptr;
  jsAccountInfo* account = nullptr;
  jsOptions js_options;
  jsOptions_Init(&js_options);
  js_options.Wait = 1000;
  natsStatus status = natsOptions_Create(&options);
  for (auto step : {+[](natsOptions* o) { return natsOptions_SetAllowReconnect(o, false); },
                    +[](natsOptions* o) { return natsOptions_SetTimeout(o, 1000); },
                    +[](natsOptions* o) { return natsOptions_SetName(o, "alleycat-node start"); }})
    if (status == NATS_OK)
      status = step(options);
  if (status == NATS_OK)
    status = natsOptions_SetURL(options, url.c_str());
  if (status == NATS_OK)
    status = natsConnection_Connect(&connection, options);
  if (status == NATS_OK)
    status = natsConnection_JetStream(&jetstream, connection, &js_options);
  if (status == NATS_OK)
    status = js_GetAccountInfo(&account, jetstream, &js_options, nullptr);
  jsAccountInfo_Destroy(account);
  jsCtx_Destroy(jetstream);
  natsConnection_Destroy(connection);
  natsOptions_Destroy(options);
  return status == NATS_OK;
}

bool write_file(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << text;
  return static_cast<bool>(out.flush());
}

} // namespace

struct nats_process::impl {
  explicit impl(nats_settings given) : settings{std::move(given)}, files{settings.data} {}

  const nats_settings settings;
  const nats_files files;
  owned_fd lock;
  owned_fd stop_signal; ///< readable once stop() was called
  std::thread keeper;
  std::filesystem::path program;
  nats_ports ports;
  milliseconds ready_within{};
  std::atomic<milliseconds::rep> patience_ms{0};
  bool ended_by_itself = true;
  std::atomic<pid_t> pid{0};
  std::atomic<unsigned> restarts{0};

  /// @returns true if stop() was called, at once or within the time.
  bool stopping(milliseconds at_most) const {
    pollfd entry{stop_signal.get(), POLLIN, 0};
    return poll(&entry, 1, static_cast<int>(at_most.count())) > 0;
  }

  std::optional<std::string> prepare() {
    const char* search_path = std::getenv("PATH");
    const auto found = find_nats_server(settings.program, search_path ? search_path : "");
    if (!found)
      return fmt::format("there is no program {}; install the package nats-server, or join one with --nats URL",
                         settings.program.empty() ? "nats-server" : settings.program);
    program = *found;
    auto locked = lock_folder(files);
    if (auto* fault = std::get_if<std::string>(&locked))
      return std::move(*fault);
    lock = std::move(std::get<owned_fd>(locked));
    if (const auto old = left_over_server(files); old.there()) {
      const bool gently = old.end(left_over_patience);
      log_event(log_level::warn, "nats.left_over_stopped", {{"pid", old.pid()}, {"gently", gently}});
    }
    return std::nullopt;
  }

  void ended(const held_process& child, log_level level, std::string_view event) {
    const auto how = reap(child);
    pid = 0;
    std::error_code ignored;
    std::filesystem::remove(files.pid, ignored);
    log_event(level, event, {{"pid", child.pid()}, {"how", how}});
  }

  /// Starts it and waits until it is ready. Keeper thread only.
  std::variant<held_process, std::string> launch() {
    if (!write_file(files.conf, nats_server_conf(settings, ports, files)))
      return fmt::format("cannot write {}", files.conf.string());
    auto started = start_child(program, {"-c", files.conf.string()}, files.err);
    if (std::holds_alternative<std::string>(started))
      return started;
    auto& child = std::get<held_process>(started);
    pid = child.pid();
    write_file(files.pid, std::to_string(child.pid()));
    const auto deadline = steady_clock::now() + ready_within;
    const auto url = client_url(settings.host, ports.client);
    while (!child.wait(20ms)) {
      if (answers(url)) {
        log_event(log_level::info, "nats.ready", {{"pid", child.pid()}, {"url", url}, {"websocket", ports.websocket}});
        return started;
      }
      if (steady_clock::now() > deadline || stopping(0ms)) {
        child.end(left_over_patience);
        ended(child, log_level::warn, "nats.not_ready");
        return fmt::format("nats-server was not ready within {} ms; its log is {}", ready_within.count(),
                           files.log.string());
      }
    }
    ended(child, log_level::warn, "nats.not_started");
    return fmt::format("nats-server ended at its start: {}; its log is {}", last_complaint(files), files.log.string());
  }

  /// With ports of our choice a second try may find better ones.
  std::variant<held_process, std::string> first_launch() {
    for (int tries = 1;; ++tries) {
      auto chosen = choose_ports(settings);
      if (auto* fault = std::get_if<std::string>(&chosen))
        return std::move(*fault);
      ports = std::get<nats_ports>(chosen);
      auto launched = launch();
      const auto* fault = std::get_if<std::string>(&launched);
      if (!fault || tries == port_tries || fault->find("address already in use") == std::string::npos)
        return launched;
    }
  }

  void keep(std::promise<std::optional<std::string>> first) {
    auto launched = first_launch();
    if (auto* fault = std::get_if<std::string>(&launched))
      return first.set_value(std::move(*fault));
    first.set_value(std::nullopt);
    auto pause = first_pause;
    for (;;) {
      const auto since = steady_clock::now();
      if (watch(std::get<held_process>(launched)))
        return;
      if (steady_clock::now() - since > good_run)
        pause = first_pause;
      for (bool up = false; !up;) {
        if (stopping(pause))
          return;
        pause = std::min(2 * pause, longest_pause);
        launched = launch();
        up = std::holds_alternative<held_process>(launched);
        if (!up)
          log_event(log_level::error, "nats.restart_failed", {{"what", std::get<std::string>(launched)}});
      }
      ++restarts;
    }
  }

  /// Until it dies or is to stop.
  /// @returns true if it was to stop.
  bool watch(const held_process& child) {
    std::array entries{pollfd{child.fd(), POLLIN, 0}, pollfd{stop_signal.get(), POLLIN, 0}};
    while (poll(entries.data(), entries.size(), -1) < 0) {
    }
    if (entries[1].revents == 0) {
      ended(child, log_level::error, "nats.died");
      return false;
    }
    ended_by_itself = child.end(milliseconds{patience_ms});
    ended(child, log_level::info, "nats.stopped");
    return true;
  }
};

nats_process::nats_process(nats_settings settings) : impl_{std::make_unique<impl>(std::move(settings))} {}

nats_process::~nats_process() {
  stop();
}

std::optional<std::string> nats_process::start(milliseconds ready_within) {
  auto& self = *impl_;
  ALLEYCAT_CHECK(!self.keeper.joinable());
  if (auto fault = self.prepare()) {
    self.lock = {};
    return fault;
  }
  self.ready_within = ready_within;
  self.ended_by_itself = true;
  self.stop_signal = owned_fd{eventfd(0, EFD_CLOEXEC)};
  std::promise<std::optional<std::string>> first;
  auto outcome = first.get_future();
  // Signals are for the main thread: the keeper inherits a mask that blocks all.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  self.keeper = std::thread{[&self, promise = std::move(first)]() mutable { self.keep(std::move(promise)); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  auto fault = outcome.get();
  if (fault)
    stop();
  return fault;
}

bool nats_process::stop(milliseconds patience) {
  auto& self = *impl_;
  if (!self.keeper.joinable())
    return self.ended_by_itself;
  self.patience_ms = patience.count();
  eventfd_write(self.stop_signal.get(), 1);
  self.keeper.join();
  self.lock = {};
  return self.ended_by_itself;
}

std::string nats_process::url() const {
  return client_url(impl_->settings.host, impl_->ports.client);
}

nats_ports nats_process::ports() const {
  return impl_->ports;
}

pid_t nats_process::pid() const {
  return impl_->pid;
}

unsigned nats_process::restarts() const {
  return impl_->restarts;
}

} // namespace alleycat

#include "node/nats_server/nats_server_files.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <netdb.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace alleycat {

namespace fs = std::filesystem;

namespace {

std::string read_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A quoted string of nats-server's configuration language.
std::string conf_string(std::string_view text) {
  std::string quoted{"\""};
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// "127.0.0.1:4222", "[::1]:4222".
std::string conf_address(const std::string& host, std::uint16_t port) {
  return conf_string(host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                                         : fmt::format("[{}]:{}", host, port));
}

struct bound_port {
  owned_fd socket;
  std::uint16_t port = 0;
};

/// Binds as nats-server will, without listening.
std::variant<bound_port, std::string> try_port(const std::string& host, std::uint16_t port, std::string_view flag) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    return fmt::format("nats.host {}: {}", host, gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, freeaddrinfo};
  owned_fd socket{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0) {
    if (errno == EADDRINUSE)
      return fmt::format("port {} on {} is in use by another program; choose another with {}", port, host, flag);
    return fmt::format("port {} on {}: {}; choose another with {}", port, host, std::strerror(errno), flag);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  std::array<char, NI_MAXSERV> service{};
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, nullptr, 0, service.data(), service.size(), NI_NUMERICSERV);
  return bound_port{std::move(socket), static_cast<std::uint16_t>(std::stoi(service.data()))};
}

/// The arguments of a process, the program first. Empty for a zombie.
std::vector<std::string> arguments_of(pid_t pid) {
  auto text = read_text(fmt::format("/proc/{}/cmdline", pid));
  std::vector<std::string> arguments;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\0', at), text.size());
    arguments.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return arguments;
}

} // namespace

nats_files::nats_files(const fs::path& data)
    : folder{fs::absolute(data).lexically_normal() / "nats"}, lock{folder / "lock"}, conf{folder / "nats-server.conf"},
      pid{folder / "nats-server.pid"}, log{folder / "nats-server.log"}, err{folder / "nats-server.err"} {}

std::string nats_server_conf(const nats_settings& settings, const nats_ports& ports, const nats_files& files) {
  std::string limits;
  if (settings.max_file_store_bytes > 0)
    limits += fmt::format("  max_file_store: {}\n", settings.max_file_store_bytes);
  if (settings.max_memory_store_bytes > 0)
    limits += fmt::format("  max_memory_store: {}\n", settings.max_memory_store_bytes);
  const auto tls = settings.ws_cert.empty()
                       ? std::string{"no_tls: true"}
                       : fmt::format("tls {{ cert_file: {}, key_file: {} }}", conf_string(settings.ws_cert.string()),
                                     conf_string(settings.ws_key.string()));
  ALLEYCAT_CHECK(!settings.origins.empty());
  std::string origins;
  for (const auto& origin : settings.origins)
    origins += (origins.empty() ? "" : ", ") + conf_string(origin);
  // A paused queue member is fed until the ping limit: it must be short.
  return fmt::format(R"(# Written by alleycat-node at each start: changes are lost.
server_name: {}
listen: {}
http: {}
log_file: {}
logfile_size_limit: 10MB
ping_interval: "2s"
ping_max: 2
max_payload: {}
jetstream {{
  store_dir: {}
{}}}
websocket {{
  listen: {}
  {}
  allowed_origins: [{}]
}}
)",
                     conf_string(settings.name), conf_address(settings.host, ports.client),
                     conf_address("127.0.0.1", ports.monitor), conf_string(files.log.string()),
                     settings.max_payload_bytes, conf_string(files.folder.string()), limits,
                     conf_address(settings.host, ports.websocket), tls, origins);
}

std::optional<fs::path> find_nats_server(const std::string& wanted, std::string_view search_path) {
  const std::string name = wanted.empty() ? "nats-server" : wanted;
  const auto runs = [](const fs::path& file) { return fs::is_regular_file(file) && access(file.c_str(), X_OK) == 0; };
  if (name.find('/') != std::string::npos)
    return runs(name) ? std::optional{fs::absolute(name)} : std::nullopt;
  const auto folders = std::string{search_path} + ":/usr/sbin";
  for (std::size_t at = 0; at < folders.size();) {
    const auto end = std::min(folders.find(':', at), folders.size());
    const auto file = fs::path{folders.substr(at, end - at)} / name;
    if (end > at && runs(file))
      return fs::absolute(file);
    at = end + 1;
  }
  return std::nullopt;
}

std::variant<owned_fd, std::string> lock_folder(const nats_files& files) {
  std::error_code error;
  fs::create_directories(files.folder, error);
  owned_fd lock{error ? -1 : open(files.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!lock)
    return fmt::format("cannot use the data folder {}: {}", files.folder.parent_path().string(),
                       error ? error.message() : std::strerror(errno));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return fmt::format("the data folder {} is in use by another node; choose another with --data",
                       files.folder.parent_path().string());
  return lock;
}

std::variant<nats_ports, std::string> choose_ports(const nats_settings& settings) {
  struct wish {
    const std::string& host;
    std::uint16_t port;
    std::string_view flag;
  };
  const std::string loopback{"127.0.0.1"};
  const std::array wishes{wish{settings.host, settings.port, "--nats-port"},
                          wish{settings.host, settings.ws_port, "--ws-port"},
                          wish{loopback, settings.monitor_port, "another monitor port"}};
  // All stay bound until the last one is found, so that no two are the same.
  std::vector<bound_port> bound;
  for (const auto& [host, port, flag] : wishes) {
    auto tried = try_port(host, port, flag);
    if (auto* fault = std::get_if<std::string>(&tried))
      return std::move(*fault);
    bound.push_back(std::move(std::get<bound_port>(tried)));
  }
  return nats_ports{bound[0].port, bound[1].port, bound[2].port};
}

held_process left_over_server(const nats_files& files) {
  pid_t pid = 0;
  std::ifstream{files.pid} >> pid;
  auto process = held_process::of(pid);
  if (!process.there())
    return {};
  // Read after the process is held: the number cannot go to another one now.
  const auto arguments = arguments_of(pid);
  const bool ours = !arguments.empty() && fs::path{arguments[0]}.filename().string().find("nats-server") == 0 &&
                    std::find(arguments.begin(), arguments.end(), files.conf.string()) != arguments.end();
  return ours ? std::move(process) : held_process{};
}

std::string last_complaint(const nats_files& files) {
  std::string last;
  std::ifstream log{files.log};
  for (std::string line; std::getline(log, line);)
    if (const auto at = std::min(line.find("[FTL] "), line.find("[ERR] ")); at != std::string::npos)
      last = line.substr(at + 6);
  std::ifstream err{files.err};
  for (std::string line; std::getline(err, line);)
    if (!line.empty())
      last = line;
  return last;
}

} // namespace alleycat

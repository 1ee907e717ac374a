/// What stands around a nats-server of our own: its files in the data folder, its ports, its program.
///
///     DATA/nats/lock              held (flock) by the node that uses the folder
///     DATA/nats/nats-server.conf  written at every start
///     DATA/nats/nats-server.pid   process id, while it runs or after a crash
///     DATA/nats/nats-server.log   its log, at most 10 MB, then renamed by nats-server
///     DATA/nats/nats-server.err   what it says before it has a log
///     DATA/nats/jetstream/        its streams
#pragma once

#include "node/nats_server/child_process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alleycat {

struct nats_settings {
  std::filesystem::path data{};    ///< the node's data folder
  std::string name = "alleycat";   ///< server_name, visible to clients
  std::string host = "127.0.0.1";  ///< of clients and WebSocket; the monitor port is always on loopback
  std::uint16_t port = 4222;       ///< 0 = any free one
  std::uint16_t ws_port = 8443;    ///< 0 = any free one
  std::uint16_t monitor_port = 0;  ///< 0 = any free one
  std::string program{};           ///< empty: look in PATH and /usr/sbin
  std::filesystem::path ws_cert{}; ///< PEM, absolute; given, with `ws_key`, the WebSocket speaks TLS
  std::filesystem::path ws_key{};
  /// Pages ("http://127.0.0.1:8080") that may open the WebSocket: a browser would let any page of any site try. Programs that
  /// are no browsers say no origin, and are let in. @pre not empty: nats-server takes an empty list for everybody
  std::vector<std::string> origins{"http://127.0.0.1:8080"};
  /// Standings take about 200 bytes a rider. Not above 8 MiB, of which nats-server warns.
  std::uint32_t max_payload_bytes = 1 << 20;
  /// Of JetStream; what streams reserve must fit in. 0 = what nats-server takes: three quarters of the free disk and
  /// of the memory.
  std::uint64_t max_file_store_bytes = 0;
  std::uint64_t max_memory_store_bytes = 0;
};

struct nats_ports {
  std::uint16_t client = 0;
  std::uint16_t websocket = 0;
  std::uint16_t monitor = 0;
};

struct nats_files {
  explicit nats_files(const std::filesystem::path& data);

  std::filesystem::path folder, lock, conf, pid, log, err;
};

/// The text of the configuration file.
std::string nats_server_conf(const nats_settings& settings, const nats_ports& ports, const nats_files& files);

/// @param wanted  a path, or a name to look for; empty: `nats-server`
/// @param search_path  directories separated by `:`; /usr/sbin is looked into at last
std::optional<std::filesystem::path> find_nats_server(const std::string& wanted, std::string_view search_path);

/// Takes the data folder for this process, until the descriptor is closed.
/// @returns in words why not: another node uses it.
std::variant<owned_fd, std::string> lock_folder(const nats_files& files);

/// Replaces each 0 by a free port and tries the others.
/// @returns which port is in use, and which flag chooses another.
std::variant<nats_ports, std::string> choose_ports(const nats_settings& settings);

/// The server that a killed node left running: the process of the pid file, if it really is a nats-server with our
/// configuration.
/// @pre the folder is locked, so no living node is its owner
held_process left_over_server(const nats_files& files);

/// The last complaint of the server ("[FTL]", "[ERR]" or what it said before it had a log), for a message.
std::string last_complaint(const nats_files& files);

} // namespace alleycat

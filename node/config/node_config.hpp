/// Node configuration: what an operator can set, with its defaults. The keys stand in options.hpp.
#pragma once

#include "node/telemetry/log.hpp"
#include "racing/rules.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace alleycat {

struct host_port {
  std::string host;
  std::uint16_t port = 0; ///< 0 = any free one

  friend bool operator==(const host_port&, const host_port&) = default;
};

enum class metrics_timing : std::uint8_t { on, off };
enum class journal_storage : std::uint8_t { file, memory, off };

struct journal_config {
  journal_storage storage = journal_storage::file;
  std::uint32_t linger_ms = 20; ///< 0..1000
  std::uint64_t max_bytes = std::uint64_t{4} << 30;
  std::uint32_t ingest_actors = 1; ///< 1..64

  friend bool operator==(const journal_config&, const journal_config&) = default;
};

struct node_config {
  std::vector<std::string> nats_urls; ///< empty: start an own nats-server
  std::string nats_host = "127.0.0.1";
  std::uint16_t nats_port = 4222;
  std::uint16_t ws_port = 8443;
  std::string nats_server; ///< the program; empty: look in PATH and /usr/sbin

  std::string name; ///< 1..64 of A-Z a-z 0-9 - _; unique in the cluster
  std::filesystem::path data = "alleycat-data";
  bool rebuild = false; ///< begin with an empty store, filled from the streams; of this start, never of a file
  host_port listen{"127.0.0.1", 0};   ///< CAF
  std::optional<host_port> advertise; ///< where the other nodes reach `listen`; nothing: at `listen` itself
  std::filesystem::path tls_cert;     ///< PEM; given, with the next two, nodes speak TLS with each other
  std::filesystem::path tls_key;      ///< without password
  std::filesystem::path tls_ca;       ///< who vouches for the other nodes
  bool insecure = false;              ///< `listen` may be open to others without TLS

  host_port http{"127.0.0.1", 8080};
  std::filesystem::path http_cert; ///< PEM; given, with `http_key`, HTTP and the own nats-server's WebSocket speak TLS
  std::filesystem::path http_key;
  std::filesystem::path web;        ///< folder of the page; empty: the one beside the program, if any
  std::vector<std::string> origins; ///< further ones the page is served from, as "https://race.example"
  std::string ws_url;               ///< what the page connects to; empty: the page's own host with `ws_port`

  rule_set rules{race_rules{}, shipped_classes()};
  journal_config journal;
  std::uint32_t standings_min_interval_ms = 900; ///< 0..60000
  std::uint64_t history_max_bytes = std::uint64_t{1} << 40;
  double history_keep_days = 90;    ///< 0.0001..3650
  std::uint32_t drain_seconds = 10; ///< 0..600
  metrics_timing timing = metrics_timing::on;
  log_level level = log_level::info;
  log_format format = log_format::text;

  bool own_nats_server() const { return nats_urls.empty(); }

  friend bool operator==(const node_config&, const node_config&) = default;
};

/// The defaults, with the host's name (what is not allowed in a node name becomes `-`).
node_config default_config();

} // namespace alleycat

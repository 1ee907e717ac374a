#include "node/peers/wire.hpp"

#include "node/peers/tls_files.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

#include <chrono>
#include <stdexcept>
#include <vector>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// Both are off unless set: a peer that is cut off or stopped would never be noticed.
constexpr caf::timespan heartbeat_interval = 1s;
constexpr caf::timespan connection_timeout = 4s;

} // namespace

void configure_peers(caf::actor_system_config& config, const std::optional<peer_tls>& tls) {
  config.load<caf::io::middleman>();
  config.set("middleman.heartbeat-interval", heartbeat_interval);
  config.set("middleman.connection-timeout", connection_timeout);
  // Without workers the thread of the sockets reads the messages too: a third of the time of a question, measured.
  config.set("middleman.workers", std::size_t{0});
  // Not the protocol: nodes of another one shall get an answer that says so.
  config.set("middleman.app-identifiers", std::vector<std::string>{"alleycat"});
  if (tls) {
    if (const auto fault = fault_in_tls(*tls))
      throw std::runtime_error{"TLS between nodes: " + *fault};
    config.load<caf::openssl::manager>();
    config.set("openssl.certificate", tls->certificate.string());
    config.set("openssl.key", tls->key.string());
    config.set("openssl.cafile", tls->ca.string());
  }
  config.add_message_type<wire::hello>(wire::hello_kind::name);
  config.add_message_type<wire::ask>(wire::ask_kind::name);
  config.add_message_type<wire::said>(wire::said_kind::name);
}

} // namespace alleycat

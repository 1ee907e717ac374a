/// The three message types that cross from node to node over CAF remoting, and how a system is set up for them.
///
///     link ──hello──▶ gate        link: one actor per peer, in the node that asks
///     link ◀──hello── gate        gate: the one published actor of the node that is asked
///     link ───ask───▶ gate
///     link ◀──said─── gate        any number for an ask: long answers come in parts, each asked for
///
/// Every message says who sends it. The body is Protobuf (messages/peer.proto), so it can grow; the envelope cannot: CAF
/// reads it field by field. An actor handle never stands in a message.
#pragma once

#include "racing/ids.hpp"

#include <caf/fwd.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace alleycat {

/// What is said between nodes, and how. Nodes of other protocols do not speak with each other.
inline constexpr std::uint32_t peer_protocol = 1;

namespace wire {

template <class Kind>
struct envelope {
  std::uint32_t protocol = 0;
  std::string node;
  std::uint64_t incarnation = 0;
  class_id cls; ///< 0: of no class
  epoch by;     ///< 0: of no epoch
  std::string body;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, envelope& x) {
    return f(caf::meta::type_name(Kind::name), x.protocol, x.node, x.incarnation, x.cls, x.by, x.body);
  }
};

struct hello_kind {
  static constexpr const char* name = "alleycat.hello";
};
struct ask_kind {
  static constexpr const char* name = "alleycat.ask";
};
struct said_kind {
  static constexpr const char* name = "alleycat.said";
};
/// Body: peer_hello.
using hello = envelope<hello_kind>;
/// Body: peer_ask.
using ask = envelope<ask_kind>;
/// Body: peer_said.
using said = envelope<said_kind>;

} // namespace wire

/// PEM files of a node: who it is, and who vouches for the others.
struct peer_tls {
  std::filesystem::path certificate;
  std::filesystem::path key; ///< without password
  std::filesystem::path ca;
};

/// Loads CAF's middleman with heartbeats, and TLS when it is given; registers the message types. Call before the system is
/// made. @throws std::runtime_error when the files of `tls` do not fit
void configure_peers(caf::actor_system_config& config, const std::optional<peer_tls>& tls);

} // namespace alleycat

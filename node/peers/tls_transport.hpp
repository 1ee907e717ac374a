/// TLS connections for CAF's broker.
///
/// CAF's own TLS (0.17.6) does not survive a stranger: it leaves errors of one connection in OpenSSL's queue of the thread,
/// where the next one finds them and is closed, so that a port scan ends every link. And it turns in a circle while a
/// handshake waits for the other side, for ever when that stays silent. Here the queue is emptied before each call, and a
/// handshake has a deadline. Keys, certificates and verification are CAF's, as `configure_peers` set them: both sides must
/// show a certificate of the CA; its name does not matter.
#pragma once

#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/io/doorman.hpp>
#include <caf/io/scribe.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace alleycat {

/// The side that dialled. Thread safe.
/// @param fd  a connected socket, which it owns from here on
/// @returns an error when there is no key or the handshake failed at once
caf::expected<caf::io::scribe_ptr> tls_connection(caf::actor_system& system, int fd);

/// Listens. Thread safe.
/// @param host  address or name, `0.0.0.0` for all
/// @param port  0 takes a free one
/// @param stranger  told, on CAF's thread of sockets, of the address of everybody who speaks no TLS, shows no certificate of the
///   authority, or does not take ours
caf::expected<caf::io::doorman_ptr> tls_listener(caf::actor_system& system, std::uint16_t port, const std::string& host,
                                                 std::function<void(const std::string& from)> stranger);

} // namespace alleycat

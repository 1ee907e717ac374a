/// Where the other nodes find this one, and whether that can be right.
#pragma once

#include "node/config/node_config.hpp"

#include <optional>
#include <string>

namespace alleycat {

/// What the others are told. Port 0: the one that is listened on.
host_port advertised(const node_config& config);

/// Judges by the letter: nothing is resolved, so a host name other than localhost is taken for another machine's.
/// @returns what would leave the node unreachable or open to strangers, or nothing
std::optional<std::string> fault_in_peer_address(const node_config& config);

} // namespace alleycat

/// Judges a node's certificate before CAF has it: CAF ends the process over files that do not fit.
#pragma once

#include "node/peers/wire.hpp"

#include <optional>
#include <string>

namespace alleycat {

/// Reads the files. @returns which one is missing, unreadable, of another key, not of the authority or out of date; or nothing
std::optional<std::string> fault_in_tls(const peer_tls& files);

} // namespace alleycat

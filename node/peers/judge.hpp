/// What a node thinks of what its peers say: pure.
#pragma once

#include "node/peers/handler.hpp"

#include <optional>
#include <string>
#include <utility>

namespace alleycat {

/// @param own  our own hello: its rules are those of the cluster
/// @param format  of journal and store, that the cluster writes
/// @returns why not to speak with the peer, with a sentence for people; nothing if all is well
std::optional<std::pair<peer_fault, std::string>> judge_hello(const peer_hello& said, const peer_hello& own,
                                                              std::uint32_t format);

/// A peer may know of a claim before we do, but not of a thousand: a number that is nobody's would end our term for nothing.
/// @param highest  epoch that is known here, of any class
bool is_plausible(epoch said, epoch highest);

} // namespace alleycat

/// Who should own what: rendezvous hashing (highest random weight). Every node computes the same order from the same
/// members; a member that comes or goes moves only what it gains or had.
#pragma once

#include "cluster/entity.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

/// Weight of a member for an entity. The same in every version and on every machine:
/// FNV-1a (64 bits) over the bytes of the name, a zero byte and `to_text(what)`, then the final mix of MurmurHash3.
std::uint64_t weight_of(std::string_view member, const entity& what);

/// The members by weight for `what`, highest first; equal weights by name.
std::vector<std::string> in_line_for(const entity& what, std::span<const std::string> members);

} // namespace alleycat

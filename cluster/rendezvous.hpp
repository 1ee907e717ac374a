/// Who should own what: tiers, and rendezvous hashing (highest random weight) within each. Every node computes the same order
/// from the same members; a member that comes or goes moves only what it gains or had.
#pragma once

#include "cluster/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

struct contender {
  std::string name;
  fitness tier = fitness::none;

  friend bool operator==(const contender&, const contender&) = default;
};

/// Weight of a member for a class. The same in every version and on every machine:
/// FNV-1a (64 bits) over the bytes of the name, a zero byte and the class id in decimal, then the final mix of MurmurHash3.
std::uint64_t weight_of(std::string_view member, class_id cls);

/// The highest tier first; within one by weight for the class, highest first; equal weights by name.
std::vector<contender> in_line_for(class_id cls, std::vector<contender> members);

} // namespace alleycat

/// Fencing at a receiver of what owners send.
#pragma once

#include "cluster/entity.hpp"

#include <cstdint>
#include <map>

namespace alleycat {

/// Remembers the highest epoch of each entity and lets nothing older pass: at most one epoch of an entity counts at a
/// time, and it never goes back. Memory: one entry per entity until `forget`.
class fence {
public:
  /// @returns whether what carries this epoch counts; if not it is to be dropped
  bool admit(const entity& what, epoch at) {
    auto& highest = highest_[what];
    if (at < highest) {
      ++dropped_;
      return false;
    }
    highest = at;
    return true;
  }

  /// Epoch 0 when nothing has come yet.
  epoch highest(const entity& what) const {
    const auto found = highest_.find(what);
    return found == highest_.end() ? epoch{} : found->second;
  }

  /// For a race that is over. What comes from it later would count again, so only when nothing is awaited.
  void forget(const entity& what) { highest_.erase(what); }

  std::uint64_t dropped() const { return dropped_; }

private:
  std::map<entity, epoch> highest_;
  std::uint64_t dropped_ = 0;
};

} // namespace alleycat

/// Fencing at a receiver of what owners send.
#pragma once

#include "racing/ids.hpp"

#include <cstdint>
#include <map>

namespace alleycat {

/// Remembers the highest epoch of each class and lets nothing older pass: at most one epoch of a class counts at a time, and
/// it never goes back. Memory: one entry per class.
class fence {
public:
  /// @returns whether what carries this epoch counts; if not it is to be dropped
  bool admit(class_id cls, epoch owner_epoch) {
    auto& highest = highest_[cls];
    if (owner_epoch < highest) {
      ++dropped_;
      return false;
    }
    highest = owner_epoch;
    return true;
  }

  /// Epoch 0 when nothing has come yet.
  epoch highest(class_id cls) const {
    const auto found = highest_.find(cls);
    return found == highest_.end() ? epoch{} : found->second;
  }

  std::uint64_t dropped() const { return dropped_; }

private:
  std::map<class_id, epoch> highest_;
  std::uint64_t dropped_ = 0;
};

} // namespace alleycat

/// From a racer to a row number, flat.
#pragma once

#include "racing/check.hpp"
#include "racing/ids.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace alleycat {

/// A hash table in one array: a lookup is one cache miss, where a node-based map takes two or three; every rank asks one.
/// Grows by doubling; nothing is ever removed.
class racer_index {
public:
  using row = std::uint32_t;

  std::size_t size() const { return size_; }

  /// @returns nothing for a stranger. O(1).
  std::optional<row> find(racer_id racer) const {
    if (slots_.empty())
      return std::nullopt;
    const auto& s = slots_[slot_of(racer)];
    return s.at == vacant ? std::nullopt : std::optional{s.at};
  }

  /// @param at  below 2^32 - 1
  /// @returns false, and changes nothing, when the racer is known.
  bool insert(racer_id racer, row at) {
    ALLEYCAT_CHECK(at != vacant);
    if (4 * (size_ + 1) > 3 * slots_.size())
      grow();
    auto& s = slots_[slot_of(racer)];
    if (s.at != vacant)
      return false;
    s = {racer, at};
    ++size_;
    return true;
  }

private:
  static constexpr row vacant = ~row{0};
  struct slot {
    racer_id racer;
    row at = vacant;
  };

  /// Where the racer is, or would be put. @pre at least one slot is vacant
  std::size_t slot_of(racer_id racer) const {
    ALLEYCAT_CHECK(size_ < slots_.size());
    const auto mask = slots_.size() - 1;
    // Multiplicative hashing by the golden ratio; the upper bits are the good ones.
    auto i = static_cast<std::size_t>(racer.value() * 0x9e3779b97f4a7c15U >> 32) & mask;
    while (slots_[i].at != vacant && slots_[i].racer != racer)
      i = (i + 1) & mask;
    return i;
  }

  void grow() {
    std::vector<slot> former(slots_.empty() ? 16 : 2 * slots_.size());
    former.swap(slots_);
    for (const auto& s : former)
      if (s.at != vacant)
        slots_[slot_of(s.racer)] = s;
  }

  std::vector<slot> slots_; ///< a power of two, at most three quarters taken
  std::size_t size_ = 0;
};

} // namespace alleycat

/// An entry of the bests changelog as bytes. Layout: best.proto.
#pragma once

#include "racing/record_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// What the owner of a class writes about one racer. Loaders take the maximum over all epochs.
struct best_entry {
  class_id cls;
  epoch owner_epoch;
  racer_bests bests;

  friend bool operator==(const best_entry&, const best_entry&) = default;
};

/// @pre at most `max_ride_seconds` bests
std::string encode(const best_entry& entry);

/// @returns nothing when the bytes are no entry or a value is outside its range.
std::optional<best_entry> decode_best(std::string_view bytes);

} // namespace alleycat

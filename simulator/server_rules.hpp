/// What a bike asks before it starts: `alleycat.query.now`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat::sim {

/// The part of the race rules that a bike needs.
struct server_rules {
  std::uint32_t window_seconds = 300;
  std::uint32_t ride_seconds = 300;
  std::uint32_t grace_seconds = 30;
  std::uint32_t capacity = 1000;

  std::chrono::seconds window() const { return std::chrono::seconds{window_seconds}; }

  std::string json; ///< the answer's `rules` member as it came, on one line; empty when nobody answered
};

/// Reads `{"rules":{"windowSeconds":300,"rideSeconds":300,"graceSeconds":30,"capacity":1000,…},…}`; a member that is absent
/// keeps its default.
/// @returns nothing when it is not JSON, has no `rules`, or one of them is not a positive number.
std::optional<server_rules> read_rules(std::string_view answer);

} // namespace alleycat::sim

/// Reads standings as a benchmark needs them: quickly, and only what it needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace alleycat::bench {

struct seen_table {
  std::uint32_t rows = 0;
  std::uint32_t least_second = 0; ///< of all rows: up to here the table is complete
  std::uint32_t furthest = 0;     ///< of all rows
  std::uint64_t checksum = 0;     ///< over rank, racer, total and all-time rank of every row, in order
  std::uint32_t without_all_time = 0;
};

/// @param with_checksum  looks at every row's values too
/// @returns nothing when it is no standings message
std::optional<seen_table> scan_table(std::string_view json, bool with_checksum);

} // namespace alleycat::bench

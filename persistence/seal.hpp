/// What every value of the tables begins and ends with; internal.
#pragma once

#include "persistence/bytes.hpp"

#include <string>
#include <string_view>

namespace alleycat::layout {

inline constexpr std::uint8_t version = 1;
inline constexpr std::size_t checksum_bytes = 4;

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) with words of eight bytes in place of bytes, little-endian, the
/// last one filled up with zeros; begins with the length, ends with both halves folded into one. LMDB has no checksums.
std::uint32_t checksum_of(std::string_view bytes);

/// A value: the version, what `fill` writes, and the checksum over both.
template <class Fill>
std::string sealed(Fill&& fill) {
  std::string value;
  byte_writer out{value};
  out.number(version);
  fill(out);
  out.number(checksum_of(value));
  return value;
}

/// What stands between version and checksum. @throws damaged_value where one of them is wrong.
byte_reader unsealed(std::string_view value);

/// @throws damaged_value where something is left.
void expect_end(const byte_reader& in);

} // namespace alleycat::layout

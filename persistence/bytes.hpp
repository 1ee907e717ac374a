/// Bytes of keys and values. Numbers in keys are big-endian, so that keys sort like numbers; in values little-endian.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <bit>
#include <concepts>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alleycat {

/// A key or value that cannot be one of ours: the file is damaged.
class damaged_value : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A key of numbers, one after the other, big-endian.
template <std::unsigned_integral... Numbers>
std::string key_of(Numbers... numbers) {
  std::string key;
  key.reserve((sizeof(Numbers) + ...));
  const auto add = [&key](auto number) {
    for (auto shift = sizeof(number) * 8; shift != 0; shift -= 8)
      key.push_back(static_cast<char>(number >> (shift - 8) & 0xFFU));
  };
  (add(numbers), ...);
  return key;
}

/// The number at `offset` of a key.
template <std::unsigned_integral Number>
Number key_part(std::string_view key, std::size_t offset) {
  if (offset + sizeof(Number) > key.size())
    throw damaged_value{"a key is too short"};
  std::uint64_t number = 0;
  for (std::size_t i = 0; i != sizeof(Number); ++i)
    number = number << 8 | static_cast<unsigned char>(key[offset + i]);
  return static_cast<Number>(number);
}

/// Appends to a value.
class byte_writer {
public:
  explicit byte_writer(std::string& out) : out_{out} {}

  template <std::integral Number>
  void number(Number value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i != sizeof(Number); ++i)
      out_.push_back(static_cast<char>(bits >> (8 * i) & 0xFFU));
  }

  void time(unix_ms value) { number(ms_of(value)); }

  /// Seven bits a byte, lowest first; the high bit says that more follow.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      out_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    out_.push_back(static_cast<char>(value));
  }

  /// Length as varint, then the bytes.
  void text(std::string_view text) {
    varint(text.size());
    out_.append(text);
  }

private:
  std::string& out_;
};

/// Reads a value from its front; throws `damaged_value` rather than read past its end.
class byte_reader {
public:
  explicit byte_reader(std::string_view in) : in_{in} {}

  unix_ms time() { return at_ms(number<std::int64_t>()); }

  template <std::integral Number>
  Number number() {
    const auto bytes = take(sizeof(Number));
    if constexpr (std::endian::native == std::endian::little) {
      Number value;
      std::memcpy(&value, bytes.data(), sizeof value);
      return value;
    } else {
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i != sizeof(Number); ++i)
        bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
      return static_cast<Number>(bits);
    }
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = number<std::uint8_t>();
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80)
        return value;
    }
    throw damaged_value{"a number is too long"};
  }

  std::string_view text() { return take(varint()); }

  std::string_view take(std::size_t count) {
    if (count > in_.size())
      throw damaged_value{"a value is too short"};
    const auto bytes = in_.substr(0, count);
    in_.remove_prefix(count);
    return bytes;
  }

  bool at_end() const { return in_.empty(); }

private:
  std::string_view in_;
};

} // namespace alleycat

#include "persistence/seal.hpp"

namespace alleycat::layout {

std::uint32_t checksum_of(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ bytes.size();
  const auto add = [&hash](std::uint64_t word) { hash = (hash ^ word) * 0x100000001B3ULL; };
  byte_reader in{bytes};
  for (auto left = bytes.size(); left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t))
    add(in.number<std::uint64_t>());
  std::string rest{in.take(bytes.size() % sizeof(std::uint64_t))};
  rest.resize(sizeof(std::uint64_t));
  add(byte_reader{rest}.number<std::uint64_t>());
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

byte_reader unsealed(std::string_view value) {
  if (value.size() < 1 + checksum_bytes)
    throw damaged_value{"a value is too short"};
  const auto content = value.substr(0, value.size() - checksum_bytes);
  if (byte_reader{value.substr(content.size())}.number<std::uint32_t>() != checksum_of(content))
    throw damaged_value{"a value does not match its checksum"};
  byte_reader in{content};
  if (in.number<std::uint8_t>() != version)
    throw damaged_value{"a value has an unknown version"};
  return in;
}

void expect_end(const byte_reader& in) {
  if (!in.at_end())
    throw damaged_value{"a value is too long"};
}

} // namespace alleycat::layout

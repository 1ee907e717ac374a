#include "cluster/rendezvous.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

constexpr std::uint64_t fnv_begin = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_prime = 0x100000001b3;

constexpr std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes)
    hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
  return hash;
}

/// fmix64 of MurmurHash3: FNV alone spreads short, similar keys badly in the high bits.
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53;
  return x ^ x >> 33;
}

} // namespace

std::uint64_t weight_of(std::string_view member, class_id cls) {
  return mix(fnv(fnv(fnv(fnv_begin, member), std::string_view{"\0", 1}), std::to_string(cls.value())));
}

std::vector<contender> in_line_for(class_id cls, std::vector<contender> members) {
  std::sort(members.begin(), members.end(), [cls](const contender& a, const contender& b) {
    if (a.tier != b.tier)
      return a.tier > b.tier;
    const auto weight_a = weight_of(a.name, cls), weight_b = weight_of(b.name, cls);
    return weight_a != weight_b ? weight_a > weight_b : a.name < b.name;
  });
  return members;
}

} // namespace alleycat

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

std::uint64_t weight_of(std::string_view member, const entity& what) {
  return mix(fnv(fnv(fnv(fnv_begin, member), std::string_view{"\0", 1}), to_text(what)));
}

std::vector<std::string> in_line_for(const entity& what, std::span<const std::string> members) {
  std::vector<std::pair<std::uint64_t, std::string_view>> weighed;
  weighed.reserve(members.size());
  for (const auto& name : members)
    weighed.emplace_back(weight_of(name, what), name);
  std::sort(weighed.begin(), weighed.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<std::string> line;
  line.reserve(weighed.size());
  for (const auto& [weight, name] : weighed)
    line.emplace_back(name);
  return line;
}

} // namespace alleycat

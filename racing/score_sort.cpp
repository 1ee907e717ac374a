#include "racing/score_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace alleycat {

namespace {

constexpr unsigned digit_bits = 11;
constexpr std::uint32_t digits = 1U << digit_bits;

} // namespace

std::span<const score_sorter::row> score_sorter::sort(std::span<const row> rows, std::span<const score> value) {
  entries_.clear();
  std::uint32_t highest = 0;
  for (const auto r : rows) {
    const auto v = value[r].value();
    if (v == 0)
      continue;
    highest = std::max(highest, v);
    entries_.push_back({v, r});
  }
  // Highest first: what is sorted ascending is the distance from the highest.
  std::uint32_t furthest = 0;
  for (auto& e : entries_) {
    e.key = highest - e.key;
    furthest = std::max(furthest, e.key);
  }
  others_.resize(entries_.size());
  const auto bits = static_cast<unsigned>(std::bit_width(furthest));
  for (unsigned shift = 0; shift < bits; shift += digit_bits) {
    std::array<std::uint32_t, digits> at{};
    for (const auto& e : entries_)
      ++at[e.key >> shift & (digits - 1)];
    std::uint32_t sum = 0;
    for (auto& count : at)
      sum += std::exchange(count, sum);
    for (const auto& e : entries_)
      others_[at[e.key >> shift & (digits - 1)]++] = e;
    entries_.swap(others_);
  }
  sorted_.clear();
  for (const auto& e : entries_)
    sorted_.push_back(e.at);
  return sorted_;
}

} // namespace alleycat

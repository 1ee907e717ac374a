/// Percentiles of durations in bounded memory.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace alleycat::sim {

/// Counts durations in buckets that grow with the value: exact below 32 µs, within 1/32 above, any length.
class histogram {
public:
  using duration = std::chrono::microseconds;

  /// @param d  negative counts as 0
  void add(duration d) {
    const auto us = static_cast<std::uint64_t>(std::max<duration::rep>(d.count(), 0));
    ++buckets_[bucket_of(us)];
    ++count_;
    max_ = std::max(max_, us);
  }

  std::uint64_t count() const { return count_; }
  duration max() const { return duration{static_cast<duration::rep>(max_)}; }

  /// @param part  0..1
  /// @returns the highest value of the bucket that holds this part of all values, at most `max`; 0 when empty.
  duration percentile(double part) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= wanted && seen > 0) {
        return duration{static_cast<duration::rep>(std::min(top_of(i), max_))};
      }
    }
    return max();
  }

private:
  static constexpr unsigned sub_bits = 5;
  static constexpr std::uint64_t sub_buckets = 1U << sub_bits;

  static std::size_t bucket_of(std::uint64_t us) {
    if (us < sub_buckets) {
      return us;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(us)) - sub_bits - 1;
    return (std::size_t{shift} + 1) * sub_buckets + ((us >> shift) - sub_buckets);
  }
  static std::uint64_t top_of(std::size_t bucket) {
    if (bucket < sub_buckets) {
      return bucket;
    }
    const auto shift = bucket / sub_buckets - 1;
    return ((bucket % sub_buckets + sub_buckets + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 60 * sub_buckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0; // µs
};

} // namespace alleycat::sim

/// How long something took, counted in buckets.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace alleycat {

/// A small number of the calling thread, 0..`threads - 1`: threads share one only when there are more of them.
inline std::size_t thread_slot(std::size_t threads) {
  static std::atomic<std::size_t> seen{0};
  thread_local std::size_t mine = SIZE_MAX;
  if (mine == SIZE_MAX)
    mine = seen.fetch_add(1, std::memory_order_relaxed);
  return mine % threads;
}

/// Whether times are taken at all: histograms, and the figures of actors. Set before there are any.
inline std::atomic<bool> times_are_taken{true};

/// Observations by how long they took. Each thread counts in a part of its own, so that counting is two increments that
/// nobody contends for: no lock, no allocation. Reading adds the parts. Thread safe.
class histogram {
public:
  static constexpr std::size_t most_bounds = 20;
  static constexpr std::size_t parts = 8;

  struct sums {
    std::array<std::uint64_t, most_bounds + 1>
        counts{}; ///< by bucket, not cumulative; the last one used is above all bounds
    std::uint64_t count = 0;
    double seconds = 0;
  };

  /// @param seconds  the buckets' upper bounds, ascending, at most `most_bounds`; outlive this
  explicit histogram(std::span<const double> seconds) : bounds_{seconds} {
    for (std::size_t i = 0; i < seconds.size(); ++i)
      nanoseconds_[i] = static_cast<std::int64_t>(seconds[i] * 1e9);
  }
  histogram(const histogram&) = delete;
  histogram& operator=(const histogram&) = delete;

  /// @param span  below 0, as of clocks that differ, counts as 0
  /// @param times  so many observations of the same
  void observe(std::chrono::nanoseconds span, std::uint64_t times = 1) {
    if (!times_are_taken.load(std::memory_order_relaxed))
      return;
    const auto nanoseconds = span.count() < 0 ? 0 : span.count();
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && nanoseconds > nanoseconds_[bucket])
      ++bucket;
    auto& mine = parts_[thread_slot(parts)];
    mine.counts[bucket].fetch_add(times, std::memory_order_relaxed);
    mine.nanoseconds.fetch_add(static_cast<std::uint64_t>(nanoseconds) * times, std::memory_order_relaxed);
  }

  std::span<const double> bounds() const { return bounds_; }

  sums read() const {
    sums all;
    std::uint64_t nanoseconds = 0;
    for (const auto& one : parts_) {
      nanoseconds += one.nanoseconds.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i <= bounds_.size(); ++i) {
        const auto n = one.counts[i].load(std::memory_order_relaxed);
        all.counts[i] += n;
        all.count += n;
      }
    }
    all.seconds = static_cast<double>(nanoseconds) / 1e9;
    return all;
  }

private:
  struct alignas(64) part {
    std::array<std::atomic<std::uint64_t>, most_bounds + 1> counts{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };

  std::span<const double> bounds_;
  std::array<std::int64_t, most_bounds> nanoseconds_{};
  std::array<part, parts> parts_;
};

/// Upper bounds of buckets, in seconds, chosen for what is measured.
namespace buckets {

/// A message of an actor: a few microseconds each, some milliseconds where a race is ranked.
inline constexpr std::array message{1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4,
                                    1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1,  0.25,   1.0};
/// What a rider waits for, with a second as the most: acknowledgement, standings, view.
inline constexpr std::array rider{0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15,
                                  0.25,  0.5,   0.75, 1.0,  1.25, 1.5,  2.0,   5.0};
/// One round trip to JetStream, its write included.
inline constexpr std::array journal{0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                    0.05,   0.1,    0.25,  0.5,   1.0,   2.0,  5.0};
/// A transaction that waits for the disk.
inline constexpr std::array disk{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                 0.25,   0.5,   1.0,   2.5,   5.0,  10.0, 30.0};
/// Work on a whole race or class.
inline constexpr std::array work{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0};
/// Steps of the cluster and the close of a race: up to half a minute before somebody must look.
inline constexpr std::array step{0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0};

} // namespace buckets

} // namespace alleycat

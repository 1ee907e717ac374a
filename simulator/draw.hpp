/// Repeatable chance: every draw is a hash of what it is for, so no draw depends on how many came before it.
#pragma once

#include <concepts>
#include <cstdint>

namespace alleycat::sim {

/// One step of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// @returns 64 even bits that depend on all the arguments and on their order.
constexpr std::uint64_t draw(std::uint64_t seed, std::integral auto... parts) {
  auto bits = mix(seed);
  ((bits = mix(bits ^ static_cast<std::uint64_t>(parts))), ...);
  return bits;
}

/// @returns 0 <= x < 1.
constexpr double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// @returns low <= x < high.
constexpr double between(double low, double high, std::uint64_t bits) {
  return low + (high - low) * unit(bits);
}

/// What a draw is for: keeps draws of the same rider and second apart.
enum class purpose : std::uint32_t {
  strength,
  spin,
  warm_up,
  fatigue,
  restless,
  kick,
  drift,
  jitter,
  surge,
  surge_at,
  surge_length,
  surge_height,
  knob,
  rest,
  rest_at,
  start_order,
  loss,
  answer_loss,
  duplicate,
  reorder,
  late,
  delay,
  dropout,
  dropout_at,
  restart,
  restart_at,
  name,
  initial
};

constexpr std::uint64_t draw_for(purpose p, std::uint64_t seed, std::integral auto... parts) {
  return draw(seed, static_cast<std::uint32_t>(p), parts...);
}

} // namespace alleycat::sim

#include "simulator/rider_model.hpp"

#include "simulator/draw.hpp"

#include <algorithm>
#include <cmath>

namespace alleycat::sim {

namespace {

constexpr std::uint32_t surge_block = 40; // s
constexpr std::uint32_t drift_block = 7;  // s
constexpr std::uint32_t knob_block = 25;  // s
constexpr std::uint32_t rest_block = 60;  // s
constexpr double course_seconds = 300;    // what fatigue and the final kick are measured by
constexpr double kick_from = 280;         // s

/// @returns 0..1, most often about 0.5.
double bell(std::uint64_t key, std::uint32_t about) {
  return (unit(draw(key, about, 0)) + unit(draw(key, about, 1)) + unit(draw(key, about, 2))) / 3;
}

std::uint16_t tenths(double value, double highest) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(value, 0.0, highest) * 10));
}

} // namespace

rider_model::rider_model(std::uint64_t seed, class_id cls, racer_id racer)
    : key_{draw(seed, cls.value(), racer.value())} {
  const auto strength = bell(key_, static_cast<std::uint32_t>(purpose::strength));
  const auto style = unit(draw_for(purpose::spin, key_));
  // Spinners turn fast against little, pushers slowly against much.
  cadence_ = 72 + 14 * strength + 12 * style;
  resistance_ = 28 + 32 * strength - 8 * style + 1.5 * std::min<int>(cls.value(), 10);
  tau_ = between(4, 20, draw_for(purpose::warm_up, key_));
  fatigue_ = between(0.02, 0.12, draw_for(purpose::fatigue, key_)) + 0.06 * (1 - strength);
  restless_ = between(0.1, 0.8, draw_for(purpose::restless, key_));
  spins_ = 0.3 + 0.6 * style;
  kick_ = between(0, 0.15, draw_for(purpose::kick, key_));
}

measurement rider_model::at(own_second second) const {
  const std::uint32_t s = second.value();
  const double t = s;
  if (resting(s)) {
    return {.cadence = 0, .resistance = tenths(resistance_, 100)};
  }
  const auto warm = 1 - 0.3 * tau_ / (tau_ + t);
  const auto along = std::min(t / course_seconds, 1.5);
  const auto fresh = 1 - fatigue_ * along * along;
  const auto arch = surge(s);
  const auto kick = 1 + kick_ * std::clamp((t - kick_from) / (course_seconds - kick_from), 0.0, 1.0);
  const auto noise = 1 + 0.04 * drift(s) + 0.015 * between(-1, 1, draw_for(purpose::jitter, key_, s));
  const auto knob = between(-3, 3, draw_for(purpose::knob, key_, s / knob_block));
  const auto cadence = cadence_ * warm * fresh * kick * noise * (1 + spins_ * arch);
  const auto resistance = (resistance_ + knob) * (1 + (1 - spins_) * arch);
  return {.cadence = tenths(cadence, 250), .resistance = tenths(resistance, 100)};
}

double rider_model::surge(std::uint32_t second) const {
  const auto block = second / surge_block;
  if (unit(draw_for(purpose::surge, key_, block)) >= restless_) {
    return 0;
  }
  const auto length = between(6, 18, draw_for(purpose::surge_length, key_, block));
  const auto begin = between(0, surge_block - length, draw_for(purpose::surge_at, key_, block));
  const auto x = (second % surge_block - begin) / length;
  if (x <= 0 || x >= 1) {
    return 0;
  }
  return between(0.08, 0.22, draw_for(purpose::surge_height, key_, block)) * 4 * x * (1 - x);
}

double rider_model::drift(std::uint32_t second) const {
  const auto block = second / drift_block;
  const auto from = between(-1, 1, draw_for(purpose::drift, key_, block));
  const auto to = between(-1, 1, draw_for(purpose::drift, key_, block + 1));
  return from + (to - from) * (second % drift_block) / drift_block;
}

bool rider_model::resting(std::uint32_t second) const {
  const auto block = second / rest_block;
  if (unit(draw_for(purpose::rest, key_, block)) >= 0.03) {
    return false;
  }
  const auto bits = draw_for(purpose::rest_at, key_, block);
  const auto begin = 10 + bits % (rest_block - 15);
  const auto length = 2 + (bits >> 32) % 2;
  const auto at = second % rest_block;
  return at >= begin && at < begin + length;
}

} // namespace alleycat::sim

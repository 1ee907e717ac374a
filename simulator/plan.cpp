#include "simulator/plan.hpp"

#include "simulator/draw.hpp"

#include <algorithm>

namespace alleycat::sim {

std::vector<planned_rider> plan_riders(const std::vector<class_id>& classes, std::size_t riders_per_class,
                                       racer_id first_racer, double stagger_seconds, std::uint64_t seed) {
  std::vector<planned_rider> riders;
  riders.reserve(classes.size() * riders_per_class);
  for (const auto cls : classes) {
    for (std::size_t place = 0; place < riders_per_class; ++place) {
      const auto racer = first_racer.value() + static_cast<std::uint32_t>(riders.size());
      riders.push_back({.cls = cls, .racer = racer_id{racer}, .place = place});
    }
  }
  const auto order = [seed](const planned_rider& r) {
    return draw_for(purpose::start_order, seed, r.cls.value(), r.racer.value());
  };
  std::stable_sort(riders.begin(), riders.end(),
                   [&](const planned_rider& a, const planned_rider& b) { return order(a) < order(b); });
  const auto step_us = stagger_seconds * 1e6 / static_cast<double>(riders.size());
  for (std::size_t i = 0; i < riders.size(); ++i) {
    riders[i].start_offset = std::chrono::microseconds{static_cast<std::int64_t>(static_cast<double>(i) * step_us)};
  }
  return riders;
}

} // namespace alleycat::sim

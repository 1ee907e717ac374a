/// Who rides, and when each of them starts.
#pragma once

#include "racing/ids.hpp"
#include "simulator/options.hpp"

#include <chrono>
#include <vector>

namespace alleycat::sim {

struct planned_rider {
  class_id cls;
  racer_id racer;
  std::chrono::microseconds start_offset{0}; ///< after the first rider's start, 0 <= x < stagger
  std::size_t place = 0;                     ///< 0.. within the class: which window of a replay
};

/// Riders of all classes, by start, ascending. Ids follow each other from `first_racer`, class by class: nobody rides in two
/// classes at once. Starts are evenly spaced over the stagger, in an order drawn from the seed.
std::vector<planned_rider> plan_riders(const std::vector<class_id>& classes, std::size_t riders_per_class,
                                       racer_id first_racer, double stagger_seconds, std::uint64_t seed);

} // namespace alleycat::sim

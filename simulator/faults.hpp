/// What goes wrong, decided by draws alone: the same seed gives the same faults.
#pragma once

#include "racing/ids.hpp"
#include "simulator/options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace alleycat::sim {

/// The faults of one rider.
class fault_plan {
public:
  fault_plan(const fault_options& chances, std::uint64_t seed, class_id cls, racer_id racer);

  /// The last second this rider rides before stopping for good, 1..seconds-1; nothing for a rider who goes on.
  std::optional<std::uint32_t> dropout_after(std::uint32_t seconds) const;

  /// The second after which this rider starts again from 1.
  /// @param room_seconds  how long after their start the race's window ends: the new start must lie before that, and more
  ///                      than the fold's 5 s tolerance after the old one, or there is no restart
  std::optional<std::uint32_t> restart_after(std::uint32_t seconds, std::uint32_t room_seconds) const;

  /// How long an update is held back before it is sent: 1.1..3.5 s when reordered, 5..60 s when late, mostly 0.
  /// @param update  counts the rider's updates from 1
  /// @param room    how much later it may be and still count; nothing is held back longer
  std::chrono::milliseconds hold_back(std::uint32_t update, std::chrono::milliseconds room) const;

  bool sends_twice(std::uint32_t update) const;
  /// No update is lost more than twice, nor its answer more than once, so that a bike that sends again gets through in time
  /// even at the end of a short race.
  /// @param sends  how often this update was sent before
  bool loses(std::uint32_t update, std::uint32_t sends) const;
  /// @param lost  how many answers to this update were lost before
  bool loses_answer(std::uint32_t update, std::uint32_t lost) const;

private:
  fault_options chances_;
  std::uint64_t key_;
};

} // namespace alleycat::sim

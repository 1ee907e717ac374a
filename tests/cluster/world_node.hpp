/// Inside of `world`.
#pragma once

#include "tests/cluster/world.hpp"

namespace alleycat::testing {

struct world::node {
  std::string name;
  int rate = 1000; ///< of its clock, permille
  milliseconds offset{};

  // The process.
  std::uint64_t process = 0; ///< counts starts; what was meant for an earlier one is dropped
  std::unique_ptr<ownership> mind;
  struct run {
    epoch owner_epoch;
    bool ready = false;
    bool hopeless = false; ///< never recovers
  };
  std::map<class_id, run> runs;
  bool fit = true, ready = true;
  trust trusted = trust::stale;
  bool paused = false;
  steady_time paused_at;
  std::vector<action> inbox;                 ///< what came while it was paused
  std::map<class_id, epoch> claimed_at_wake; ///< highest claims in the bucket when it last woke
  bool drained = false;
  bool out_of_time = false;
  steady_time drain_from;
  std::uint64_t drain_life = 0; ///< of the bucket when it began

  // Its bucket client.
  bool linked = true;
  std::uint64_t life = 1;       ///< of the bucket, as far as it knows
  std::uint64_t asked_life = 0; ///< counts losses: answers to what was asked before are dropped
  std::uint64_t token = 0;
  bool missed_news = false;
  milliseconds asked_at{0}; ///< for all entries, the last time
  bool reading = false;

  milliseconds ended_at{};

  // Its disk.
  std::uint64_t starts = 0;
  bool wiped = false; ///< before this process began

  bool up() const { return mind != nullptr; }
  steady_time clock(milliseconds world_time) const { return steady_time{offset + world_time * rate / 1000}; }
  /// World time that passes in `local` of its own.
  milliseconds outside(milliseconds local) const { return local * 1000 / rate; }
};

} // namespace alleycat::testing

/// Inside of `world`.
#pragma once

#include "tests/cluster/world.hpp"

namespace alleycat::testing {

struct world::race {
  steady_ms born = 0;
  bool done = false;     ///< result and rides are stored
  steady_ms gone_at = 0; ///< when its subject is purged; 0: not yet
};

struct world::node {
  std::string name;
  int rate = 1000; ///< of its clock, permille
  steady_ms offset = 0;

  // The process.
  std::uint64_t process = 0; ///< counts starts; what was meant for an earlier one is dropped
  std::unique_ptr<ownership> mind;
  std::map<entity, ownership::owned> runs;
  trust trusted = trust::stale;
  bool paused = false;
  steady_ms paused_at = 0;
  std::vector<action> inbox;               ///< what came while it was paused
  std::map<entity, epoch> claimed_at_wake; ///< highest claims in the bucket when it last woke
  bool drained = false;
  bool out_of_time = false;
  steady_ms drain_from = 0;

  // Its bucket client.
  bool linked = true;
  std::uint64_t life = 1;       ///< of the bucket, as far as it knows
  std::uint64_t asked_life = 0; ///< counts losses: answers to what was asked before are dropped
  std::uint64_t token = 0;
  bool missed_news = false;
  bool reading = false;

  steady_ms ended_at = 0;

  // Its disk.
  std::uint64_t starts = 0;

  bool up() const { return mind != nullptr; }
  steady_ms clock(steady_ms world_time) const { return offset + world_time * rate / 1000; }
  /// World time that passes in `local` of its own.
  steady_ms outside(steady_ms local) const { return local * 1000 / rate; }
};

} // namespace alleycat::testing

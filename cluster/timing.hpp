/// Every duration of membership and ownership, with its consequence. Milliseconds of the node's own steady clock.
#pragma once

#include <cstdint>

namespace alleycat {

/// A moment, or a duration, of this process's steady clock. Means nothing to another process.
using steady_ms = std::int64_t;

struct cluster_timing {
  /// How often a node puts its heartbeat.
  steady_ms beat = 1'000;
  /// Silence after which a member is dead: three missed heartbeats.
  steady_ms death = 3'000;
  /// The same when its CAF connection is down. A member that lives beats every second, so half a second is left for the
  /// bucket. Being wrong costs a move and nothing else: the living owner is overtaken, and fenced.
  steady_ms hinted_death = 1'500;
  /// Silence of others counts only while an own heartbeat, sent at most this long ago, has come back. Shorter than
  /// `death - beat`: whoever stands before the same dead bucket as we do is not taken for dead.
  steady_ms counting = 1'500;
  /// No own heartbeat of this age has come back: output is stale, nothing is claimed, all stale clocks begin anew after.
  steady_ms stale = 2'500;
  /// Between two inputs: longer means that this process did not run, and what it owns is suspect.
  steady_ms pause = 1'000;
  /// Of one gap between two inputs, at most this much counts as silence of others.
  steady_ms longest_step = 500;
  /// The member that is next in line for an entity waits this long for the one before it.
  steady_ms next_in_line = 1'000;
  /// Pause before a failed step (create, read, erase) is tried again.
  steady_ms retry = 200;
  /// A re-reading of all entries that takes longer is asked for again.
  steady_ms reread = 2'000;
  /// Quiet time before a class moves for balance.
  steady_ms calm = 10'000;
  /// A successor that has not said that it preloaded is asked again.
  steady_ms offer_again = 2'000;
  /// A move for balance is given up when the successor has not preloaded after this.
  steady_ms move = 60'000;
  /// From the request to drain to leaving, whatever is left. Half of it is for preloading.
  steady_ms drain = 10'000;
  /// A race that has claims but no open subject for so long is over: its keys are deleted.
  steady_ms sweep = 600'000;
  /// Pause before keys that are still there are deleted once more.
  steady_ms erase_again = 5'000;
  /// The heartbeat of a node that is dead for so long is deleted.
  steady_ms forget = 3'600'000;
};

} // namespace alleycat

/// Time in membership and ownership, and every duration with its consequence.
#pragma once

#include "racing/time.hpp"

#include <chrono>

namespace alleycat {

/// Time since the machine was booted, suspend included (CLOCK_BOOTTIME): a host that was suspended knows that it was away. Whoever
/// feeds the state machine reads it.
struct boot_clock {
  using duration = milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
};
/// A moment of this machine. Means nothing to another one.
using steady_time = boot_clock::time_point;

/// Runs only while the silence of others counts (`pulse`): not while this process is paused or the bucket is away.
struct observed_clock : boot_clock {
  using time_point = std::chrono::time_point<observed_clock>;
};
using observed_time = observed_clock::time_point;

struct cluster_timing {
  /// How often a node puts its heartbeat.
  milliseconds beat{1'000};
  /// Silence after which a member is dead: three missed heartbeats.
  milliseconds death{3'000};
  /// The same when its CAF connection is down. Being wrong costs a move and nothing else: the living owner is overtaken, and
  /// fenced.
  milliseconds hinted_death{2'500};
  /// A member counts as having fallen silent from here on. More than a beat, so that whoever beats is not meant; less than
  /// `hinted_death - beat`, so that all who fell silent at the same moment are.
  milliseconds silent{1'400};
  /// The same as `death` when more than half of the others, at least two, are silent together: a broker, not a disaster.
  milliseconds broker_death{10'000};
  /// Silence of others counts only while an own heartbeat, sent at most this long ago, has come back. Shorter than
  /// `death - beat`: whoever stands before the same dead bucket as we do is not taken for dead.
  milliseconds counting{1'500};
  /// No own heartbeat of this age has come back: nothing is published or claimed, all stale clocks restart after. Not more than
  /// `hinted_death`: whoever takes us for dead finds us silent.
  milliseconds stale{2'500};
  /// Between two inputs: longer means that this process did not run, and what it owns is suspect. Also how far ahead
  /// `trusted_until` lies, and so how long a zombie may publish.
  milliseconds pause{1'000};
  /// Of one gap between two inputs, at most this much counts as silence of others.
  milliseconds longest_step{500};

  /// A node that starts claims nothing before it has listened for this long: one heartbeat of everybody who starts with it.
  milliseconds cold_start{1'100};
  /// The same in a bucket that was lost or set back: long enough for each living owner to claim anew.
  milliseconds new_bucket{3'000};
  /// Fit and ready for so long is steady: first in line. Doubles with each strike.
  milliseconds steady{10'000};
  /// The next in line waits this long for the one before it.
  milliseconds next_in_line{1'000};
  /// A lower tier waits this long for a higher one, which should have claimed at once.
  milliseconds lower_tier{10'000};
  /// An owner that is not fit for so long lets go, if somebody better lives. Doubles with each strike.
  milliseconds unfit{5'000};
  /// An owner that has not recovered after this lets go, if somebody else is in line, and comes last for as long, doubling.
  milliseconds recovery{30'000};
  /// So long without trouble, and a strike is forgiven.
  milliseconds forgive{60'000};

  /// Pause before a failed step (create, read) is tried again. Doubles up to eight times this.
  milliseconds retry{200};
  /// A re-reading of all entries that takes longer is asked for again.
  milliseconds reread{2'000};
  /// Quiet time before a class moves for balance, and before the format rises.
  milliseconds calm{10'000};
  /// A successor that has not said that it preloaded is asked again.
  milliseconds offer_again{2'000};
  /// A move for balance is given up when the successor has not preloaded after this.
  milliseconds move{60'000};
  /// A class that was stopped is released after this even if nobody said that it is flushed.
  milliseconds flush{2'000};
  /// From the request to drain to leaving, whatever is left. Half of it is for preloading.
  milliseconds drain{10'000};
  /// The heartbeat of a node that is dead for so long is deleted.
  milliseconds forget{3'600'000};
};

/// Whether the durations fit each other, as said above.
constexpr bool consistent(const cluster_timing& t) {
  return t.beat > milliseconds{0} && t.silent > t.beat && t.silent < t.hinted_death - t.beat &&
         t.hinted_death <= t.death && t.death <= t.broker_death && t.counting < t.death - t.beat &&
         t.counting <= t.stale && t.stale <= t.hinted_death && t.longest_step <= t.pause && t.cold_start > t.beat &&
         t.new_bucket >= t.cold_start && t.retry > milliseconds{0};
}
static_assert(consistent(cluster_timing{}));

} // namespace alleycat

/// When the pending updates of one race go to the journal, as far as one ingest actor can know. Pure: time comes in.
#pragma once

#include "racing/time.hpp"

#include <cstddef>
#include <cstdint>

namespace alleycat {

/// Waiting makes batches, and large batches are what keeps the journal small and a rebuild short. But nobody should wait
/// where it does not help. What is pending is due
///   - at the next *beat*: the linger time runs by the clock, not from the first update, so that all races of a node, and
///     all nodes, write together. That is fewer wake-ups everywhere, and half the wait; or earlier:
///   - at once when the *round* is complete: every rider of the round before has reported. So the last rider of a second
///     waits for nothing where one ingest actor gets all updates;
///   - when a *burst* is over: many came close together, and then nothing for as long as about 16 of them took. That
///     is how riders in phase end where several ingest actors share them, and none knows whom to expect;
///   - after 2 ms where so few ride that the linger time would not bring even one more.
///
/// Where N nodes share the updates, each gets an Nth of them, and N times as many batches of an Nth would be written, stored,
/// and read by the owner. So beats are N linger times apart, up to `longest_beat`: batches stay as large as those of one node. The few that
/// such a beat cuts from a dense burst end with it, and do not wait for the next one. In a steady flow updates come
/// from the socket in heaps N times as far apart (`nap_policy`), so the silence that ends a burst is N times as long there.
///
/// Rounds follow the riders, not a clock: a round begins where the one before was complete, or with the first rider who
/// reports again before it was. Who is new in a round is expected from the next one on, who was silent is no longer.
class commit_policy {
public:
  /// What is kept of each rider, beside other things. Starts as 0.
  using round = std::uint32_t;

  static constexpr milliseconds short_linger{2};
  /// Longer than what comes within some milliseconds may wait in the socket, to be read at once (`nap_policy`).
  static constexpr milliseconds least_silence{5};
  /// A flow is steady when for `steady` nothing was as long silent as `pause`.
  static constexpr milliseconds steady{1'000}, pause{250};
  /// Silence that ends a burst, in mean distances of its updates; of few that came in two heaps the mean is half of what it is.
  static constexpr std::int64_t silence_factor = 16;
  static constexpr std::uint32_t burst_size = 8;

  /// Between two beats, however many nodes share the updates: answers come that much later. A longer linger time stays.
  static constexpr milliseconds longest_beat{80};

  /// @param linger  at most 1 s; 0 = every update is due at once
  /// @param nodes   that share the updates of the race, at least 1
  explicit commit_policy(milliseconds linger, std::size_t nodes = 1);

  /// An update is pending now.
  void arrived(round& rider, unix_ms now);

  /// When what is pending is to be written. @pre something is pending
  unix_ms due() const;

  /// Everything pending was written.
  void committed();

private:
  void measure_rate(unix_ms now);
  void next_round();
  milliseconds shortest_silence() const;

  milliseconds linger_;
  milliseconds beat_; ///< the linger time or a multiple of it
  unix_ms flows_since_{};
  std::uint32_t pending_ = 0;
  unix_ms first_{}; ///< arrival of the first one pending
  unix_ms last_{};  ///< and of the last one
  bool complete_ = false;
  std::uint32_t before_ = 0; ///< in the batch before
  unix_ms before_first_{};   ///< arrival of its first one

  round round_ = 2;            ///< so that a fresh rider (0) was not in the round before
  std::uint32_t expected_ = 0; ///< riders of the round before; 0 = there was none
  std::uint32_t again_ = 0;    ///< of those, who have reported in this round
  std::uint32_t joined_ = 0;   ///< others who have

  unix_ms counted_from_{}; ///< the rate is measured from here
  std::uint32_t counted_ = 0;
  bool worth_waiting_ = false; ///< at the last measured rate, a beat brings at least one more
};

} // namespace alleycat

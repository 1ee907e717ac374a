/// When the standings of a race are published.
#pragma once

#include "racing/race_fold.hpp"

#include <vector>

namespace alleycat {

/// At once when every live ride has reported since the last publication, but not more often than the minimum interval;
/// else a second after it. Not when nothing changed. A ride is live when it reported within the last 2 s.
///
/// Riders in phase report in a burst each second, and a table should go out at its end. What has fallen out of step would stay so,
/// since a burst comes a second after the one before, whatever part of it is taken for its end. Therefore
///   - what is due by time alone waits a moment longer for nobody to report any more: half a field would go out, and the
///     other half wait for the next second;
///   - a field that is complete with the first reports after a silence waits likewise, if others are about to report: they
///     were the end of the last burst and left behind by a publication in the middle of it.
class standings_policy {
public:
  static constexpr unix_ms live_ms = 2'000;
  static constexpr unix_ms tick_ms = 1'000;
  static constexpr unix_ms quiet_ms = 100;    ///< nobody reported for so long: a burst is over
  static constexpr unix_ms patience_ms = 250; ///< nothing due waits longer for that

  /// @param min_interval_ms  0..10000
  explicit standings_policy(unix_ms min_interval_ms) : min_interval_{min_interval_ms} {}

  /// A second of this ride was accepted.
  void reported(row_index row, unix_ms now);
  /// Something else changed: a refusal, say.
  void changed() { deltas_ = true; }

  bool due(unix_ms now) const;
  /// Whether this ride reported within the last 2 s.
  bool is_live(row_index row, unix_ms now) const {
    return row < last_report_.size() && last_report_[row] != 0 && now - last_report_[row] <= live_ms;
  }
  void published(unix_ms now);

  /// Rides that reported within the last 2 s, as of the last publication.
  std::size_t live() const { return live_; }

private:
  /// Whether a ride that reported a second ago, or a little less, has not yet reported again.
  bool others_are_about_to_report(unix_ms now) const;

  unix_ms min_interval_;
  unix_ms published_ = 0;
  unix_ms last_news_ = 0;            ///< when a ride reported last
  unix_ms burst_began_ = 0;          ///< when one reported after a silence
  unix_ms hold_until_ = 0;           ///< the field is complete, but others are about to report
  std::vector<unix_ms> last_report_; ///< [row]; 0 = none
  std::vector<bool> awaited_;        ///< [row]: live at the last publication, silent since
  std::size_t waiting_for_ = 0;      ///< how many are awaited
  std::size_t live_ = 0;
  bool deltas_ = false;
};

} // namespace alleycat

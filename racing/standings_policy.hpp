/// When the standings of a race are published.
#pragma once

#include "racing/race_fold.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace alleycat {

/// At once when every live ride has got past the second that the slowest of them had reached at the last publication, but not
/// more often than the minimum interval; else a second after it. Not when nothing changed. A ride is live when it reported
/// within the last 2 s.
///
/// A field that started together gets each table when its last rider has reached the second, whether its riders report in one
/// burst or spread over the second, and falls back into that step by itself after a table in between: the time between two
/// tables is then the minimum interval until they are in step again. What is due by time
/// alone waits a moment longer for nobody to report any more, so that it does not cut a burst in two.
class standings_policy {
public:
  static constexpr milliseconds live_span{2'000};
  static constexpr milliseconds tick{1'000};
  static constexpr milliseconds quiet{100};    ///< nobody reported for so long: a burst is over
  static constexpr milliseconds patience{250}; ///< nothing due waits longer for that

  /// The furthest second of a ride that has reported.
  using furthest_of = std::function<own_second(row_index)>;

  /// @param min_interval  0..60 s
  standings_policy(milliseconds min_interval, furthest_of furthest)
      : min_interval_{min_interval}, furthest_{std::move(furthest)} {}

  /// A second of this ride was accepted.
  void reported(row_index row, unix_ms now);
  /// Something else changed: a refusal, say.
  void changed() { deltas_ = true; }

  /// When standings are due if nobody reports any more: the past, when they are due now. Empty when nothing changed.
  std::optional<unix_ms> due_at();
  /// Whether this ride reported within the last 2 s.
  bool is_live(row_index row, unix_ms now) const {
    return row < last_report_.size() && last_report_[row] != unix_ms{} && now - last_report_[row] <= live_span;
  }
  void published(unix_ms now);

  /// Rides that reported within the last 2 s, as of the last publication.
  std::size_t live() const { return live_; }

private:
  milliseconds min_interval_;
  furthest_of furthest_;
  unix_ms published_{};
  unix_ms last_news_{};              ///< when a ride reported last
  std::vector<unix_ms> last_report_; ///< [row]; 0 = none
  own_second slowest_;               ///< the least furthest second of live rides at the last publication
  std::vector<row_index> awaited_;   ///< live rides that were there; those at the end may have got past it
  std::size_t live_ = 0;
  bool deltas_ = false;
};

} // namespace alleycat

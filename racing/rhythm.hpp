/// When the standings of a race are published.
#pragma once

#include "racing/race_state.hpp"

#include <vector>

namespace alleycat {

/// At once when every live ride has reported since the last publication, but not more often than the minimum interval;
/// else a second after it. Not when nothing changed. A ride is live when it reported within the last 2 s.
class standings_rhythm {
public:
  static constexpr unix_ms live_ms = 2'000;
  static constexpr unix_ms tick_ms = 1'000;

  /// @param min_interval_ms  0..10000
  explicit standings_rhythm(unix_ms min_interval_ms) : min_interval_{min_interval_ms} {}

  /// A second of this ride was accepted.
  void reported(row_index row, unix_ms now);
  /// Something else changed: a refusal, say.
  void changed() { news_ = true; }

  bool due(unix_ms now) const;
  void published(unix_ms now);

  /// Rides that reported within the last 2 s, as of the last publication.
  std::size_t live() const { return live_; }

private:
  unix_ms min_interval_;
  unix_ms published_ = 0;
  std::vector<unix_ms> last_report_; ///< [row]; 0 = none
  std::vector<bool> awaited_;        ///< [row]: live at the last publication, silent since
  std::size_t waiting_for_ = 0;      ///< how many are awaited
  std::size_t live_ = 0;
  bool news_ = false;
};

} // namespace alleycat

#include "racing/standings_policy.hpp"

#include <algorithm>

namespace alleycat {

void standings_policy::reported(row_index row, unix_ms now) {
  if (row >= last_report_.size()) {
    last_report_.resize(row + 1U);
    awaited_.resize(row + 1U);
  }
  if (now - last_news_ >= quiet_ms)
    burst_began_ = now;
  last_report_[row] = now;
  last_news_ = now;
  deltas_ = true;
  if (!awaited_[row])
    return;
  awaited_[row] = false;
  if (--waiting_for_ == 0 && now - burst_began_ < quiet_ms && others_are_about_to_report(now))
    hold_until_ = now + patience_ms;
}

bool standings_policy::others_are_about_to_report(unix_ms now) const {
  constexpr unix_ms period = 1'000;
  return std::any_of(last_report_.begin(), last_report_.end(),
                     [&](unix_ms last) { return last >= now - period && last < now - period + quiet_ms; });
}

bool standings_policy::due(unix_ms now) const {
  if (!deltas_)
    return false;
  const auto since = now - published_;
  const bool quiet = now - last_news_ >= quiet_ms;
  if (waiting_for_ == 0)
    return since >= min_interval_ && (now >= hold_until_ || quiet);
  const auto over = since - std::max(tick_ms, min_interval_);
  return over >= patience_ms || (over >= quiet_ms && quiet);
}

void standings_policy::published(unix_ms now) {
  published_ = now;
  hold_until_ = 0;
  deltas_ = false;
  live_ = 0;
  for (std::size_t row = 0; row < last_report_.size(); ++row) {
    awaited_[row] = last_report_[row] != 0 && now - last_report_[row] <= live_ms;
    live_ += awaited_[row] ? 1U : 0U;
  }
  waiting_for_ = live_;
}

} // namespace alleycat

#include "racing/rhythm.hpp"

namespace alleycat {

void standings_rhythm::reported(row_index row, unix_ms now) {
  if (row >= last_report_.size()) {
    last_report_.resize(row + 1U);
    awaited_.resize(row + 1U);
  }
  last_report_[row] = now;
  news_ = true;
  if (awaited_[row]) {
    awaited_[row] = false;
    --waiting_for_;
  }
}

bool standings_rhythm::due(unix_ms now) const {
  if (!news_)
    return false;
  const auto since = now - published_;
  return since >= tick_ms || (waiting_for_ == 0 && since >= min_interval_);
}

void standings_rhythm::published(unix_ms now) {
  published_ = now;
  news_ = false;
  live_ = 0;
  for (std::size_t row = 0; row < last_report_.size(); ++row) {
    awaited_[row] = last_report_[row] != 0 && now - last_report_[row] <= live_ms;
    live_ += awaited_[row] ? 1U : 0U;
  }
  waiting_for_ = live_;
}

} // namespace alleycat

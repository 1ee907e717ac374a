#include "racing/standings_policy.hpp"

#include <algorithm>

namespace alleycat {

void standings_policy::reported(row_index row, unix_ms now) {
  if (row >= last_report_.size())
    last_report_.resize(row + 1U);
  last_report_[row] = now;
  last_news_ = now;
  deltas_ = true;
}

std::optional<unix_ms> standings_policy::due_at() {
  if (!deltas_)
    return std::nullopt;
  while (!awaited_.empty() && furthest_(awaited_.back()) > slowest_)
    awaited_.pop_back();
  if (awaited_.empty())
    return published_ + min_interval_;
  const auto by_time = published_ + std::max(tick, min_interval_);
  return std::min(by_time + patience, std::max(by_time, last_news_) + quiet);
}

void standings_policy::published(unix_ms now) {
  published_ = now;
  deltas_ = false;
  live_ = 0;
  awaited_.clear();
  for (std::size_t i = 0; i < last_report_.size(); ++i) {
    const auto row = static_cast<row_index>(i);
    if (!is_live(row, now))
      continue;
    ++live_;
    const auto second = furthest_(row);
    if (awaited_.empty() || second < slowest_) {
      slowest_ = second;
      awaited_.clear();
    }
    if (second == slowest_)
      awaited_.push_back(row);
  }
}

} // namespace alleycat

#include "cluster/pulse.hpp"

#include "racing/check.hpp"

namespace alleycat {

namespace {

/// Older ones would be stale anyway.
constexpr std::size_t most_under_way = 16;

} // namespace

std::uint64_t pulse::beat(steady_time now) {
  ALLEYCAT_CHECK(!last_sent_ || now >= *last_sent_);
  last_sent_ = now;
  under_way_.push_back({++counter_, now});
  if (under_way_.size() > most_under_way)
    under_way_.pop_front();
  return counter_;
}

void pulse::came_back(std::uint64_t counter) {
  while (!under_way_.empty() && under_way_.front().counter <= counter) {
    if (under_way_.front().counter == counter) {
      back_ = counter;
      back_at_ = proven_at_ = under_way_.front().sent_at;
    }
    under_way_.pop_front();
  }
  ALLEYCAT_CHECK(back_ <= counter_);
}

void pulse::restart() {
  last_sent_.reset();
  under_way_.clear();
  back_at_.reset();
}

} // namespace alleycat

#include "actors/commit_policy.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

constexpr milliseconds measuring{250};

/// The first multiple of the interval after `at`.
unix_ms next_beat(unix_ms at, milliseconds interval) {
  return unix_ms{(at.time_since_epoch() / interval + 1) * interval};
}

} // namespace

commit_policy::commit_policy(milliseconds linger, std::size_t nodes) : linger_{linger}, beat_{linger} {
  ALLEYCAT_CHECK(nodes >= 1);
  for (std::size_t i = 1; i < nodes && beat_ + linger <= longest_beat && linger.count() != 0; ++i)
    beat_ += linger;
}

void commit_policy::arrived(round& rider, unix_ms now) {
  measure_rate(now);
  if (now - last_ >= pause)
    flows_since_ = now;
  if (pending_++ == 0)
    first_ = now;
  last_ = now;
  if (rider == round_)
    next_round();
  if (rider + 1 == round_) {
    ++again_;
  } else if (again_ == 0 && expected_ != 0) {
    // Behind a complete round, before anybody of it reported again: its new last rider.
    ++expected_;
    rider = round_ - 1;
    return;
  } else {
    ++joined_;
  }
  rider = round_;
  if (again_ == expected_ && expected_ != 0) {
    complete_ = true;
    next_round();
  }
}

void commit_policy::measure_rate(unix_ms now) {
  if (const auto passed = now - counted_from_; passed >= measuring) {
    worth_waiting_ = counted_ * beat_ >= passed;
    counted_from_ = now;
    counted_ = 0;
  }
  ++counted_;
}

void commit_policy::next_round() {
  ++round_;
  expected_ = std::exchange(again_, 0) + std::exchange(joined_, 0);
}

milliseconds commit_policy::shortest_silence() const {
  return beat_ != linger_ && last_ - flows_since_ >= steady ? least_silence * (beat_ / linger_) : least_silence;
}

unix_ms commit_policy::due() const {
  ALLEYCAT_CHECK(pending_ > 0);
  if (complete_)
    return first_;
  const auto end = worth_waiting_ ? next_beat(first_, beat_) : first_ + std::min(linger_, short_linger);
  if (pending_ >= burst_size)
    return std::min(end, last_ + std::max(shortest_silence(), silence_factor * (last_ - first_) / (pending_ - 1)));
  if (beat_ != linger_ && before_ >= burst_size) {
    const auto silence = silence_factor * (last_ - before_first_) / (before_ + pending_ - 1);
    if (silence <= linger_ / 2)
      return std::min(end, last_ + std::max(shortest_silence(), silence));
  }
  return end;
}

void commit_policy::committed() {
  before_ = std::exchange(pending_, 0);
  before_first_ = first_;
  complete_ = false;
}

} // namespace alleycat

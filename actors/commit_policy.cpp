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

void commit_policy::arrived(round& rider, unix_ms now) {
  measure_rate(now);
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
    worth_waiting_ = counted_ * linger_ >= passed;
    counted_from_ = now;
    counted_ = 0;
  }
  ++counted_;
}

void commit_policy::next_round() {
  ++round_;
  expected_ = std::exchange(again_, 0) + std::exchange(joined_, 0);
}

unix_ms commit_policy::due() const {
  ALLEYCAT_CHECK(pending_ > 0);
  if (complete_)
    return first_;
  const auto end = worth_waiting_ ? next_beat(first_, linger_) : first_ + std::min(linger_, short_linger);
  if (pending_ < burst_size)
    return end;
  const auto silence = std::max(least_silence, silence_factor * (last_ - first_) / (pending_ - 1));
  return std::min(end, last_ + silence);
}

void commit_policy::committed() {
  pending_ = 0;
  complete_ = false;
}

} // namespace alleycat

/// Trying a failed step again: pauses that double, until it succeeds.
#pragma once

#include "racing/time.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace alleycat {

/// One step at a time. Its owner calls `run_if_due` at each of its ticks.
class retry {
public:
  using step = std::function<void()>;

  /// @param first, longest  pauses: first, then doubled up to the longest
  retry(milliseconds first, milliseconds longest) : first_{first}, longest_{longest}, pause_{first} {}

  /// The step failed: it is due again when the pause is over.
  void failed(unix_ms now, step again) {
    step_ = std::move(again);
    due_ = now + pause_;
    pause_ = std::min(pause_ * 2, longest_);
    ++failures_;
  }
  /// The next failure counts as the first.
  void succeeded() {
    step_ = nullptr;
    pause_ = first_;
    failures_ = 0;
  }
  /// Runs the step that waits, once.
  void run_if_due(unix_ms now) {
    if (step_ && now >= due_)
      std::exchange(step_, nullptr)();
  }

  bool waiting() const { return step_ != nullptr; }
  /// Since the last success.
  std::uint32_t failures() const { return failures_; }

private:
  milliseconds first_;
  milliseconds longest_;
  milliseconds pause_;
  unix_ms due_{};
  std::uint32_t failures_ = 0;
  step step_;
};

} // namespace alleycat

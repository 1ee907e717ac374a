/// What every actor of a node shares. Outlives the actors.
#pragma once

#include "actors/meters.hpp"
#include "actors/name_book.hpp"
#include "actors/ports.hpp"
#include "racing/rules.hpp"

#include <atomic>

namespace alleycat {

struct actor_context {
  rule_set rules;
  // May change while actors run: whoever needs one reads it each time.
  std::atomic<unix_ms> standings_min_interval_ms = 900;     ///< of races that open from now on
  std::atomic<unix_ms> journal_linger_ms = 20;              ///< of races that open from now on
  std::atomic<unix_ms> history_keep_ms = 90LL * 86'400'000; ///< results and rides of older races go

  const clock_port* clock = nullptr;
  journal_port* journal = nullptr;
  results_log_port* results_log = nullptr;
  publish_port* publisher = nullptr;
  answer_port* answers = nullptr;
  ownership_port* ownership = nullptr;
  log_port* log = nullptr;
  meters* counts = nullptr;
  name_book* names = nullptr;
};

} // namespace alleycat

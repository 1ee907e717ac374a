/// What a run did, and how it is told.
#pragma once

#include "simulator/bike.hpp"
#include "simulator/histogram.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>

namespace alleycat::sim {

struct summary {
  std::size_t riders = 0;
  std::uint64_t ridden = 0; ///< seconds ridden: updates there are to send
  std::uint64_t sent = 0;   ///< messages published, repeats included
  std::array<std::uint64_t, send_reason_count> sent_by_reason{};
  std::uint64_t acknowledged = 0; ///< updates with an `ok`
  /// Updates refused for good, by the answer's `error`.
  std::map<std::string, std::uint64_t> refused;
  /// Answers that say "again later", by `error`; "no_responders" when nobody listened.
  std::map<std::string, std::uint64_t> put_off;
  std::uint64_t pending = 0; ///< still in the rings
  /// With --ack: given up or pending at the end. Without: never sent.
  std::uint64_t unacknowledged = 0;
  std::uint64_t lost = 0;          ///< sends that --loss swallowed
  std::uint64_t lost_answers = 0;  ///< answers that --loss swallowed
  std::uint64_t extra_answers = 0; ///< to updates already settled
  std::uint64_t bad_answers = 0;   ///< that were no answer
  std::uint64_t reconnects = 0;
  std::uint64_t dropouts = 0;
  std::uint64_t restarts = 0;
  histogram ack_latency; ///< from the first send of an update to its `ok`
  histogram lateness;    ///< of the generator: from when an update should have left to when it did
  double elapsed_seconds = 0;
  bool stopped = false; ///< by a signal

  std::uint64_t refused_total() const;
  std::uint64_t resent() const; ///< sends after the first
};

/// A JSON object without line breaks.
std::string to_json(const summary& s);
/// A few lines for people, the last one ended.
std::string to_text(const summary& s, bool ack);

/// @returns in words why the run failed, or nothing: some update stayed unacknowledged (without --ack: unsent), or
/// everything that was answered was refused.
std::optional<std::string> failure_of(const summary& s, bool ack);

} // namespace alleycat::sim

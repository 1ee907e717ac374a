/// What the actors count. Plain atomics, so that counting costs nanoseconds and this folder knows no metrics library;
/// node/ gives them their names and serves them.
#pragma once

#include "racing/update.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace alleycat {

/// Only ever grows.
class counter {
public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// Goes up and down.
class gauge {
public:
  void set(std::int64_t x) { value_.store(x, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::int64_t> value_{0};
};

struct meters {
  // ingest
  counter updates_received;
  counter updates_acknowledged;
  std::array<counter, refusal_count> updates_refused; ///< by `refusal`, ingest's and the fold's
  counter batches_sent;
  counter batches_stored;
  counter batches_resent;
  counter batches_no_room; ///< refused: the journal is full
  counter batches_failed;  ///< refused for another reason; sent again
  gauge updates_unstored;
  counter questions_refused; ///< too long, or too many at once
  // races
  counter updates_folded;
  counter updates_accepted;
  counter journal_undecodable;
  counter standings_published;
  counter standings_stale; ///< went out without all-time ranks
  counter views_published;
  counter racer_seconds; ///< accepted seconds that reached a racer actor
  counter races_opened;
  counter races_closed;
  counter races_restarted; ///< a race actor died and was made again
  counter marks_acknowledged;
  counter marks_early;      ///< the journal stored them before the deadline: they end nothing
  counter output_fenced;    ///< messages of a term that was over, or not trusted: dropped
  counter readers_reopened; ///< a journal's reader had fallen silent
  gauge races_open;
  gauge riders_live;
  // classes
  counter classes_started;    ///< terms that began here
  counter classes_taken_over; ///< of these, from an owner that had died
  counter classes_fenced;     ///< terms that ended because somebody had a higher epoch
  counter rank_requests;
  counter races_merged;
  counter bests_beaten;
  counter records_broken;
  // follower
  counter results_log_read; ///< messages of the results stream and the changelog
  counter results_log_undecodable;
  counter streams_backwards; ///< a stream did not hold any more what was read from it
  gauge follower_current;    ///< 1 = the store has caught up
  gauge results_log_left;    ///< messages still to be read
  counter bests_announced;   ///< entries of the changelog that were stored
  // store
  counter store_errors; ///< calls that failed and may be repeated
  counter store_writes;
  counter store_write_ms; ///< time they took, the sync to disk included
  gauge store_busy_since; ///< when the write under way began, ms since 1970; 0 = none is
  gauge store_used_bytes;
  gauge store_map_bytes;
  gauge closes_delayed; ///< races whose close waits for a step to succeed
  counter results_removed;
  counter rides_removed;
  // actors alive, by type
  gauge racer_actors;
  gauge race_actors;
  gauge class_actors;
  gauge ingest_actors;
};

} // namespace alleycat

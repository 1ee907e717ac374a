/// What the actors count. Plain atomics, so that counting costs nanoseconds and this folder knows no metrics library;
/// node/ gives them their names and serves them.
#pragma once

#include "actors/histogram.hpp"
#include "racing/ids.hpp"
#include "racing/update.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>

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

/// Of one class, by its owner.
struct class_meters {
  /// Races of a class that are open at a time, counted in slots by race id.
  static constexpr std::size_t slots = 4;

  std::array<gauge, slots> race_lag_ms;     ///< age of the oldest update that was not read; 0 = all are read
  std::array<gauge, slots> race_overdue_ms; ///< past the race's deadline
  gauge racers;                             ///< in the all-time table
  gauge records;                            ///< on the leaderboard

  std::int64_t lag_ms() const { return highest(race_lag_ms); }
  std::int64_t overdue_ms() const { return highest(race_overdue_ms); }

private:
  static std::int64_t highest(const std::array<gauge, slots>& of) {
    std::int64_t result = 0;
    for (const auto& one : of)
      result = std::max(result, one.value());
    return result;
  }
};

struct meters {
  std::map<class_id, class_meters> classes; ///< all there are, from before the actors on
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
  counter questions_refused;                  ///< too long, or too many at once
  gauge oldest_unstored_ms;                   ///< its age; 0 = none waits
  histogram acknowledgement{buckets::rider};  ///< from arrival to stored
  histogram journal_commit{buckets::journal}; ///< from sending a batch to its PubAck
  // races
  counter updates_folded;
  counter updates_accepted;
  counter journal_undecodable;
  counter standings_published;
  counter standings_stale; ///< went out without all-time ranks
  counter views_published;
  histogram standings_delay{buckets::rider}; ///< from the journal's time of the oldest update in it
  histogram view_delay{buckets::rider};      ///< likewise
  counter racer_seconds;                     ///< accepted seconds that reached a racer actor
  counter races_opened;
  counter races_closed;
  histogram close{buckets::step}; ///< from folded to its mark to published
  counter marks_acknowledged;
  counter marks_early;         ///< the journal stored them before the deadline: they end nothing
  counter output_fenced;       ///< messages of a term that was over, or not trusted: dropped
  counter peer_epochs_refused; ///< of peers' messages, far beyond all that is known
  counter readers_reopened;    ///< a journal's reader had fallen silent
  gauge races_open;
  gauge riders_live;
  // classes
  counter classes_started;    ///< terms that began here
  counter classes_taken_over; ///< of these, from an owner that had died
  counter classes_fenced;     ///< terms that ended because somebody had a higher epoch
  // from a term's begin to its class and races read: after a death, after a hand-over, otherwise
  histogram took_over{buckets::step}, handed_over{buckets::step}, claimed{buckets::step};
  counter rank_requests;
  counter races_merged;
  histogram merge{buckets::work};
  counter bests_beaten;
  counter records_broken;
  // follower
  counter results_log_read; ///< messages of the results stream and the changelog
  counter results_log_undecodable;
  counter streams_backwards; ///< a stream did not hold any more what was read from it
  gauge follower_current;    ///< 1 = the store has caught up
  gauge results_log_left;    ///< messages still to be read
  counter edits_applied;     ///< corrections that stand in the store
  counter bests_announced;   ///< entries of the changelog that were stored
  // store
  counter store_errors; ///< calls that failed and may be repeated
  counter store_writes;
  histogram store_commit{buckets::disk}; ///< time they took, the sync to disk included
  gauge store_busy_since;                ///< when the write under way began, ms since 1970; 0 = none is
  gauge store_used_bytes;
  gauge store_map_bytes;
  gauge closes_delayed; ///< races whose close waits for a step to succeed
  counter results_removed;
  counter rides_removed;
};

} // namespace alleycat

/// Every bound and deadline of the actors, with its consequence.
#pragma once

#include <chrono>
#include <cstddef>

namespace alleycat::defaults {

using namespace std::chrono_literals;

/// Standings never wait longer for the class: beyond it they go out with `allTimeRank` null.
inline constexpr auto rank_deadline = 150ms;
/// Ranking and merging a closed race of 1,000 rides; asked again after it.
inline constexpr auto close_deadline = 30s;
/// Pause before a step of the close is tried again.
inline constexpr auto close_retry = 1s;
/// Reading one record or page from the store.
inline constexpr auto store_deadline = 5s;
/// Reading all bests of a class at start (40,000 riders: well below a second).
inline constexpr auto load_deadline = 120s;

/// Items of a stream that wait for the history actor.
inline constexpr std::size_t results_log_inbox_limit = 4'096;
/// Entries of the changelog in one transaction.
inline constexpr std::size_t bests_batch = 2'000;
/// How often the history looks how far it is while somebody waits, and tells its progress.
inline constexpr auto follow_tick = 50ms;
/// And while nobody does.
inline constexpr auto follow_rest = 250ms;
/// How often the mark of the results stream is kept: what was read since is read again after a restart.
inline constexpr auto cursor_interval = 10s;
/// Rides without a result for this long, by the stream's time, are what pruning has left of a race.
inline constexpr auto held_rides_after = 10min;

/// Pause before the bests of a class are asked for again.
inline constexpr auto load_retry = 1s;

/// How often a race looks at the clock: the error of every time-driven step.
inline constexpr auto race_tick = 100ms;
/// How often ingest looks for PubAcks that did not come.
inline constexpr auto ingest_tick = 100ms;
/// A PubAck that takes longer is taken for lost and the batch is sent again: a repeated batch is harmless.
inline constexpr auto ack_deadline = 2s;
/// Retries end this long before the race's deadline: a batch after the close mark would be late.
inline constexpr auto retry_margin = 2s;
/// A PubAck that comes later than this long before the race's deadline is no `ok`: by a clock that runs ahead by as much the
/// mark may have been written before the batch was.
inline constexpr auto answer_margin = 1s;

/// Updates in one journal message.
inline constexpr std::size_t batch_limit = 500;
/// Journal messages of one race on their way at a time; more wait and grow into one batch.
inline constexpr std::size_t batches_in_flight = 4;
/// Updates one ingest actor holds that are not yet stored; beyond it bikes get `busy`.
inline constexpr std::size_t unstored_limit = 100'000;
/// Messages between a NATS thread and its actor; beyond it bikes get `busy`.
inline constexpr std::size_t inbox_limit = 65'536;

/// A race's subject stays in the journal this long after its result and rides are stored and applied.
inline constexpr auto purge_after = 1h;
/// A write to the store that takes longer is told (`store.slow`).
inline constexpr auto slow_write = 1s;

/// The first look for old races after a start, and the next one after a failure.
inline constexpr auto first_prune = 1min;
/// Rides that one look for old races takes (16 ms): queries wait behind it.
inline constexpr std::size_t rides_looked_at = 1'000;
/// Rows of the published leaderboard.
inline constexpr std::size_t leaderboard_rows = 100;

} // namespace alleycat::defaults

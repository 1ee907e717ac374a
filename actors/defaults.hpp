/// Every bound and deadline of the actors, with its consequence.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace alleycat::defaults {

using namespace std::chrono_literals;

/// Standings never wait longer for the class: beyond it they go out with `allTimeRank` null.
inline constexpr auto rank_deadline = 150ms;
/// Riders without a view are told what was accepted and refused no more often.
inline constexpr auto racer_interval = 500ms;
/// Spectators of a live race who ask for the same second within this time get the same answer; of so many seconds.
inline constexpr auto moment_kept = 500ms;
inline constexpr std::size_t moments_kept = 8;
/// Ranking and merging a closed race of 1,000 rides; asked again after it.
inline constexpr auto close_deadline = 30s;
/// Pause before a step of the close is tried again; it doubles up to the longest.
inline constexpr auto close_retry = 1s;
inline constexpr auto longest_retry = 30s;
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
inline constexpr auto follow_rest = 1s;
/// How often the mark of the results stream is kept: what was read since is read again after a restart.
inline constexpr auto cursor_interval = 10s;
/// Rides without a result for this long, by the stream's time, are what pruning has left of a race.
inline constexpr auto held_rides_after = 10min;
/// ... of a race this old: rides of a younger one may belong to a close that was cut short.
inline constexpr auto unfinished_close = 24h;

/// Work on a closed race is done in portions of about 2 ms, so that running races wait no longer for a thread: rides that are copied,
/// seconds of a ride that 1,000 rides are ranked or merged at.
inline constexpr std::size_t rides_at_once = 50;
inline constexpr std::size_t seconds_at_once = 5;

/// Results that come while a class is being loaded; more would be read with the tables.
inline constexpr std::size_t early_races = 1'000;

/// Pause before the bests of a class are asked for again.
inline constexpr auto load_retry = 1s;

/// How often a race looks at the clock: the error of every time-driven step.
inline constexpr auto race_tick = 200ms;
/// How often ingest looks for PubAcks that did not come, and while it waits for none.
inline constexpr auto ingest_tick = 100ms;
inline constexpr auto ingest_rest = 1s;
/// A PubAck that takes longer is taken for lost and the batch is sent again: a repeated batch is harmless.
inline constexpr auto ack_deadline = 2s;
/// Retries end this long before the race's deadline: a batch after the close mark would be late.
inline constexpr auto retry_margin = 4s;
/// A PubAck that comes later than this long before the race's deadline is no `ok`: clocks may differ by a second each way, and
/// what was stored after the deadline does not count.
inline constexpr auto answer_margin = 2s;

/// Updates in one journal message.
inline constexpr std::size_t batch_limit = 500;
/// Journal messages of one race on their way at a time; more wait and grow into one batch.
inline constexpr std::size_t batches_in_flight = 4;
/// Updates one ingest actor holds that are not yet stored; beyond it bikes get `busy`.
inline constexpr std::size_t unstored_limit = 100'000;
/// Messages between a NATS thread and its actor; beyond it bikes get `busy`.
inline constexpr std::size_t inbox_limit = 65'536;

/// A race's subject stays in the journal this long after its result and rides are stored and applied ...
inline constexpr auto purge_after = 1h;
/// ... and no longer than needed from this fill of the journal on.
inline constexpr std::uint32_t purge_at_once_percent = 80;
/// A purge that did not show in a listing is asked for again.
inline constexpr auto purge_again = 1min;
/// From this fill of a class's journal on ingest answers `busy`: the rest belongs to close marks.
inline constexpr std::uint32_t busy_from_percent = 90;

/// What was preloaded and not claimed is dropped after this.
inline constexpr auto preload_lives = 60s;
/// How often a shard looks at its journal and its clock.
inline constexpr auto shard_tick = 1s;
/// A listing of the journal that was not answered is asked for again.
inline constexpr auto listing_deadline = 5s;
/// Messages of a race that the journal has and its reader has not brought for this long: the reader is opened again.
inline constexpr auto reader_deadline = 2s;
/// A race that only a hint told of is dropped when nothing of it was stored for this long.
inline constexpr auto hint_lives = 30s;
/// Results this young are published again by a new owner; bests of races this young go into the changelog again.
inline constexpr auto publish_again = 10min;
inline constexpr auto announce_again = 1h;
/// A write to the store that takes longer is told (`store.slow`).
inline constexpr auto slow_write = 1s;

/// The first look for old races after a start, and the next one after a failure.
inline constexpr auto first_prune = 1min;

/// What was corrected is looked for in the streams this long after the start, then this often: by the owner of the lowest
/// class, and by the others.
inline constexpr auto clean_after = 10s;
inline constexpr auto clean_interval = 10s;
inline constexpr auto clean_later = 10min;
/// Riders and results at a time.
inline constexpr std::size_t cleaned_at_once = 500;
inline constexpr auto clean_deadline = 120s;
/// How soon a changed age of what is kept is noticed, at most.
inline constexpr auto prune_nap = 1min;
/// Rides that one look for old races takes (16 ms): queries wait behind it.
inline constexpr std::size_t rides_looked_at = 1'000;
/// Rows of the published leaderboard.
inline constexpr std::size_t leaderboard_rows = 100;

} // namespace alleycat::defaults

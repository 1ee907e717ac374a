/// Everything that actors say to each other. Large things travel as shared pointers to immutable values.
#pragma once

#include "actors/ports.hpp"
#include "racing/all_time_table.hpp"
#include "racing/day_boards.hpp"
#include "racing/ghost.hpp"
#include "racing/leaderboard.hpp"
#include "racing/record_store.hpp"
#include "racing/replay.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alleycat {

// -- clocks and wake-ups -----------------------------------------------------------------------------------------------

/// The inbox beside the mailbox has something.
struct arrived {};
/// The linger time of pending updates is over. One that was overtaken by an earlier one does not count.
struct linger_over {
  unix_ms due = 0;
};
/// Time to look at the clock.
struct look_at_clock {};

// -- ingest ------------------------------------------------------------------------------------------------------------

/// One update as it came from NATS, decoded.
struct arrival {
  update content;
  refusal reason = refusal::none; ///< what the decoder found wrong
  std::string why;                ///< the same in words
  std::string reply_to;           ///< empty: no answer is wanted
};

/// Write what is pending and answer when nothing is unstored any more, or the deadline is near.
struct flush_pending {};
struct flushed {
  std::uint64_t unstored = 0; ///< updates given up
};

// -- race and racer ----------------------------------------------------------------------------------------------------

/// One rider's news at a tick.
struct rider_tick {
  racer_id racer;
  own_second second; ///< furthest
  score output;
  score total;
  std::vector<own_second> accepted; ///< since the last tick
  refusal_counts refused{};         ///< since the last tick
  bool wants_view = false;
  rank_t here_now_rank = 0;
  std::uint32_t here_now_of = 0;
  std::vector<here_now_row> here_now; ///< rows of the view; only with `wants_view`
  score value;                        ///< score at `second`
  all_time_place all_time;
  std::vector<best_row> around; ///< all-time rows of the view; only with `wants_view`
};

/// What happened in a race since the last tick.
struct race_tick {
  race_key key;
  epoch owner_epoch;
  journal_position as_of;
  unix_ms published = 0;
  bool all_time_stale = false;
  std::vector<rider_tick> riders;
};
using race_tick_ptr = std::shared_ptr<const race_tick>;

/// The race is closed and merged.
struct race_over {};

/// The race's current standings are asked for.
struct get_standings {};
using standings_ptr = std::shared_ptr<const standings>;

/// Race against this from now on; a curve without scores: against nobody.
struct set_ghost {
  racer_id racer;
  ghost_curve curve;
  bool not_riding_yet = false; ///< a racer who is not in the race yet will find it when they come
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, set_ghost& x) {
    return f(x.racer, x.curve, x.not_riding_yet);
  }
};
struct ghost_set {
  bool taken = false; ///< false: the racer is not in this race
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_set& x) {
    return f(x.taken);
  }
};
using ghost_curve_ptr = std::shared_ptr<const ghost_curve>; ///< null = nobody

// -- race and class ----------------------------------------------------------------------------------------------------

struct rank_item {
  own_second second;
  racer_id racer;
  score value;
  bool with_rows = false; ///< the rows of a view are wanted too
};

/// "Rank these": one batch a tick.
struct rank_batch {
  race_key key;
  epoch owner_epoch;
  std::vector<rank_item> items;
};

struct rank_answer {
  epoch owner_epoch;                         ///< of the class's owner
  std::vector<all_time_place> places;        ///< one for each item, in order
  std::vector<std::vector<best_row>> around; ///< likewise; empty where no rows were asked for
};

using closed_race_ptr = std::shared_ptr<const closed_race>;

/// Fill in the all-time ranks of every second, by the table as it is before the merge.
struct rank_closed {
  closed_race_ptr race;
};

/// Merge a closed race whose result and rides are stored.
struct merge_closed {
  closed_race_ptr race;
};
struct merge_result {
  bool first_time = false; ///< false: it had been merged before
};

/// A page of a table: from `offset`, or with the racer `around` in its middle (empty for a stranger).
struct page_request {
  std::size_t offset = 0;
  std::size_t limit = 100;
  std::optional<racer_id> around;
};

struct get_leaderboard {
  page_request page;
};
struct leaderboard_answer {
  std::size_t of = 0;
  std::vector<leaderboard_row> rows;
};

struct get_all_time {
  own_second second;
  page_request page;
};
struct all_time_answer {
  std::size_t of = 0;
  std::vector<best_row> rows;
};

/// Which stored ride is meant?
struct find_ghost {
  ghost_choice choice;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, find_ghost& x) {
    return f(x.choice);
  }
};
struct ghost_source {
  bool found = false;       ///< false: nobody there has finished a ride
  racer_id racer;           ///< undefined for the median
  final_score record;       ///< likewise
  std::vector<score> curve; ///< of the median; empty otherwise: the ride is in every node's store
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ghost_source& x) {
    return f(x.found, x.racer, x.record, x.curve);
  }
};

// -- questions about the past ------------------------------------------------------------------------------------------

struct find_moment {
  race_key key;
  own_second second;
};
struct moment_answer {
  std::shared_ptr<const race_moment> moment; ///< null: no such closed race
};

struct find_racer {
  racer_id racer;
  std::size_t offset = 0; ///< rides to leave out
  std::size_t limit = 20; ///< rides
};
/// A racer's bests in one class.
struct class_bests {
  class_id cls;
  racer_bests bests;
};
struct racer_answer {
  std::vector<class_bests> classes; ///< where there are bests, by class
  std::vector<ride_summary> rides;  ///< newest first
};

struct find_ride {
  race_key key;
  racer_id racer;
};
struct ride_answer {
  std::shared_ptr<const ride_record> ride; ///< null: no such ride
  bool race_known = false;                 ///< the race is there
};

/// A page of the leaderboard of the last days.
struct get_period_board {
  class_id cls;
  period over = period::today;
  page_request page;
};

// -- store and results -------------------------------------------------------------------------------------------------

struct load_class {
  class_id cls;
};
using class_records_ptr = std::shared_ptr<const std::vector<racer_bests>>;

/// Merge a closed race: result, rides, bests, names.
struct apply_closed {
  closed_race_ptr race;
  scoring rule = scoring::total;
  bool announce = false; ///< this node owns the class: the bests are to go into the changelog
};

/// Merge rides of a race whose result is not kept any more.
struct apply_rides {
  std::shared_ptr<const std::vector<ride_record>> rides;
  scoring rule = scoring::total;
};

/// Merge entries of the changelog.
struct apply_bests {
  class_id cls;
  std::shared_ptr<const std::vector<racer_bests>> bests;
};
struct applied_bests {};

/// Which races' bests did not reach the changelog?
struct find_unannounced {
  class_id cls;
};
struct unannounced_races {
  std::vector<race_key> keys;
};
/// What a race has to tell.
struct find_unannounced_bests {
  race_key key;
};
using unannounced_bests = class_records_ptr;
/// They are told.
struct keep_announced {
  race_key key;
};
struct ack {};

/// How far was a stream read?
struct find_cursor {
  record_stream stream = record_stream::results;
};
struct cursor_answer {
  stream_cursor cursor;
};
struct store_cursor {
  record_stream stream = record_stream::results;
  stream_cursor cursor;
};

struct find_applied {
  race_key key;
};
struct applied_answer {
  std::optional<journal_stamp> stamp;
};

struct list_races {
  class_id cls;
  std::optional<race_id> before;
  std::size_t limit = 20;
};
struct race_list {
  std::vector<race_summary> races;
};

struct find_result {
  race_key key;
};
struct result_answer {
  std::shared_ptr<const race_result> result; ///< null: no such closed race
};

/// Look for a race of which something may go; answered with `old_race_search`.
struct find_old {
  unix_ms before = 0;
  race_key from;
};
/// Remove it, from the store.
struct remove_old {
  old_race race;
};
/// Remove it, from the results stream.
struct remove_stored {
  old_race race;
};
/// What was to go is gone, or was gone before.
struct removed {};

/// Put rides and result into the results stream.
struct store_closed {
  closed_race_ptr race;
};
struct results_stored {
  bool first_time = false; ///< false: a result stood there already
  closed_race_ptr race;    ///< as it stands in the stream: what was there before counts
};

/// Put bests into the changelog.
struct store_bests {
  class_id cls;
  unannounced_bests bests;
};
struct bests_stored {};

// -- history -----------------------------------------------------------------------------------------------------------

/// Take everything into the store that is in the streams now.
struct catch_up {};
struct caught_up {};

/// How far a stream's reader is.
struct stream_end {
  record_stream stream = record_stream::results;
  std::uint64_t asked = 0;   ///< number of the question
  std::uint64_t sent = 0;    ///< sequence of the last message on its way to us; 0 = none
  std::uint64_t pending = 0; ///< messages that are not yet
};

/// For those who wait.
struct get_follow_progress {};
struct follow_progress {
  bool current = false;    ///< caught up at least once
  std::uint64_t left = 0;  ///< messages still to be read, as far as is known
  std::uint64_t taken = 0; ///< messages read since the start
};

// -- host --------------------------------------------------------------------------------------------------------------

/// Ingest has written for this race: somebody should own it.
struct race_hint {
  race_key key;
};

/// Whether the journal still holds what a merged race was made from.
struct stamp_checked {
  race_key key;
  bool same = false;
};

/// What the journal holds.
struct journal_subjects {
  std::vector<race_key> keys;
};

/// How a race is doing, for lists.
struct race_status {
  race_key key;
  std::uint32_t racers = 0;
  std::uint32_t live = 0;
  own_second second;
  bool caught_up = false; ///< false: still reading the journal from the start
  bool closed = false;
};

/// The race is closed, stored and merged: nothing is left to do.
struct race_done {
  race_key key;
};

struct get_open_races {};
struct open_races {
  std::vector<race_status> races; ///< by class, then race
  bool ready = false;             ///< classes loaded, first look at the journal done, open races rebuilt
};

struct find_race {
  race_key key;
};
struct find_class {
  class_id cls;
};

} // namespace alleycat

// Messages that stay within a node.
#define ALLEYCAT_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::type)
ALLEYCAT_LOCAL_MESSAGE(arrived)
ALLEYCAT_LOCAL_MESSAGE(linger_over)
ALLEYCAT_LOCAL_MESSAGE(look_at_clock)
ALLEYCAT_LOCAL_MESSAGE(journal_ack)
ALLEYCAT_LOCAL_MESSAGE(flush_pending)
ALLEYCAT_LOCAL_MESSAGE(flushed)
ALLEYCAT_LOCAL_MESSAGE(race_tick_ptr)
ALLEYCAT_LOCAL_MESSAGE(race_over)
ALLEYCAT_LOCAL_MESSAGE(get_standings)
ALLEYCAT_LOCAL_MESSAGE(standings_ptr)
ALLEYCAT_LOCAL_MESSAGE(set_ghost)
ALLEYCAT_LOCAL_MESSAGE(ghost_set)
ALLEYCAT_LOCAL_MESSAGE(ghost_curve_ptr)
ALLEYCAT_LOCAL_MESSAGE(rank_batch)
ALLEYCAT_LOCAL_MESSAGE(rank_answer)
ALLEYCAT_LOCAL_MESSAGE(rank_closed)
ALLEYCAT_LOCAL_MESSAGE(closed_race_ptr)
ALLEYCAT_LOCAL_MESSAGE(merge_closed)
ALLEYCAT_LOCAL_MESSAGE(merge_result)
ALLEYCAT_LOCAL_MESSAGE(get_leaderboard)
ALLEYCAT_LOCAL_MESSAGE(leaderboard_answer)
ALLEYCAT_LOCAL_MESSAGE(get_all_time)
ALLEYCAT_LOCAL_MESSAGE(all_time_answer)
ALLEYCAT_LOCAL_MESSAGE(find_ghost)
ALLEYCAT_LOCAL_MESSAGE(ghost_source)
ALLEYCAT_LOCAL_MESSAGE(find_moment)
ALLEYCAT_LOCAL_MESSAGE(moment_answer)
ALLEYCAT_LOCAL_MESSAGE(find_racer)
ALLEYCAT_LOCAL_MESSAGE(racer_answer)
ALLEYCAT_LOCAL_MESSAGE(find_ride)
ALLEYCAT_LOCAL_MESSAGE(ride_answer)
ALLEYCAT_LOCAL_MESSAGE(get_period_board)
ALLEYCAT_LOCAL_MESSAGE(load_class)
ALLEYCAT_LOCAL_MESSAGE(class_records_ptr)
ALLEYCAT_LOCAL_MESSAGE(apply_closed)
ALLEYCAT_LOCAL_MESSAGE(apply_rides)
ALLEYCAT_LOCAL_MESSAGE(apply_bests)
ALLEYCAT_LOCAL_MESSAGE(applied_bests)
ALLEYCAT_LOCAL_MESSAGE(find_unannounced)
ALLEYCAT_LOCAL_MESSAGE(unannounced_races)
ALLEYCAT_LOCAL_MESSAGE(find_unannounced_bests)
ALLEYCAT_LOCAL_MESSAGE(keep_announced)
ALLEYCAT_LOCAL_MESSAGE(ack)
ALLEYCAT_LOCAL_MESSAGE(find_cursor)
ALLEYCAT_LOCAL_MESSAGE(cursor_answer)
ALLEYCAT_LOCAL_MESSAGE(store_cursor)
ALLEYCAT_LOCAL_MESSAGE(find_applied)
ALLEYCAT_LOCAL_MESSAGE(applied_answer)
ALLEYCAT_LOCAL_MESSAGE(list_races)
ALLEYCAT_LOCAL_MESSAGE(race_list)
ALLEYCAT_LOCAL_MESSAGE(find_result)
ALLEYCAT_LOCAL_MESSAGE(result_answer)
ALLEYCAT_LOCAL_MESSAGE(find_old)
ALLEYCAT_LOCAL_MESSAGE(old_race_search)
ALLEYCAT_LOCAL_MESSAGE(remove_old)
ALLEYCAT_LOCAL_MESSAGE(remove_stored)
ALLEYCAT_LOCAL_MESSAGE(removed)
ALLEYCAT_LOCAL_MESSAGE(store_closed)
ALLEYCAT_LOCAL_MESSAGE(results_stored)
ALLEYCAT_LOCAL_MESSAGE(store_bests)
ALLEYCAT_LOCAL_MESSAGE(bests_stored)
ALLEYCAT_LOCAL_MESSAGE(catch_up)
ALLEYCAT_LOCAL_MESSAGE(caught_up)
ALLEYCAT_LOCAL_MESSAGE(stream_end)
ALLEYCAT_LOCAL_MESSAGE(get_follow_progress)
ALLEYCAT_LOCAL_MESSAGE(follow_progress)
ALLEYCAT_LOCAL_MESSAGE(stamp_checked)
ALLEYCAT_LOCAL_MESSAGE(race_hint)
ALLEYCAT_LOCAL_MESSAGE(journal_subjects)
ALLEYCAT_LOCAL_MESSAGE(race_status)
ALLEYCAT_LOCAL_MESSAGE(race_done)
ALLEYCAT_LOCAL_MESSAGE(get_open_races)
ALLEYCAT_LOCAL_MESSAGE(open_races)
ALLEYCAT_LOCAL_MESSAGE(find_race)
ALLEYCAT_LOCAL_MESSAGE(find_class)
#undef ALLEYCAT_LOCAL_MESSAGE

/// Everything that actors say to each other. Large things travel as shared pointers to immutable values.
#pragma once

#include "actors/name_book.hpp"
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
  unix_ms due{};
};
/// Time to look at the clock.
struct look_at_clock {};
/// Standings that wait may be due.
struct standings_due {};
/// Go on with work that is done a few milliseconds at a time.
struct work_on {};

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
  unix_ms published{};
  unix_ms oldest{}; ///< journal's time of the oldest update in it; 0 = not known
  bool all_time_stale = false;
  std::vector<rider_tick> riders;
};
using race_tick_ptr = std::shared_ptr<const race_tick>;

/// The race is closed, stored and applied, or was never needed.
struct race_over {};

/// How many messages of a race the journal has.
struct journal_extent {
  std::uint64_t messages = 0;
};

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

/// What became of a race in the store.
struct merge_result {
  bool first_time = false; ///< false: it had been merged before
};

/// Where a row stands in a table: by score, then by racer.
struct table_place {
  score value;
  racer_id racer;
};

/// A page of a table: from `offset`, with the racer `around` in its middle (empty for a stranger), or behind a place.
struct page_request {
  std::size_t offset = 0;
  std::size_t limit = 100;
  std::optional<racer_id> around;
  std::optional<table_place> after = std::nullopt;
};

struct get_leaderboard {
  page_request page;
};
struct leaderboard_answer {
  epoch owner_epoch; ///< of the class's owner; 0 = of no owner
  std::size_t of = 0;
  std::vector<leaderboard_row> rows;
  bool more = false; ///< others follow
};

struct get_all_time {
  own_second second;
  page_request page;
};
struct all_time_answer {
  std::size_t of = 0;
  std::vector<best_row> rows;
  bool more = false; ///< others follow
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
/// The same of a live race.
struct get_moment {
  std::optional<own_second> second; ///< none: the furthest that half of those riding have reached
};

/// Riders by name or number.
struct find_people {
  std::string text;
  std::size_t limit = 20; ///< rows
  std::optional<name_book::hit_place> after = std::nullopt;
};
struct people_found {
  name_book::people people;
};
struct find_racer {
  racer_id racer;
  std::size_t offset = 0; ///< rides to leave out
  std::size_t limit = 20; ///< rides
  std::optional<history_place> after = std::nullopt;
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

/// Feed the results of this class, from whomever, to its actor from now on.
struct feed_class {
  class_id cls;
};

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
  unix_ms before{};
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

/// Put the rides of a race into the results stream, create-only; answered with the race as its rides stand there now.
struct settle_rides {
  closed_race_ptr race;
};
/// Compose the result from settled rides and put it there, create-only.
struct settle_result {
  closed_race_ptr race;
};
struct result_settled {
  closed_race_ptr race;                      ///< with the result as it is stored: what was there before counts
  std::shared_ptr<const std::string> stored; ///< byte for byte
};
/// Put a correction into its stream.
struct append_edit {
  edit content;
};
struct edit_appended {
  std::uint64_t sequence = 0;
};
/// Do to the records what an edit says.
using edit_ptr = std::shared_ptr<const edit>;
struct apply_edit {
  edit_ptr content;
  stream_cursor at;
};
/// From now on, tell me of edits that stand in the store.
struct follow_edits {};
/// This one does.
struct edited {
  edit_ptr content;
};
/// A racer's bests as the store has them.
struct find_bests {
  class_id cls;
  racer_id racer;
};
struct bests_answer {
  std::optional<racer_bests> bests;
};
/// What the streams may still have of what was corrected.
struct find_cleanups {};
struct cleanups {
  std::vector<edit> riders;
  std::vector<stored_result> results; ///< as they are to stand in the stream
};
/// Take it out of them.
struct clean_streams {
  cleanups what;
  race_rules race;
};
struct cleaned_streams {
  cleanups what;
  std::size_t rides = 0;
  std::size_t results = 0;
  std::size_t bests = 0;
  std::size_t edits = 0;
};
/// It is done.
struct keep_cleaned {
  cleanups what;
};
/// Clean now; answered with what was done.
struct clean_now {};
/// What this edit did here, once it is done.
struct await_edit {
  std::uint64_t sequence = 0;
};
/// Lines of the audit log, newest first.
struct list_edits {
  std::optional<std::uint64_t> before;
  std::size_t limit = 20;
  std::optional<racer_id> of = std::nullopt; ///< only theirs
};
struct edit_list {
  std::vector<edit> edits;
};

/// The result as it is stored.
struct find_stored_result {
  race_key key;
};
struct stored_payload {
  std::shared_ptr<const std::string> payload; ///< null: there is none
};

/// Put bests into the changelog.
struct store_bests {
  class_id cls;
  epoch owner_epoch;
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

// -- shards ------------------------------------------------------------------------------------------------------------

/// What the cluster has decided for this node.
struct preload_class {
  class_id cls;
};
struct preload_over {
  class_id cls;
};
struct own_class {
  class_id cls;
  epoch owner_epoch;
};
struct disown_class {
  class_id cls;
};

/// The class is owned by this epoch from now on.
struct begin_term {
  epoch owner_epoch;
};
/// The term is over: end, and answer when nothing acts any more.
struct end_term {};
/// Something may be due.
struct go_on {};

/// Ingest has an update for this race: somebody should own it.
struct race_hint {
  race_key key;
};

/// Whether the journal still holds what an applied race was made from.
struct stamp_checked {
  race_key key;
  stamp_check found = stamp_check::same;
};

/// Results of a class that other nodes closed are wanted by its table here.
struct class_status {
  bool loaded = false;
};

/// How a race is doing, for lists.
struct race_status {
  race_key key;
  std::uint32_t racers = 0;
  std::uint32_t live = 0;
  own_second second;
  std::uint64_t read = 0; ///< messages of its journal
  bool caught_up = false; ///< false: still reading the journal from the start
  bool closed = false;
};

/// How a shard is doing.
struct shard_status {
  class_id cls;
  epoch owner_epoch; ///< 0 while preloading
  bool running = false;
  bool ready = false; ///< loaded, first look at the journal done, the races found there read; stays so
  std::vector<race_status> races;
};

struct get_open_races {};
/// A class that is owned here.
struct owned_class {
  class_id cls;
  epoch owner_epoch;
  bool ready = false;
};
struct open_races {
  std::vector<owned_class> classes; ///< by id
  std::vector<race_status> races;   ///< of these classes; by class, then race
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
ALLEYCAT_LOCAL_MESSAGE(standings_due)
ALLEYCAT_LOCAL_MESSAGE(work_on)
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
ALLEYCAT_LOCAL_MESSAGE(merge_result)
ALLEYCAT_LOCAL_MESSAGE(get_leaderboard)
ALLEYCAT_LOCAL_MESSAGE(leaderboard_answer)
ALLEYCAT_LOCAL_MESSAGE(get_all_time)
ALLEYCAT_LOCAL_MESSAGE(all_time_answer)
ALLEYCAT_LOCAL_MESSAGE(find_ghost)
ALLEYCAT_LOCAL_MESSAGE(ghost_source)
ALLEYCAT_LOCAL_MESSAGE(find_moment)
ALLEYCAT_LOCAL_MESSAGE(moment_answer)
ALLEYCAT_LOCAL_MESSAGE(get_moment)
ALLEYCAT_LOCAL_MESSAGE(find_people)
ALLEYCAT_LOCAL_MESSAGE(people_found)
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
ALLEYCAT_LOCAL_MESSAGE(settle_rides)
ALLEYCAT_LOCAL_MESSAGE(settle_result)
ALLEYCAT_LOCAL_MESSAGE(result_settled)
ALLEYCAT_LOCAL_MESSAGE(append_edit)
ALLEYCAT_LOCAL_MESSAGE(edit_appended)
ALLEYCAT_LOCAL_MESSAGE(edit_ptr)
ALLEYCAT_LOCAL_MESSAGE(apply_edit)
ALLEYCAT_LOCAL_MESSAGE(edit_effect)
ALLEYCAT_LOCAL_MESSAGE(await_edit)
ALLEYCAT_LOCAL_MESSAGE(follow_edits)
ALLEYCAT_LOCAL_MESSAGE(edited)
ALLEYCAT_LOCAL_MESSAGE(find_bests)
ALLEYCAT_LOCAL_MESSAGE(bests_answer)
ALLEYCAT_LOCAL_MESSAGE(find_cleanups)
ALLEYCAT_LOCAL_MESSAGE(cleanups)
ALLEYCAT_LOCAL_MESSAGE(clean_streams)
ALLEYCAT_LOCAL_MESSAGE(cleaned_streams)
ALLEYCAT_LOCAL_MESSAGE(keep_cleaned)
ALLEYCAT_LOCAL_MESSAGE(clean_now)
ALLEYCAT_LOCAL_MESSAGE(list_edits)
ALLEYCAT_LOCAL_MESSAGE(edit_list)
ALLEYCAT_LOCAL_MESSAGE(find_stored_result)
ALLEYCAT_LOCAL_MESSAGE(stored_payload)
ALLEYCAT_LOCAL_MESSAGE(store_bests)
ALLEYCAT_LOCAL_MESSAGE(bests_stored)
ALLEYCAT_LOCAL_MESSAGE(catch_up)
ALLEYCAT_LOCAL_MESSAGE(caught_up)
ALLEYCAT_LOCAL_MESSAGE(stream_end)
ALLEYCAT_LOCAL_MESSAGE(get_follow_progress)
ALLEYCAT_LOCAL_MESSAGE(follow_progress)
ALLEYCAT_LOCAL_MESSAGE(stamp_checked)
ALLEYCAT_LOCAL_MESSAGE(race_hint)
ALLEYCAT_LOCAL_MESSAGE(journal_listing)
ALLEYCAT_LOCAL_MESSAGE(journal_extent)
ALLEYCAT_LOCAL_MESSAGE(preload_class)
ALLEYCAT_LOCAL_MESSAGE(preload_over)
ALLEYCAT_LOCAL_MESSAGE(own_class)
ALLEYCAT_LOCAL_MESSAGE(disown_class)
ALLEYCAT_LOCAL_MESSAGE(begin_term)
ALLEYCAT_LOCAL_MESSAGE(end_term)
ALLEYCAT_LOCAL_MESSAGE(go_on)
ALLEYCAT_LOCAL_MESSAGE(class_status)
ALLEYCAT_LOCAL_MESSAGE(shard_status)
ALLEYCAT_LOCAL_MESSAGE(feed_class)
ALLEYCAT_LOCAL_MESSAGE(race_status)
ALLEYCAT_LOCAL_MESSAGE(get_open_races)
ALLEYCAT_LOCAL_MESSAGE(open_races)
ALLEYCAT_LOCAL_MESSAGE(find_race)
ALLEYCAT_LOCAL_MESSAGE(find_class)
#undef ALLEYCAT_LOCAL_MESSAGE

/// What must be remembered of closed races, and how it is asked for. Implemented in persistence/.
#pragma once

#include "racing/closed_race.hpp"
#include "racing/corrections.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace alleycat {

/// The store cannot go on; what() says why in words for an operator, and names the way out where there is one.
class store_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The store can never go on in this process: a failed fsync, EIO, a damaged file. The process must end, and no write be
/// tried again: that could report as durable what the disk has lost. Every later write throws this too.
class store_failed_error : public store_error {
public:
  using store_error::store_error;
};

/// All-time bests of one racer in one class.
struct racer_bests {
  racer_id racer;
  std::vector<score> at;             ///< [s - 1] = best score at s; 0 = none; 1..ride_seconds entries
  std::optional<final_score> record; ///< best finished ride
  std::uint64_t edits = 0;           ///< sequence of the last correction of the racer's rides they include; 0 = none

  friend bool operator==(const racer_bests&, const racer_bests&) = default;
};

/// A line in a rider's history: those of a rider stand by time of close, class and race, all descending.
struct history_place {
  unix_ms closed{};
  race_key key;

  friend bool operator==(const history_place&, const history_place&) = default;
};

/// A line in the list of closed races.
struct race_summary {
  race_key key;
  unix_ms closed{};
  std::uint32_t racers = 0;
  std::uint32_t finished = 0;
  racer_id winner; ///< undefined where nobody finished
  std::string winner_name;
  score winning_score; ///< 0 where nobody finished

  friend bool operator==(const race_summary&, const race_summary&) = default;
};

/// A ride in a rider's history.
struct ride_summary {
  race_key key;
  racer_id racer;
  unix_ms closed{};
  rank_t rank = 0; ///< 0 = DNF
  bool finished = false;
  own_second furthest;
  std::uint16_t seconds = 0;
  score total; ///< at the furthest second

  friend bool operator==(const ride_summary&, const ride_summary&) = default;
};

/// A race closed long ago, of which something may go.
struct old_race {
  race_key key;
  bool has_result = false;
  std::vector<racer_id> leaving; ///< whose rides may go, by racer id
  std::size_t staying = 0;       ///< rides that hold a record or a best second

  friend bool operator==(const old_race&, const old_race&) = default;
};

/// What one look for old races found.
struct old_race_search {
  std::optional<old_race> found;
  std::optional<race_key> next; ///< where to go on; none = everything was looked at

  friend bool operator==(const old_race_search&, const old_race_search&) = default;
};

/// How far a stream was read into the store: its last message taken, told apart from another that may stand at the same
/// sequence once the stream was restored from a backup.
struct stream_cursor {
  std::uint64_t sequence = 0; ///< 0 = nothing was read
  unix_ms stored{};           ///< the stream's timestamp of the message
  std::uint64_t checksum = 0; ///< of its payload

  friend bool operator==(const stream_cursor&, const stream_cursor&) = default;
};

/// What an edit did to a store.
struct edit_effect {
  std::vector<race_key> rides_removed;   ///< of the rider
  std::vector<race_key> results_changed; ///< in which somebody moved
  std::vector<class_id> bests_changed;   ///< of the rider, by class
  bool name_removed = false;
  unix_ms last_closed{}; ///< of the removed rides' races: an hour later their journal is gone

  friend bool operator==(const edit_effect&, const edit_effect&) = default;
};

/// The streams a store is filled from.
enum class record_stream : std::uint8_t { results, bests, edits };

/// Durable records of one node. One thread writes; beside it another may read. Every call may block and may throw
/// `store_error`; any but a `store_failed_error` may go away, and the call be repeated.
class record_store {
public:
  virtual ~record_store() = default;

  /// Merges a closed race in one transaction: result, rides, bests (max per second), records of finishers (strictly
  /// higher replaces, equal keeps the earlier race), latest names, and the race's "applied" stamp. One that `differs` is to
  /// be cleaned in the results stream.
  /// @param scoring_rule  of the race's class
  /// @param announce      the bests of its riders are to be told to others: the race is `unannounced` from here on
  /// @returns false when the race was applied before: then its tables stay as they are, and the stamp becomes this one
  /// (unless this one has no checksum: then it is only read from a stream).
  virtual bool apply(const closed_race& race, scoring scoring_rule, bool announce) = 0;
  bool apply(const closed_race& race, scoring scoring_rule) { return apply(race, scoring_rule, false); }

  /// Merges rides of a race whose result is not kept any more (they hold a record or a best second). Like `apply`
  /// without a result; nothing changes when the race was applied before. Should the race itself come later, `apply` takes
  /// it whole.
  /// @param rides  of one race, by racer id, ascending; at least one
  virtual bool apply_rides(const std::vector<ride_record>& rides, scoring scoring_rule) = 0;

  /// Merges bests that come without their races: maximum per second; a record as in `apply`.
  virtual void merge_bests(class_id cls, const std::vector<racer_bests>& bests) = 0;

  /// @returns the stamp the race was applied with.
  virtual std::optional<journal_stamp> applied(race_key key) = 0;

  /// Races of a class whose bests are still to be told, by race id.
  virtual std::vector<race_key> unannounced(class_id cls) = 0;
  /// What is to be told of a race: the bests of its riders whose ride equals their best at some second.
  virtual std::vector<racer_bests> unannounced_bests_of(race_key key) = 0;
  /// The race's bests are told.
  virtual void announced(race_key key) = 0;

  /// How far a stream was read; a mark of sequence 0 where it never was.
  virtual stream_cursor cursor_of(record_stream stream) = 0;
  virtual void store_cursor(record_stream stream, const stream_cursor& cursor) = 0;

  /// Visits the bests of every racer of a class, by racer id ascending.
  virtual void each_bests(class_id cls, const std::function<void(const racer_bests&)>& visit) = 0;
  /// Visits the latest name of every racer, by racer id ascending.
  virtual void each_name(const std::function<void(racer_id, const std::string&)>& visit) = 0;

  /// Closed races of a class, newest first.
  /// @param before  only races with a lower id; none = from the newest
  virtual std::vector<race_summary> races(class_id cls, std::optional<race_id> before, std::size_t limit) = 0;
  virtual std::optional<race_result> result(race_key key) = 0;
  /// Visits the results of a class from a race on, by race id ascending. The visitor must not call the store.
  virtual void each_result(class_id cls, race_id from, const std::function<void(const race_result&)>& visit) = 0;
  virtual std::optional<ride_record> ride(race_key key, racer_id racer) = 0;
  /// Every ride of a race that is kept, by racer id.
  virtual std::vector<ride_record> rides(race_key key) = 0;
  /// Rides of one racer in all classes, newest first. @param after  only those that follow this line; none = from the newest
  virtual std::vector<ride_summary> rides_of(racer_id racer, std::size_t limit,
                                             const std::optional<history_place>& after) = 0;
  std::vector<ride_summary> rides_of(racer_id racer, std::size_t limit) { return rides_of(racer, limit, std::nullopt); }
  virtual std::optional<racer_bests> bests_of(class_id cls, racer_id racer) = 0;

  /// Does to the records what an edit says, race by race, then keeps it with the mark of its stream. When it ends in the
  /// middle it may be repeated.
  /// @param by    all edits, this one included
  /// @param race  for the start of a race's window
  /// @returns what it changed
  virtual edit_effect apply_edit(const edit& e, const stream_cursor& at, const corrections& by,
                                 const race_rules& race) = 0;
  /// Visits every edit, in the order they were made.
  virtual void each_edit(const std::function<void(const edit&)>& visit) = 0;
  /// Edits, newest first. @param before  only those with a lower sequence; none = from the newest
  /// @param of  only this racer's
  virtual std::vector<edit> edits(std::optional<std::uint64_t> before, std::size_t limit,
                                  std::optional<racer_id> of) = 0;

  /// Results that the results stream may still have as they were, by class and race.
  virtual std::vector<race_key> results_to_clean(std::size_t limit) = 0;
  /// Forgotten riders of whom the streams may still have something, with the edit.
  virtual std::vector<edit> riders_to_clean(std::size_t limit) = 0;
  virtual void cleaned(race_key key) = 0;
  virtual void cleaned(const edit& e) = 0;

  /// Counts one more start of this node's data folder. @returns the number of starts, 1 on the first, but not less than
  /// `at_least`, which is counted on from then.
  virtual std::uint64_t count_start(std::uint64_t at_least) = 0;
  std::uint64_t count_start() { return count_start(1); }

  /// Looks for a race that was closed before a time and of which something may go: the result, and rides that hold neither
  /// their racer's record nor, at any second, the best: another score is better, or an earlier ride (by time of close,
  /// then race id) has the same. Excluded rides hold nothing. Races whose bests are still to be told are left alone.
  /// A ride that may go stays one that may: bests only grow.
  /// @param from        where to begin: the `next` of the call before
  /// @param most_rides  ends after the race in which this many rides were looked at, so that others get their turn
  virtual old_race_search find_old(unix_ms before, race_key from, std::size_t most_rides) = 0;
  /// Removes what may go of a race, in one transaction: its result, the rides that leave and their lines in the riders'
  /// histories. Its stamp stays, so that a replay does not bring it back.
  virtual void remove_old(const old_race& race) = 0;

  /// Bytes of the map in use and its size.
  struct usage {
    std::uint64_t used_bytes = 0;
    std::uint64_t map_bytes = 0;
  };
  virtual usage map_usage() = 0;
};

} // namespace alleycat

/// What the actors need from the world outside, in words of `racing`. Implemented in node/ on NATS.
/// No call waits for an answer: outcomes come back as messages. A server that takes nothing any more holds a caller up for 1 s once,
/// then its connection counts as lost.
#pragma once

#include "actors/handoff.hpp"
#include "actors/term.hpp"
#include "racing/closed_race.hpp"
#include "racing/journal.hpp"
#include "racing/record_store.hpp"
#include "racing/view.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace alleycat {

/// The wall clock, and one that only goes forward.
class clock_port {
public:
  virtual ~clock_port() = default;
  virtual unix_ms now() const = 0;
  /// For how long something takes.
  virtual steady_ns steady() const = 0;
};

/// What became of a batch.
struct journal_ack {
  enum class outcome : std::uint8_t {
    stored, ///< durable at `position`
    full,   ///< the journal has no room; nothing was stored
    failed, ///< refused for another reason; nothing was stored, it may be sent again
  };
  std::uint64_t token = 0; ///< as given to `append`
  outcome what = outcome::failed;
  journal_position position;
};

/// What a class's journal holds at a moment.
struct journal_listing {
  class_id cls;
  std::uint64_t number = 0;                                 ///< of the question, for whoever asked
  std::vector<std::pair<race_key, std::uint64_t>> subjects; ///< by race; messages of each
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0; ///< 0 = without limit

  std::uint32_t fill_percent() const {
    return max_bytes == 0 ? 0 : static_cast<std::uint32_t>(bytes * 100 / max_bytes);
  }
};

/// Whether the journal still holds the mark that a race was closed by.
enum class stamp_check : std::uint8_t {
  same,  ///< it does
  gone,  ///< it was purged; the journal went on since
  other, ///< the journal went backwards, or holds something else there
};

/// One message of a race's journal, as read.
struct journal_item {
  journal_position position;
  unix_ms stored{};
  std::uint64_t behind = 0; ///< messages of this subject that are still to come; 0 = caught up
  std::optional<std::variant<journal_batch, close_mark>> content; ///< none: does not decode
  bool backwards = false; ///< no message: the journal went backwards, what follows is read from the start
};

/// Writes batches, keeps their order per race.
class journal_writer {
public:
  virtual ~journal_writer() = default;
  /// Sends the batch; a `journal_ack` with the token follows, or nothing when the connection breaks.
  virtual void append(race_key key, const journal_batch& batch, std::uint64_t token) = 0;
};

/// Reading ends with it.
class journal_reader {
public:
  virtual ~journal_reader() = default;
  /// Goes on from what was read last by a new subscription: the library may have lost the old one in silence.
  virtual void reopen() {}
};

class journal_port {
public:
  virtual ~journal_port() = default;
  /// @param acks  called on a foreign thread
  virtual std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> acks) = 0;
  /// Reads a race's subject from its start, in order, each message once; gaps are detected and read again.
  /// @param wake  called on a foreign thread when `into` stops being empty
  virtual std::unique_ptr<journal_reader> open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into,
                                                      std::function<void()> wake) = 0;
  /// Appends a close mark. That it counts shows when it is read.
  /// @param acked  called on a foreign thread with whether it was stored; never, when the journal does not answer
  virtual void mark(race_key key, const close_mark& mark, std::function<void(bool stored)> acked) = 0;
  /// Removes a race's subject.
  virtual void purge(race_key key) = 0;
  /// Whether the journal still holds the mark of a stamp: sequence, time and subject.
  /// @param found  called on a foreign thread; never, when the journal does not answer
  virtual void check(race_key key, const journal_stamp& stamp, std::function<void(stamp_check)> found) = 0;
  /// Lists a class's subjects. Does not wait behind readers that are being opened.
  /// @param found  called on a foreign thread; never, when the journal does not answer
  virtual void list(class_id cls, std::function<void(journal_listing)> found) = 0;
  /// How full a class's journal is by its last listing, 0..100, whoever owns the class; 0 = not known.
  virtual std::uint32_t fill_percent(class_id cls) const = 0;
};

/// A result as it stands in the results stream.
struct stored_result {
  race_result result;
  journal_stamp stamp; ///< checksum 0 where the stream does not say
};

/// An entry of the changelog.
struct stored_bests {
  class_id cls;
  epoch owner_epoch;
  racer_bests bests;
};

/// One message of the results stream, the changelog or the corrections, as read.
struct results_log_item {
  stream_cursor at;
  std::uint64_t behind = 0; ///< messages that are still to come; 0 = caught up
  /// None: does not decode.
  std::variant<std::monostate, ride_record, stored_result, stored_bests, edit> content;
  bool backwards = false; ///< no message: the stream went backwards, what follows is read from the start
};

/// Reading ends with it.
class results_log_reader {
public:
  virtual ~results_log_reader() = default;
  /// @param found  called on a foreign thread; never, when the stream does not answer
  ///   sent: sequence of the last message that is on its way to us, 0 = none; pending: how many are not yet
  virtual void find_end(std::function<void(std::uint64_t sent, std::uint64_t pending)> found) = 0;
};

/// The streams that outlive the journal: results with their rides, the changelog of bests, corrections.
class results_log_port {
public:
  virtual ~results_log_port() = default;
  /// Reads a stream in order, each message once.
  /// @param after  what was read last; when it is not there any more as it was, an item says `backwards` and all of the
  ///   stream follows
  /// @param wake  called on a foreign thread when `into` stops being empty
  virtual std::unique_ptr<results_log_reader> open_reader(record_stream stream, const stream_cursor& after,
                                                          std::shared_ptr<handoff<results_log_item>> into,
                                                          std::function<void()> wake) = 0;
};

/// What leaves for riders and other systems. Nothing leaves under a term that is over, or is not trusted at the moment: it is
/// dropped and counted.
class publish_port {
public:
  virtual ~publish_port() = default;
  virtual void publish(const term& under, const standings& table) = 0; ///< the whole field, and its top
  virtual void publish(const term& under, const rider_view& view) = 0;
  virtual void publish_leaderboard(const term& under, std::span<const leaderboard_row> rows, std::size_t of) = 0;
  virtual void publish_opened(const term& under, race_key key) = 0;
  /// @param stored  the result, byte for byte as it is stored
  virtual void publish_result(const term& under, race_key key, std::string_view stored) = 0;
  virtual void publish_closed(const term& under, const race_result& result) = 0;
  virtual void publish_record(const term& under, racer_id racer, const final_score& record) = 0;
};

/// The cluster, as the shards of this node see it. No call blocks.
class ownership_port {
public:
  virtual ~ownership_port() = default;
  /// The class is loaded and its races are read.
  virtual void recovered(class_id cls, epoch owner_epoch) = 0;
  /// Likewise, without owning it.
  virtual void preloaded(class_id cls) = 0;
  /// Everything of the class has ended here.
  virtual void stopped(class_id cls) = 0;
  /// An update came for a race whose class is not owned here: tell its owner.
  virtual void hint(race_key key) = 0;
  /// Whether this node owns a class now.
  virtual bool owns(class_id cls) const = 0;
  /// Whether this node's clock and the journal's agree well enough to admit updates.
  virtual bool may_ingest() const = 0;
  /// How many nodes share the updates now, this one among them: 1 at least.
  virtual std::size_t nodes() const = 0;
};

/// Answers to bikes. An empty `reply_to` means that nobody waits.
class answer_port {
public:
  virtual ~answer_port() = default;
  virtual void stored(const std::string& reply_to, journal_position position) = 0;
  virtual void refused(const std::string& reply_to, refusal reason, std::string_view why) = 0;
};

/// A field of a log line.
struct fact {
  std::string_view key;
  std::variant<std::int64_t, std::string> value;

  template <class Tag, class Number>
  fact(std::string_view k, named_number<Tag, Number> v) : key{k}, value{static_cast<std::int64_t>(v.value())} {}
  template <std::integral Number>
  fact(std::string_view k, Number v) : key{k}, value{static_cast<std::int64_t>(v)} {}
  fact(std::string_view k, milliseconds v) : key{k}, value{v.count()} {}
  fact(std::string_view k, unix_ms v) : key{k}, value{ms_of(v)} {}
  fact(std::string_view k, std::string v) : key{k}, value{std::move(v)} {}
};

/// One event, one line. Event ids are `thing.happened`; what varies is a fact.
class log_port {
public:
  virtual ~log_port() = default;
  virtual void info(std::string_view event, std::initializer_list<fact> facts) = 0;
  virtual void warn(std::string_view event, std::initializer_list<fact> facts) = 0;
  /// The last event of this process, which ends with it at once and with exit code 1: nothing is tidied up, nothing more
  /// is written. (In tests it returns.)
  virtual void fatal(std::string_view event, std::initializer_list<fact> facts) = 0;
};

} // namespace alleycat

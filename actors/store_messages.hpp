/// What is said to the store and to the streams of results, bests and corrections, and by those who follow them.
#pragma once

#include "actors/ports.hpp"
#include "actors/race_messages.hpp"
#include "racing/record_store.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alleycat {

/// What became of a race in the store.
struct merge_result {
  bool first_time = false; ///< false: it had been merged before
};

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

} // namespace alleycat

// Messages that stay within a node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::merge_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::load_class)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::class_records_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::apply_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::apply_rides)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::apply_bests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::applied_bests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_unannounced_bests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::keep_announced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ack)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_cursor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::cursor_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::store_cursor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_applied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::applied_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_old)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::old_race_search)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::remove_old)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::remove_stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::removed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::settle_rides)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::settle_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::result_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::append_edit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::edit_appended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::edit_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::apply_edit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::edit_effect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::await_edit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::follow_edits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::edited)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_bests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::bests_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_cleanups)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::cleanups)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::clean_streams)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::cleaned_streams)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::keep_cleaned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::clean_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_stored_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::stored_payload)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::store_bests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::bests_stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::catch_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::caught_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::stream_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_follow_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::follow_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::feed_class)

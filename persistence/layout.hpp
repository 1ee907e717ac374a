/// Keys and values of the tables; persistence/README.md has the layouts.
#pragma once

#include "persistence/bytes.hpp"
#include "racing/record_store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alleycat::layout {

/// Of the file as a whole. Raised when an older program would misread it; a new table alone does not raise it.
inline constexpr std::uint32_t format = 1;

// Keys. --------------------------------------------------------------------------------------------------------------

inline std::string racer_key(class_id cls, racer_id racer) {
  return key_of(cls.value(), racer.value());
}
inline std::string race_key_of(race_key key) {
  return key_of(key.cls.value(), key.race.value());
}
inline std::string ride_key(race_key key, racer_id racer) {
  return key_of(key.cls.value(), key.race.value(), racer.value());
}
/// Sorts the newest ride of a racer first: by time of close, then class and race, all descending.
std::string history_key(racer_id racer, unix_ms closed, race_key key);

// Values. Every `decode_` throws damaged_value for what its `encode_` cannot have written. -------------------------

/// @throws damaged_value unless the value has a known version and the right checksum.
void check_seal(std::string_view value);

/// @pre at most `max_ride_seconds`
std::string encode_bests(const std::vector<score>& at);
std::vector<score> decode_bests(std::string_view value);

std::string encode_record(const final_score& record);
final_score decode_record(std::string_view value);

std::string encode_result(const race_result& result, scoring rule);
race_result decode_result(race_key key, std::string_view value);
/// What the class scored by.
scoring decode_rule(std::string_view value);
race_summary decode_summary(race_key key, std::string_view value);

/// What is stored of a ride: the ride, and what its class scored by.
struct stored_ride {
  ride_record ride;
  scoring rule;
};
/// One ride as it stands in a block. @pre at most `max_ride_seconds`, and nothing was measured in those that are absent: neither would
/// come back
std::string encode_ride(const ride_record& ride, scoring rule);
stored_ride decode_ride(race_key key, racer_id racer, std::string_view content);
/// Its `ride_flag`s alone, at no cost.
std::uint8_t flags_of_ride(std::string_view content);

/// Rides of one race share values: LMDB gives a value of 1.4 KiB or more at least a page (4 KiB) when keys come in
/// order, so that alone they would take more than twice the room. A block of this size fills eight pages, less their
/// header.
inline constexpr std::size_t block_bytes = 8 * 4096 - 16;

/// A ride in a block.
template <class Bytes>
struct block_ride {
  racer_id racer;
  Bytes content; ///< of encode_ride
};
/// @returns whole values, each with the racer its key names: the first one in it.
/// @param rides  by racer id, ascending, each once
std::vector<block_ride<std::string>> encode_blocks(const std::vector<block_ride<std::string>>& rides);
std::vector<block_ride<std::string_view>> decode_block(std::string_view value);

std::string encode_history(const ride_summary& ride);
ride_summary decode_history(std::string_view key, std::string_view value);

/// A rider's name, and the closed race it comes from: the latest wins.
struct stored_name {
  unix_ms closed{};
  race_id race;
  class_id cls;
  std::string name;

  /// By time of close, then race, then class: the same in whatever order races are applied.
  bool later_than(const stored_name& other) const;
};
std::string encode_name(const stored_name& name);
stored_name decode_name(std::string_view value);

/// That a race was applied.
struct applied_race {
  journal_stamp stamp;
  unix_ms closed{};
  bool emptied = false; ///< pruned, and none of its rides is left
};
std::string encode_applied(const applied_race& race);
applied_race decode_applied(std::string_view value);

/// Of results that the stream has otherwise, and of forgotten riders.
inline std::string result_cleanup_key(race_key key) {
  return key_of(std::uint8_t{1}, key.cls.value(), key.race.value());
}
inline std::string rider_cleanup_key(const edit& e) {
  return key_of(std::uint8_t{2}, e.sequence);
}

/// Sorts edits in the order they were made.
std::string edit_key(const edit& e);
std::string encode_edit(const edit& e);
edit decode_edit(std::string_view key, std::string_view value);

std::string encode_cursor(const stream_cursor& cursor);
stream_cursor decode_cursor(std::string_view value);

std::string encode_count(std::uint64_t count);
std::uint64_t decode_count(std::string_view value);

} // namespace alleycat::layout

/// Questions of people, and pages of tables.
#pragma once

#include "actors/name_book.hpp"
#include "racing/all_time_table.hpp"
#include "racing/day_boards.hpp"
#include "racing/leaderboard.hpp"
#include "racing/record_store.hpp"
#include "racing/replay.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alleycat {

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

/// Lines of the audit log, newest first.
struct list_edits {
  std::optional<std::uint64_t> before;
  std::size_t limit = 20;
  std::optional<racer_id> of = std::nullopt; ///< only theirs
};

struct edit_list {
  std::vector<edit> edits;
};

} // namespace alleycat

// Messages that stay within a node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_leaderboard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::leaderboard_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_all_time)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::all_time_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_moment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::moment_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_moment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_people)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::people_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_racer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::racer_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_ride)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ride_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_period_board)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::list_races)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::race_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::result_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::list_edits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::edit_list)

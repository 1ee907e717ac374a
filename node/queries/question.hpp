/// The body of a query.
#pragma once

#include "actors/query_messages.hpp"
#include "racing/ghost.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

/// A question that cannot be answered, with its code for programs.
struct bad_query {
  std::string_view code;
  std::string message;
};

/// What a question's body may say.
struct question {
  page_request page{.offset = 0, .limit = 20, .around = std::nullopt};
  std::optional<race_id> before;
  std::optional<std::size_t> limit; ///< of rows, where not a page is asked for but a beginning
  std::optional<std::uint64_t> second;
  bool usual_second = false; ///< `"second":"half"`
  period over = period::all;
  std::string text;                 ///< of a search
  std::optional<std::string> after; ///< `next` of an answer
  std::vector<std::string> fields;  ///< that rows shall have; empty: all
};

/// What a correction says besides whom it is about.
struct edit_wish {
  std::string name; ///< of a rename
  std::string by;   ///< who asks; empty where nobody says so
};

/// @param text  `{"name"?,"by"?}`
/// @throws bad_query as `read_question`; bad_name
edit_wish read_edit_wish(const std::string& text, bool with_name);

/// What a rider asks for on `alleycat.racer.<racer>.ghost`.
struct ghost_wish {
  std::uint64_t cls = 0;
  std::optional<race_id> race;        ///< none: the one they ride in
  std::optional<ghost_choice> choice; ///< none: no ghost any more
};

/// @param text  `{"classId","ghost":"leader"|"median"|"rank-N"|<racer>|null,"raceId"?}`
/// @throws bad_query as `read_question`
ghost_wish read_ghost_wish(const std::string& text);

/// Names in `fields`, and bytes of `after`, at most.
inline constexpr std::size_t most_fields = 32;
inline constexpr std::size_t longest_cursor = 1024;

/// Rows of an answer at most.
inline constexpr std::size_t most_rows = 1000;

/// @param text  a JSON object, or nothing; fields that are not known are ignored
/// @throws bad_query for a body or value of the wrong type or out of range
question read_question(const std::string& text);

} // namespace alleycat

/// The public messages as JSON (docs/contract.md): camelCase, header fields before rows.
///
/// Encoders append to `out`, so that a buffer can be reused. Scores are exact: units of 0.0001 are written as decimals
/// without trailing zeros, by integer arithmetic (1517880 -> 151.788, 2275000 -> 227.5). Strings must be UTF-8.
#pragma once

#include "racing/journal.hpp"
#include "racing/leaderboard.hpp"
#include "racing/record_store.hpp"
#include "racing/standings.hpp"
#include "racing/view.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace alleycat {

// -- one race ---------------------------------------------------------------------------------------------------------

/// Rows of `top`.
inline constexpr std::size_t top_rows = 20;

/// Which rows of a table are written, and what is to be said in `after` for those that follow.
struct rows_shown {
  std::size_t from = 0;
  std::size_t count = SIZE_MAX;
  std::string_view next = {}; ///< empty: is not said
};

/// The whole field. A `complete` race says `"finalAt"` too. With `all_time_stale` rows say
/// `"allTimeRank":null,"allTimeStale":true`; an unknown rank is null.
void encode_standings(const standings& s, std::string& out, const rows_shown& shown = {});
/// The same header (so `racers` counts the whole field), and the first 20 rows.
void encode_top(const standings& s, std::string& out);
/// `"state":"closed"`; `rank` null for DNF; `second` is the furthest one, `reported` the rides that reached it.
void encode_result(const race_result& r, std::string& out, const rows_shown& shown = {});
/// @returns nothing when it is not a result.
std::optional<race_result> decode_result(std::string_view json);
/// @returns nothing when it is not standings. Of `top` too: `rows` are then the first ones only.
std::optional<standings> decode_standings(std::string_view json);

// -- one rider --------------------------------------------------------------------------------------------------------

/// Unknown ranks are null (all-time with `"stale":true`), as are a missing best and ghost and the racer of a median
/// ghost. `refused` names the reasons counted so far.
void encode_view(const rider_view& v, std::string& out);

// -- tables -----------------------------------------------------------------------------------------------------------

/// The name a racer is shown by; may be empty.
using name_lookup = std::function<std::string(racer_id)>;

struct leaderboard_page {
  class_id cls;
  epoch owner_epoch; ///< of the class's owner
  unix_ms published{};
  std::size_t of = 0; ///< racers on the whole leaderboard
  std::span<const leaderboard_row> rows;
  std::string_view next = {}; ///< where the page after this one begins; empty: is not said
};
/// `{"classId","epoch","ts","of","next"?,"rows":[{"rank","racerId","name","total","raceId","at"}]}`
void encode_leaderboard(const leaderboard_page& page, const name_lookup& names, std::string& out);

struct all_time_page {
  class_id cls;
  own_second second;
  std::size_t of = 0; ///< racers with a best at the second
  std::span<const best_row> rows;
  std::string_view next = {}; ///< as of a leaderboard
};
/// `{"classId","second","of","next"?,"rows":[{"rank","racerId","name","score"}]}`
void encode_all_time(const all_time_page& page, const name_lookup& names, std::string& out);

/// `{"classId","next"?,"rows":[{"raceId","closed","racers","finished","winner":{"racerId","name","total"}}]}`, in the order
/// given; `winner` null where nobody finished.
void encode_races(class_id cls, std::span<const race_summary> races, std::string& out, std::string_view next = {});

// -- answers ----------------------------------------------------------------------------------------------------------

/// `{"ok":true,"seq":48211,"ts":1620051628712}`
void encode_stored(journal_position position, unix_ms ts, std::string& out);
/// `{"ok":false,"error":"bad_second","message":"…","retry":false,"ts":…}`
void encode_refused(refusal reason, std::string_view message, unix_ms ts, std::string& out);
/// `{"error":{"code":"unknown_class","message":"…"}}`
void encode_error(std::string_view code, std::string_view message, std::string& out);

/// What a node answered to an update.
struct answer {
  bool ok = false;
  journal_position position; ///< with ok
  std::string error;         ///< without: name of the refusal
  std::string message;
  bool retry = false;
  unix_ms ts{};

  friend bool operator==(const answer&, const answer&) = default;
};
/// @returns nothing when it is not an answer.
std::optional<answer> decode_answer(std::string_view json);

// -- building blocks --------------------------------------------------------------------------------------------------

/// Appends a quoted, escaped JSON string.
void append_json_string(std::string_view text, std::string& out);
/// Appends a score in its decimal form.
void append_score(score s, std::string& out);

} // namespace alleycat

/// Where a page of rows begins, as text: `next` of one answer is `after` of the following question. Opaque to who asks.
///
/// A cursor names the last row by what it is ordered by, not by its number: what comes in meanwhile moves no row into a later page that
/// was seen, and none that was not seen out of it. A table that changes as a whole (a race) is kept for a while instead: its
/// cursor says which table, and the number of the row.
#pragma once

#include "actors/query_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// A row of a race's table.
struct race_place {
  std::uint64_t table = 0; ///< fingerprint of the whole table
  std::size_t row = 0;     ///< number of the first row of the page

  friend bool operator==(const race_place&, const race_place&) = default;
};

std::string cursor_text(const table_place& place);
std::string cursor_text(const history_place& place);
std::string cursor_text(const name_book::hit_place& place);
std::string cursor_text(const race_place& place);
/// A race, the number of a correction, a second.
std::string cursor_text(std::uint64_t number);

/// @returns what `cursor_text` wrote; nothing for another text
std::optional<table_place> read_table_place(std::string_view text);
std::optional<history_place> read_history_place(std::string_view text);
std::optional<name_book::hit_place> read_hit_place(std::string_view text);
std::optional<race_place> read_race_place(std::string_view text);
/// @param highest  0..highest are taken
std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t highest);

} // namespace alleycat

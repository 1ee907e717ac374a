/// Pages of tables.
#pragma once

#include "actors/query_messages.hpp"
#include "racing/leaderboard.hpp"

#include <optional>
#include <utility>

namespace alleycat {

/// The place a page begins at; none when it is around somebody who is not in the table.
/// @param place_of  0-based place of a racer, or none
/// @param up_to     how many stand at a place or before it
template <class PlaceOf, class UpTo>
std::optional<std::size_t> first_place(const page_request& page, PlaceOf place_of, UpTo up_to) {
  if (page.after)
    return up_to(*page.after);
  if (!page.around)
    return page.offset;
  const std::optional<std::size_t> place = place_of(*page.around);
  if (!place)
    return std::nullopt;
  return *place > page.limit / 2 ? *place - page.limit / 2 : 0;
}

inline leaderboard_answer page_of(const leaderboard& board, const page_request& page) {
  const auto from = first_place(
      page, [&](racer_id racer) { return board.place(racer); },
      [&](const table_place& after) { return board.up_to(after.value, after.racer); });
  auto rows = from ? board.page(*from, page.limit) : std::vector<leaderboard_row>{};
  const bool more = from && *from + rows.size() < board.size();
  return {epoch{}, board.size(), std::move(rows), more};
}

} // namespace alleycat

/// Pages of tables.
#pragma once

#include "actors/messages.hpp"
#include "racing/leaderboard.hpp"

#include <optional>

namespace alleycat {

/// The place a page begins at; none when it is around somebody who is not in the table.
/// @param place_of  0-based place of a racer, or none
template <class PlaceOf>
std::optional<std::size_t> first_place(const page_request& page, PlaceOf place_of) {
  if (!page.around)
    return page.offset;
  const std::optional<std::size_t> place = place_of(*page.around);
  if (!place)
    return std::nullopt;
  return *place > page.limit / 2 ? *place - page.limit / 2 : 0;
}

inline leaderboard_answer page_of(const leaderboard& board, const page_request& page) {
  const auto from = first_place(page, [&](racer_id racer) { return board.place(racer); });
  return {epoch{}, board.size(), from ? board.page(*from, page.limit) : std::vector<leaderboard_row>{}};
}

} // namespace alleycat

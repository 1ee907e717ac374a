/// Values of the race as cells of a table.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat::cli {

/// All four decimals: two scores that look the same are the same.
std::string score_text(score s);
/// "-" for 0, which is no rank.
std::string rank_text(rank_t rank);
/// The printable name, or "#8" where there is none.
std::string name_text(std::string_view name, racer_id racer);
/// "2021-05-03 14:13:48" in UTC.
std::string time_text(unix_ms t);

/// The same from a row of the server's JSON; "-" where the field is missing, null or of another type.
std::string score_cell(const nlohmann::json& row, const char* field);
std::string number_cell(const nlohmann::json& row, const char* field);
std::string time_cell(const nlohmann::json& row, const char* field);
/// From `name` and `racerId`.
std::string name_cell(const nlohmann::json& row);

/// Numbers as a line of bars, `width` columns wide at most: each bar is the mean of its share, from the lowest to the
/// highest of all; a space where there are none. Nulls are no numbers.
std::string sparkline(const std::vector<std::optional<double>>& values, std::size_t width);

/// `rows` of an answer; empty where there are none.
const nlohmann::json& rows_of(const nlohmann::json& answer);

/// The text as one line, so that a message stays a message a line; made printable when standard output is a terminal.
std::string one_line(std::string_view json);

} // namespace alleycat::cli

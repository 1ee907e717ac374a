/// What an export writes of results and rides, as lines of CSV (RFC 4180) or NDJSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace alleycat::cli {

/// The first line of CSV, with the names of the columns; those of the questions' answers.
std::string result_header();
std::string ride_header();

/// A line for each row of a race's result.
/// @param result  an answer of `alleycat.query.race`
std::string result_lines(const nlohmann::ordered_json& result, bool csv);

/// CSV: a line for each own second up to the furthest, empty cells where it is missing. NDJSON: the answer as one line.
/// @param ride  an answer of `alleycat.query.ride`
std::string ride_lines(const nlohmann::ordered_json& ride, bool csv);

/// A field's value as a cell of CSV; nothing for null. Text that a spreadsheet would take for a formula gets a `'` before it.
std::string csv_cell(const nlohmann::ordered_json& row, const char* field);

} // namespace alleycat::cli

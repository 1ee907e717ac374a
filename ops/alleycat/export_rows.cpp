#include "ops/alleycat/export_rows.hpp"

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

namespace alleycat::cli {

namespace {

using json = nlohmann::ordered_json;

// Of the result and the ride themselves first, then of their rows.
constexpr const char* result_columns[] = {"classId", "raceId",   "closed",      "rank",    "hereNowRank",
                                          "racerId", "name",     "second",      "seconds", "output",
                                          "total",   "finished", "allTimeRank", "excluded"};
constexpr const char* ride_columns[] = {"classId",  "raceId",      "racerId",     "name",       "start",
                                        "excluded", "second",      "cadence",     "resistance", "output",
                                        "total",    "hereNowRank", "allTimeRank", "power",      "heartRate"};

std::string header_of(std::span<const char* const> columns) {
  std::string line;
  for (const auto* column : columns)
    line += (line.empty() ? "" : ",") + std::string{column};
  return line + "\n";
}

std::string csv_line(const json& row, std::span<const char* const> columns) {
  std::string line;
  for (const auto* column : columns)
    line += (column == columns.front() ? "" : ",") + csv_cell(row, column);
  return line + "\n";
}

} // namespace

std::string csv_cell(const json& row, const char* field) {
  const auto found = row.find(field);
  if (found == row.end() || found->is_null())
    return {};
  if (!found->is_string())
    return found->dump();
  auto text = found->get<std::string>();
  if (!text.empty() && std::string_view{"=+-@"}.find(text.front()) != std::string_view::npos)
    text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string{"\"\""} : std::string{c};
  return quoted + '"';
}

std::string result_header() {
  return header_of(result_columns);
}

std::string ride_header() {
  return header_of(ride_columns);
}

std::string result_lines(const json& result, bool csv) {
  std::string text;
  for (const auto& row : result.at("rows")) {
    json whole{{"classId", result.at("classId")}, {"raceId", result.at("raceId")}, {"closed", result.at("ts")}};
    whole.update(row);
    text += csv ? csv_line(whole, result_columns) : whole.dump() + "\n";
  }
  return text;
}

std::string ride_lines(const json& ride, bool csv) {
  if (!csv)
    return ride.dump() + "\n";
  std::string text;
  for (auto row : ride.at("rows")) {
    for (const char* field : {"classId", "raceId", "racerId", "name", "start", "excluded"})
      row[field] = ride.at(field);
    text += csv_line(row, ride_columns);
  }
  return text;
}

} // namespace alleycat::cli

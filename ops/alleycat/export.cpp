/// `alleycat export`: results and rides as CSV, NDJSON or TCX, race by race.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/export_file.hpp"
#include "ops/alleycat/export_rows.hpp"
#include "ops/alleycat/progress.hpp"
#include "ops/alleycat/tcx.hpp"
#include "ops/alleycat/times.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>

namespace alleycat::cli {

namespace {

using json = nlohmann::ordered_json;

struct export_options {
  std::string file;
  std::string what = "results";
  std::vector<std::uint16_t> classes;
  std::string day, hour, from, to;
  std::vector<std::uint32_t> ride; ///< class, race, racer
};

/// Races that begin in it: `from` <= raceId < `to`.
struct race_range {
  std::uint64_t from = 0;
  std::uint64_t to = std::uint64_t{1} << 32;
};

time_span span_of(const export_options& o) {
  if (!o.day.empty())
    return day_of(o.day);
  if (!o.hour.empty())
    return hour_of(o.hour);
  time_span span;
  if (!o.from.empty())
    span.from = time_of(o.from);
  if (!o.to.empty())
    span.to = time_of(o.to);
  return span;
}

race_range range_of(std::chrono::seconds window, const export_options& o) {
  const auto first_from = [&](unix_ms t) {
    return static_cast<std::uint64_t>((t.time_since_epoch() + window - milliseconds{1}) / window);
  };
  const auto span = span_of(o);
  race_range range;
  if (span.from)
    range.from = first_from(*span.from);
  if (span.to)
    range.to = std::min(range.to, first_from(*span.to));
  return range;
}

/// `rows` of an answer that there must be, waited for while the nodes come back.
json rows_of_answer(const connection& nats, const std::string& question, const json& body) {
  const auto answer = nats.query_all({question}, body.dump()).front();
  return answer ? json::parse(*answer).at("rows") : json::array();
}

/// A class's closed races in the range, by race.
std::vector<export_race> races_of(const connection& nats, std::uint16_t cls, race_range range) {
  constexpr std::size_t page = 1000;
  std::vector<export_race> races;
  auto before = range.to;
  for (;;) {
    json body{{"limit", page}};
    if (before <= std::numeric_limits<std::uint32_t>::max())
      body["before"] = before;
    const auto rows = rows_of_answer(nats, fmt::format("races.{}", cls), body);
    for (const auto& row : rows)
      if (const auto race = row.at("raceId").get<std::uint32_t>(); race >= range.from)
        races.push_back({cls, race});
    if (rows.size() < page || (before = rows.back().at("raceId").get<std::uint32_t>()) <= range.from)
      break;
  }
  std::reverse(races.begin(), races.end());
  return races;
}

/// By class and race.
std::vector<export_race> races_of(const connection& nats, const export_options& o, race_range range) {
  auto classes = o.classes;
  const auto all = classes.empty() ? rows_of_answer(nats, "classes", json::object()) : json::array();
  for (const auto& row : all)
    classes.push_back(row.at("classId").get<std::uint16_t>());
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  std::vector<export_race> races;
  for (const auto cls : classes) {
    const auto of_class = races_of(nats, cls, range);
    races.insert(races.end(), of_class.begin(), of_class.end());
  }
  return races;
}

/// The number of the latest correction; 0 before the first.
std::uint64_t latest_correction(const connection& nats) {
  const auto rows = rows_of_answer(nats, "audit", {{"limit", 1}});
  return rows.empty() ? 0 : rows.front().at("seq").get<std::uint64_t>();
}

/// @returns false when one of them is gone
bool add_other_pages(const connection& nats, const export_race& race, json& result) {
  auto& rows = result.at("rows");
  for (auto next = result.value("next", std::string{}); !next.empty();) {
    const auto answer =
        nats.query_all({fmt::format("race.{}.{}", race.cls, race.race)}, json{{"after", next}}.dump()).front();
    if (!answer)
      return false;
    auto page = json::parse(*answer);
    for (auto& row : page.at("rows"))
      rows.push_back(std::move(row));
    next = page.value("next", std::string{});
  }
  return true;
}

/// A race's result; none when it was pruned since the list was made. A node that does not have it yet is asked again: another
/// one may have made the list.
std::optional<json> result_of(const connection& nats, const export_race& race) {
  constexpr int tries = 6;
  constexpr std::chrono::milliseconds pause{500};
  for (int i = 0;; ++i) {
    const auto answer = nats.query_all({fmt::format("race.{}.{}", race.cls, race.race)}).front();
    if (answer)
      if (auto result = json::parse(*answer);
          result.value("state", std::string{}) == "closed" && add_other_pages(nats, race, result))
        return result;
    if (i == tries)
      return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

/// Writes the rides of a race, some at a time.
void write_rides(const connection& nats, const json& result, bool csv, export_file& out) {
  constexpr std::size_t at_a_time = 50;
  const auto& rows = result.at("rows");
  for (std::size_t first = 0; first < rows.size(); first += at_a_time) {
    std::vector<std::string> questions;
    for (auto i = first; i < std::min(first + at_a_time, rows.size()); ++i)
      questions.push_back(fmt::format("ride.{}.{}.{}", result.at("classId").get<std::uint16_t>(),
                                      result.at("raceId").get<std::uint32_t>(),
                                      rows.at(i).at("racerId").get<std::uint32_t>()));
    std::string text;
    for (const auto& found : nats.query_all(questions))
      if (found) // else forgotten meanwhile
        text += ride_lines(json::parse(*found), csv);
    out.append(text);
  }
}

void export_one(const connection& nats, const export_options& o, const common_options& common) {
  const auto kind = kind_of_export(o.file);
  if (o.ride.size() != 3)
    throw command_failed{"a .tcx file holds one ride: say --ride CLASS RACE RACER"};
  const auto ride = json::parse(nats.query(fmt::format("ride.{}.{}.{}", o.ride[0], o.ride[1], o.ride[2]), "{}"));
  const bool csv = kind.format == export_format::csv;
  write_whole(o.file, kind.zstd,
              kind.format == export_format::tcx ? tcx_of(ride) : (csv ? ride_header() : "") + ride_lines(ride, csv));
  if (common.json)
    fmt::print("{}\n", json{{"file", o.file}, {"rides", 1}}.dump());
  else
    fmt::print("{}: one ride\n", o.file);
}

/// @returns whether it is written; not when a correction was made meanwhile, which the races before it may lack
bool write_races(const connection& nats, const export_options& o, race_range range, export_file& out,
                 progress_bar& bar) {
  const bool csv = kind_of_export(o.file).format == export_format::csv;
  const bool rides = o.what == "rides";
  const auto corrections = latest_correction(nats);
  if (!out.continued() || out.corrections() != corrections) {
    if (out.continued())
      bar.say("corrections were made since: what was written is written anew");
    out.begin(races_of(nats, o, range), corrections, !csv ? "" : rides ? ride_header() : result_header());
  }
  bar.show(out.done(), out.of());
  while (const auto* next = out.next()) {
    if (const auto result = result_of(nats, *next); result && rides)
      write_rides(nats, *result, csv, out);
    else if (result)
      out.append(result_lines(*result, csv));
    out.race_done();
    bar.show(out.done(), out.of());
  }
  return latest_correction(nats) == corrections;
}

void run(const common_options& common, const export_options& o) {
  constexpr int tries = 5;
  const auto kind = kind_of_export(o.file);
  const auto asked =
      json{{"what", o.what}, {"classes", o.classes}, {"day", o.day}, {"hour", o.hour}, {"from", o.from}, {"to", o.to}}
          .dump();
  span_of(o); // says what is wrong with it before anything else happens
  const connection nats{common};
  if (kind.format == export_format::tcx || !o.ride.empty())
    return export_one(nats, o, common);
  // Where nobody is, this says so at once; from here on it is waited for nodes that are restarted.
  const auto rules = json::parse(nats.query("now", "{}")).at("rules");
  const auto range = range_of(std::chrono::seconds{rules.at("windowSeconds").get<std::int64_t>()}, o);
  // What was begun goes on with the races it had listed, so that it ends as if it had never been interrupted.
  export_file out{o.file, kind.zstd, asked};
  const bool continued = out.continued();
  {
    progress_bar bar{"races"};
    for (int i = 1; !write_races(nats, o, range, out, bar); ++i)
      if (i == tries)
        throw command_failed{"corrections are being made all the time; try again later"};
  }
  out.finish();
  if (common.json)
    fmt::print("{}\n", json{{"file", o.file}, {"races", out.of()}, {"continued", continued}}.dump());
  else
    fmt::print("{}: {} races{}\n", o.file, out.of(), continued ? " (continued)" : "");
}

} // namespace

void add_export(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("export", "Write results or rides to a file, while the nodes run");
  auto o = std::make_shared<export_options>();
  command
      ->add_option("file", o->file,
                   "*.csv, *.ndjson, either with .zst behind it, or *.tcx; an export that was interrupted goes on")
      ->required();
  command->add_option("--what", o->what, "a line for each row of the results, or for each second of the rides")
      ->check(CLI::IsMember({"results", "rides"}))
      ->capture_default_str();
  command->add_option("--class", o->classes, "only of these classes")->delimiter(',')->check(CLI::Range(1, 65535));
  auto* day = command->add_option("--day", o->day, "only races whose window began on this day: 2026-11-26, UTC");
  auto* hour = command->add_option("--hour", o->hour, "or in this hour: 2026-11-26T20, UTC");
  auto* from = command->add_option("--from", o->from,
                                   "or at this time or later: 2026-11-26, 2026-11-26T20 or 2026-11-26T20:00:00, UTC");
  auto* to = command->add_option("--to", o->to, "and before this time");
  day->excludes(hour)->excludes(from)->excludes(to);
  hour->excludes(from)->excludes(to);
  auto* ride = command->add_option("--ride", o->ride, "one ride alone: class, race and racer")->expected(3);
  for (auto* other : {day, hour, from, to, command->get_option("--class")})
    ride->excludes(other);
  command->callback([o, &common] { run(common, *o); });
}

} // namespace alleycat::cli

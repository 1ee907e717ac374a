/// `alleycat ride <class> <race> <racer>`: one closed ride, second by second.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace alleycat::cli {

namespace {

constexpr std::size_t line_width = 60;

struct ride_options {
  std::uint16_t cls = 0;
  std::uint32_t race = 0;
  std::uint32_t racer = 0;
  bool seconds = false;
};

void show_line(const nlohmann::json& answer, const char* title, const char* field) {
  std::vector<std::optional<double>> values;
  for (const auto& row : rows_of(answer)) {
    const auto found = row.find(field);
    values.push_back(found != row.end() && found->is_number() ? std::optional{found->get<double>()} : std::nullopt);
  }
  fmt::print("{:<13}{}\n", title, sparkline(values, line_width));
}

std::string tenth_cell(const nlohmann::json& row, const char* field) {
  const auto found = row.find(field);
  return found != row.end() && found->is_number() ? fmt::format("{:.1f}", found->get<double>()) : "-";
}

void show_seconds(const nlohmann::json& answer) {
  table t{{{"SECOND", align::right},
           {"CADENCE", align::right},
           {"RESISTANCE", align::right},
           {"OUTPUT", align::right},
           {"TOTAL", align::right},
           {"HERE", align::right},
           {"ALL TIME", align::right}},
          {}};
  for (const auto& row : rows_of(answer)) {
    t.rows.push_back({number_cell(row, "second"), tenth_cell(row, "cadence"), tenth_cell(row, "resistance"),
                      score_cell(row, "output"), score_cell(row, "total"), number_cell(row, "hereNowRank"),
                      number_cell(row, "allTimeRank")});
  }
  fmt::print("\n");
  print(t);
}

void show_ride(const nlohmann::json& answer, const ride_options& o) {
  const auto rank = number_cell(answer, "rank");
  fmt::print("{}  racer {}  class {}  race {}  {}\n", name_cell(answer), o.racer, o.cls, o.race,
             rank == "-" ? "DNF" : "rank " + rank);
  fmt::print("closed {} UTC  second {}  seconds {}  total {}\n\n", time_cell(answer, "closed"),
             number_cell(answer, "second"), number_cell(answer, "seconds"), score_cell(answer, "total"));
  show_line(answer, "cadence", "cadence");
  show_line(answer, "resistance", "resistance");
  show_line(answer, "output", "output");
  if (o.seconds) {
    show_seconds(answer);
  }
}

void run(const common_options& common, const ride_options& o) {
  const connection nats{common};
  const auto answer = nats.query(fmt::format("ride.{}.{}.{}", o.cls, o.race, o.racer), "{}");
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_ride(nlohmann::json::parse(answer), o);
  }
}

} // namespace

void add_ride(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("ride", "One closed ride: cadence, resistance and output as lines");
  auto options = std::make_shared<ride_options>();
  add_class_argument(*command, options->cls);
  add_race_argument(*command, options->race);
  add_racer_argument(*command, options->racer);
  command->add_flag("--seconds", options->seconds, "each second as a row too");
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

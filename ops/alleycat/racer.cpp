/// `alleycat racer <racer>`: records and recent rides.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/pages.hpp"
#include "ops/alleycat/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

namespace {

struct racer_options {
  std::uint32_t racer = 0;
  std::uint32_t limit = 20;
  std::uint32_t offset = 0;
  page_options page;
};

const nlohmann::json& list_of(const nlohmann::json& answer, const char* field) {
  static const auto none = nlohmann::json::array();
  const auto found = answer.find(field);
  return found != answer.end() && found->is_array() ? *found : none;
}

void show_racer(const nlohmann::json& answer) {
  fmt::print("{}  racer {}\n\nRecords\n\n", name_cell(answer), number_cell(answer, "racerId"));
  table records{{{"CLASS", align::right}, {"TOTAL", align::right}, {"RACE", align::right}, {"CLOSED (UTC)"}}, {}};
  for (const auto& row : list_of(answer, "records")) {
    records.rows.push_back(
        {number_cell(row, "classId"), score_cell(row, "total"), number_cell(row, "raceId"), time_cell(row, "at")});
  }
  print(records);
  fmt::print("\nRides\n\n");
  table rides{{{"CLASS", align::right},
               {"RACE", align::right},
               {"CLOSED (UTC)"},
               {"RANK", align::right},
               {"SECOND", align::right},
               {"SECONDS", align::right},
               {"TOTAL", align::right}},
              {}};
  for (const auto& row : list_of(answer, "rides")) {
    const auto rank = number_cell(row, "rank");
    rides.rows.push_back({number_cell(row, "classId"), number_cell(row, "raceId"), time_cell(row, "closed"),
                          rank == "-" ? "DNF" : rank, number_cell(row, "second"), number_cell(row, "seconds"),
                          score_cell(row, "total")});
  }
  print(rides);
  show_next(answer);
}

void run(const common_options& common, const racer_options& o) {
  const connection nats{common};
  nlohmann::json request{{"limit", o.limit}, {"offset", o.offset}};
  put_page(o.page, request);
  const auto answer = nats.query(fmt::format("racer.{}", o.racer), request.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_racer(nlohmann::json::parse(answer));
  }
}

} // namespace

void add_racer(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("racer", "A racer's records and rides, the latest first");
  auto options = std::make_shared<racer_options>();
  add_racer_argument(*command, options->racer);
  command->add_option("--limit", options->limit, "rides to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
  command->add_option("--offset", options->offset, "rides to leave out before")->capture_default_str();
  add_page_options(*command, options->page);
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

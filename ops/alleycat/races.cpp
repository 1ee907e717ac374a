/// `alleycat races <class>`: the closed races of a class, the latest first.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/pages.hpp"
#include "ops/alleycat/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace alleycat::cli {

namespace {

struct races_options {
  std::uint16_t cls = 0;
  std::uint32_t limit = 20;
  std::optional<std::uint32_t> before;
  page_options page;
};

void show_races(const nlohmann::json& answer) {
  table t{{{"RACE", align::right},
           {"CLOSED (UTC)"},
           {"RACERS", align::right},
           {"FINISHED", align::right},
           {"WINNER"},
           {"TOTAL", align::right}},
          {}};
  for (const auto& row : rows_of(answer)) {
    const auto winner = row.value("winner", nlohmann::json{});
    t.rows.push_back({number_cell(row, "raceId"), time_cell(row, "closed"), number_cell(row, "racers"),
                      number_cell(row, "finished"), winner.is_object() ? name_cell(winner) : "-",
                      winner.is_object() ? score_cell(winner, "total") : "-"});
  }
  print(t);
  show_next(answer);
}

void run(const common_options& common, const races_options& o) {
  const connection nats{common};
  nlohmann::json request{{"limit", o.limit}};
  if (o.before) {
    request["before"] = *o.before;
  }
  put_page(o.page, request);
  const auto answer = nats.query(fmt::format("races.{}", o.cls), request.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_races(nlohmann::json::parse(answer));
  }
}

} // namespace

void add_races(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("races", "The closed races of a class, the latest first");
  auto options = std::make_shared<races_options>();
  add_class_argument(*command, options->cls);
  command->add_option("--limit", options->limit, "rows to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
  command->add_option("--before", options->before, "only races before this race id");
  add_page_options(*command, options->page);
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

/// `alleycat top <class>`: the leaderboard.
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

struct top_options {
  std::uint16_t cls = 0;
  std::uint32_t limit = 20;
  std::uint32_t offset = 0;
  std::string period = "all";
  std::optional<std::uint32_t> around;
  page_options page;
};

void show_top(const nlohmann::json& answer) {
  table t{{{"RANK", align::right},
           {"NAME"},
           {"RACER", align::right},
           {"TOTAL", align::right},
           {"RACE", align::right},
           {"CLOSED (UTC)"}},
          {}};
  for (const auto& row : rows_of(answer)) {
    t.rows.push_back({number_cell(row, "rank"), name_cell(row), number_cell(row, "racerId"), score_cell(row, "total"),
                      number_cell(row, "raceId"), time_cell(row, "at")});
  }
  print(t);
  show_next(answer);
}

void run(const common_options& common, const top_options& o) {
  const connection nats{common};
  nlohmann::json request{{"limit", o.limit}, {"offset", o.offset}};
  if (o.period != "all") {
    request["period"] = o.period;
  }
  if (o.around) {
    request["around"] = *o.around;
  }
  put_page(o.page, request);
  const auto answer = nats.query(fmt::format("leaderboard.{}", o.cls), request.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_top(nlohmann::json::parse(answer));
  }
}

} // namespace

void add_top(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("top", "The leaderboard of a class: best finished rides");
  auto options = std::make_shared<top_options>();
  add_class_argument(*command, options->cls);
  command->add_option("--limit", options->limit, "rows to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
  command->add_option("--offset", options->offset, "rows to leave out before")->capture_default_str();
  command->add_option("--period", options->period, "how far to look back")
      ->check(CLI::IsMember({"all", "today", "7d", "30d"}))
      ->capture_default_str();
  command->add_option("--around", options->around, "the rows around this racer");
  add_page_options(*command, options->page);
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

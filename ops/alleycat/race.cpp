/// `alleycat race <class> <race>`: one race, its result or where it stands.
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

struct race_options {
  std::uint16_t cls = 0;
  std::uint32_t race = 0;
  std::uint32_t limit = 1000;
  std::string second; ///< a number, or "half"; empty: none
  page_options page;
};

void show_race(const nlohmann::json& answer, const race_options& o) {
  const auto found = answer.find("state");
  const auto state = found != answer.end() && found->is_string() ? found->get<std::string>() : std::string{};
  const bool closed = state == "closed";
  const auto how = !o.second.empty()     ? std::string{closed ? "as it stood" : "as it stands"}
                   : closed              ? std::string{"FINAL"}
                   : state == "complete" ? fmt::format("PROVISIONAL, final at {} UTC", time_cell(answer, "finalAt"))
                                         : std::string{"running"};
  fmt::print("Class {}  race {}  {}  second {}  racers {}  finished {}\n\n", o.cls, o.race, how,
             number_cell(answer, "second"), number_cell(answer, "racers"), number_cell(answer, "finished"));
  table t{{{"RANK", align::right},
           {"NAME"},
           {"RACER", align::right},
           {"SECOND", align::right},
           {"SECONDS", align::right},
           {"OUTPUT", align::right},
           {"TOTAL", align::right},
           {"ALL TIME", align::right}},
          {}};
  for (const auto& row : rows_of(answer)) {
    const auto rank = number_cell(row, "rank");
    t.rows.push_back({closed && rank == "-" ? "DNF" : rank, name_cell(row), number_cell(row, "racerId"),
                      number_cell(row, "second"), number_cell(row, "seconds"), score_cell(row, "output"),
                      score_cell(row, "total"), number_cell(row, "allTimeRank")});
  }
  print(t);
  show_next(answer);
}

void run(const common_options& common, const race_options& o) {
  const connection nats{common};
  nlohmann::json request{{"limit", o.limit}};
  if (o.second == "half") {
    request["second"] = o.second;
  } else if (!o.second.empty()) {
    request["second"] = std::stoul(o.second);
  }
  put_page(o.page, request);
  const auto answer = nats.query(fmt::format("race.{}.{}", o.cls, o.race), request.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_race(nlohmann::json::parse(answer), o);
  }
}

} // namespace

void add_race(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("race", "One race: its result, or where it stands");
  auto options = std::make_shared<race_options>();
  add_class_argument(*command, options->cls);
  add_race_argument(*command, options->race);
  command->add_option("--limit", options->limit, "rows to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
  command
      ->add_option("--second", options->second,
                   "one ranking at this own second; half: at the furthest that half of those riding have reached")
      ->check(CLI::Range(1U, 65'535U) | CLI::IsMember({"half"}));
  add_page_options(*command, options->page);
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

/// `alleycat search <text>`: riders by name or number.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/pages.hpp"
#include "ops/alleycat/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

namespace {

struct search_options {
  std::string text;
  std::uint32_t limit = 20;
  page_options page;
};

void show_people(const nlohmann::json& answer) {
  table t{{{"RACER", align::right}, {"NAME"}}, {}};
  for (const auto& row : rows_of(answer))
    t.rows.push_back({number_cell(row, "racerId"), name_cell(row)});
  print(t);
  if (const auto of = answer.value("of", std::size_t{0}); of > t.rows.size())
    fmt::print("{} of {}\n", t.rows.size(), of);
  show_next(answer);
}

void run(const common_options& common, const search_options& o) {
  const connection nats{common};
  nlohmann::json request{{"text", o.text}, {"limit", o.limit}};
  put_page(o.page, request);
  const auto answer = nats.query("search", request.dump());
  if (common.json)
    fmt::print("{}\n", one_line(answer));
  else
    show_people(nlohmann::json::parse(answer));
}

} // namespace

void add_search(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("search", "Riders by the beginning of their name, or by their number");
  auto options = std::make_shared<search_options>();
  command
      ->add_option("text", options->text,
                   "beginning of a word of the name, whatever case and accents; or of the number")
      ->required();
  command->add_option("--limit", options->limit, "rows to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
  add_page_options(*command, options->page);
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

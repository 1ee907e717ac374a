/// `alleycat ghost <class> <who>`: the curve a rider can race against.
#include "racing/ghost.hpp"
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace alleycat::cli {

namespace {

constexpr std::size_t line_width = 60;

struct ghost_options {
  std::uint16_t cls = 0;
  std::string who;
};

void show_ghost(const nlohmann::json& answer) {
  const auto scores = answer.find("scores");
  std::vector<std::optional<double>> values;
  if (scores != answer.end() && scores->is_array()) {
    for (const auto& each : *scores) {
      values.push_back(each.is_number() ? std::optional{each.get<double>()} : std::nullopt);
    }
  }
  if (number_cell(answer, "racerId") == "-") {
    fmt::print("Class {}  the median of all riders\n", number_cell(answer, "classId"));
  } else {
    fmt::print("Class {}  {}  racer {}  race {}  closed {} UTC\n", number_cell(answer, "classId"), name_cell(answer),
               number_cell(answer, "racerId"), number_cell(answer, "raceId"), time_cell(answer, "at"));
  }
  const auto last = values.empty() || !values.back() ? std::string{"-"} : fmt::format("{:.4f}", *values.back());
  fmt::print("{} seconds, {} at the end\n\n{}\n", values.size(), last, sparkline(values, line_width));
}

void run(const common_options& common, const ghost_options& o) {
  const connection nats{common};
  const auto answer = nats.query(fmt::format("ghost.{}.{}", o.cls, o.who), "{}");
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
  } else {
    show_ghost(nlohmann::json::parse(answer));
  }
}

} // namespace

void add_ghost(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("ghost", "The scores of a ride to race against, second by second");
  auto options = std::make_shared<ghost_options>();
  add_class_argument(*command, options->cls);
  command->add_option("who", options->who, "leader, median, rank-N or a racer id")
      ->required()
      ->check([](const std::string& text) {
        return parse_ghost(text) ? std::string{} : "'" + text + "' is not leader, median, rank-N or a racer id";
      });
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

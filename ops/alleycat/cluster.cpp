/// `alleycat cluster`: the nodes and who owns what. `alleycat drain <node>`: lets a node hand over and leave.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/table.hpp"

#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace alleycat::cli {

namespace {

void show_cluster(const nlohmann::json& answer) {
  table nodes{{{"NODE"},
               {"STATE"},
               {"READY"},
               {"CLASSES", align::right},
               {"RACES", align::right},
               {"RIDERS", align::right},
               {"SINCE (UTC)"},
               {"VERSION"},
               {"ADDRESS"}},
              {}};
  for (const auto& row : answer.value("nodes", nlohmann::json::array()))
    nodes.rows.push_back({row.value("name", "-"), row.value("state", "-"), row.value("ready", false) ? "yes" : "no",
                          number_cell(row, "classes"), number_cell(row, "races"), number_cell(row, "riders"),
                          time_cell(row, "since"), row.value("version", "-"), row.value("address", "-")});
  print(nodes);
  fmt::print("\n");
  table classes{{{"CLASS", align::right}, {"OWNER"}, {"EPOCH", align::right}, {"SINCE (UTC)"}, {"READY"}}, {}};
  for (const auto& row : answer.value("classes", nlohmann::json::array())) {
    const bool owned = row.contains("owner") && row["owner"].is_string();
    classes.rows.push_back({number_cell(row, "classId"), owned ? row["owner"].get<std::string>() : "nobody",
                            owned ? number_cell(row, "epoch") : "-", owned ? time_cell(row, "since") : "-",
                            row.value("ready", false) ? "yes" : "no"});
  }
  print(classes);
}

void run_cluster(const common_options& common, bool watch) {
  const connection nats{common};
  for (;;) {
    const auto answer = nats.query("cluster", "{}");
    if (common.json)
      fmt::print("{}\n", one_line(answer));
    else
      show_cluster(nlohmann::json::parse(answer));
    if (!watch)
      return;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds{1});
    if (!common.json)
      fmt::print("\n");
  }
}

void run_drain(const common_options& common, const std::string& node) {
  const connection nats{common};
  const auto answer = nats.query("drain." + node, "{}");
  if (common.json)
    fmt::print("{}\n", one_line(answer));
  else
    fmt::print("{} hands over what it owns, and leaves; alleycat cluster shows how far it is\n", node);
}

} // namespace

void add_cluster(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("cluster", "The nodes, and who owns which class since when");
  auto watch = std::make_shared<bool>(false);
  command->add_flag("--watch", *watch, "once a second, until Ctrl-C");
  command->callback([watch, &common] { run_cluster(common, *watch); });
}

void add_drain(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("drain", "Let a node hand over what it owns, and leave");
  auto node = std::make_shared<std::string>();
  command->add_option("node", *node, "its name")->required();
  command->callback([node, &common] { run_drain(common, *node); });
}

} // namespace alleycat::cli

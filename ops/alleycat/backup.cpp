/// `alleycat backup <folder>`: a copy of a node's LMDB file, taken on the node's own host, while the node runs or not.
#include "ops/alleycat/commands.hpp"
#include "persistence/lmdb_store.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

namespace {

struct backup_options {
  std::string target;
  std::string data = "alleycat-data";
};

void run(const common_options& common, const backup_options& o) {
  try {
    const auto target = std::filesystem::absolute(o.target).lexically_normal();
    const auto store = open_lmdb_store(std::filesystem::path{o.data} / "store", {.ride_seconds = 0, .read_only = true});
    store->backup(target);
    const auto file = target / "data.mdb";
    const auto bytes = std::filesystem::file_size(file);
    if (common.json) {
      fmt::print("{}\n", nlohmann::json{{"file", file.string()}, {"bytes", bytes}}.dump());
    } else {
      fmt::print("{}: {} bytes\n", file.string(), bytes);
    }
  } catch (const std::exception& fault) {
    throw command_failed{fault.what()};
  }
}

} // namespace

void add_backup(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand(
      "backup",
      "Copy the LMDB file of a node of this host, which may be running; the streams are apart: docs/backup.md");
  auto options = std::make_shared<backup_options>();
  command->add_option("folder", options->target, "folder for the copy, new or empty")->required();
  command->add_option("--data", options->data, "data folder of the node")->capture_default_str();
  command->callback([options, &common] { run(common, *options); });
}

} // namespace alleycat::cli

/// The commands of `alleycat`, one file each. A new one: its file, a line here, a line in main.cpp.
#pragma once

#include "racing/ids.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <stdexcept>
#include <string>

namespace alleycat::cli {

/// Flags every command takes, before or after its name.
struct common_options {
  std::string nats = "nats://127.0.0.1:4222"; ///< one or several, separated by commas
  bool json = false;                          ///< print what the server said, one message a line
  double timeout_seconds = 2;                 ///< for connecting and for each answer

  std::chrono::milliseconds timeout() const {
    return std::chrono::milliseconds{static_cast<std::int64_t>(timeout_seconds * 1000)};
  }
};

/// A command could not do its work: one line for the person, exit code 1.
struct command_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Each adds its subcommand, whose callback does the work. `common` must outlive `app`.
void add_watch(CLI::App& app, const common_options& common);
void add_top(CLI::App& app, const common_options& common);
void add_races(CLI::App& app, const common_options& common);
void add_race(CLI::App& app, const common_options& common);
void add_search(CLI::App& app, const common_options& common);
void add_racer(CLI::App& app, const common_options& common);
void add_ride(CLI::App& app, const common_options& common);
void add_ghost(CLI::App& app, const common_options& common);
void add_cluster(CLI::App& app, const common_options& common);
void add_drain(CLI::App& app, const common_options& common);
void add_roll(CLI::App& app, const common_options& common);
/// rename, hide, forget, exclude, clear, audit
void add_corrections(CLI::App& app, const common_options& common);
void add_export(CLI::App& app, const common_options& common);
void add_import(CLI::App& app, const common_options& common);
void add_completion(CLI::App& app);
void add_backup(CLI::App& app, const common_options& common);

/// A required class id, 1..65535.
void add_class_argument(CLI::App& command, std::uint16_t& cls);
/// A required race id, 0..2^32-1.
void add_race_argument(CLI::App& command, std::uint32_t& race);
/// A required racer id, 0..2^32-1.
void add_racer_argument(CLI::App& command, std::uint32_t& racer);

} // namespace alleycat::cli

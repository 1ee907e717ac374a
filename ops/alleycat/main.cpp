#include "ops/alleycat/commands.hpp"

#include <clocale>
#include <cstdio>
#include <fmt/format.h>

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;

/// Says so when the command line names a command that does not exist. @returns whether it did.
bool unknown_command(const CLI::App& app) {
  if (!app.get_subcommands().empty())
    return false;
  for (const auto& word : app.remaining()) {
    if (!word.starts_with('-')) {
      fmt::print(stderr, "alleycat: no command '{}' (see alleycat --help)\n", word);
      return true;
    }
  }
  return false;
}

} // namespace

int main(int argc, char** argv) {
  using namespace alleycat::cli;
  // Column widths of names are looked up in the locale; output is UTF-8 whatever the user's own is.
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) {
    std::setlocale(LC_CTYPE, "");
  }

  common_options common;
  CLI::App app{"Looks at and cares for an Alleycat: live races, leaderboards, results.", "alleycat"};
  app.set_version_flag("--version", "alleycat " ALLEYCAT_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--nats", common.nats, "server, or several separated by commas")
      ->envname("ALLEYCAT_NATS")
      ->capture_default_str();
  app.add_flag("--json", common.json, "print what the server says, one message a line");
  app.add_option("--timeout", common.timeout_seconds, "seconds to wait for a connection and for an answer")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  add_watch(app, common);
  add_top(app, common);
  add_races(app, common);
  add_search(app, common);
  add_race(app, common);
  add_racer(app, common);
  add_ride(app, common);
  add_ghost(app, common);
  add_cluster(app, common);
  add_drain(app, common);
  add_roll(app, common);
  add_corrections(app, common);
  add_export(app, common);
  add_import(app, common);
  add_backup(app, common);
  add_completion(app);

  try {
    app.parse(argc, argv);
    return done;
  } catch (const CLI::Success& help) {
    // Help for a command that does not exist would be the general one, as if all were well.
    return unknown_command(app) ? wrong_usage : app.exit(help);
  } catch (const CLI::ParseError& fault) {
    if (unknown_command(app))
      return wrong_usage;
    app.exit(fault);
    return wrong_usage;
  } catch (const command_failed& fault) {
    fmt::print(stderr, "alleycat: {}\n", fault.what());
    return failed;
  }
}

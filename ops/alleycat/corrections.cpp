/// `alleycat rename`, `hide`, `forget`, `exclude`, `clear`, `audit`: corrections of what is kept, and who made them.
#include "racing/corrections.hpp"
#include "messages/number_text.hpp"
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/pages.hpp"
#include "ops/alleycat/table.hpp"
#include "ops/alleycat/text.hpp"
#include "racing/update.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

namespace alleycat::cli {

namespace {

/// Who asks, for the audit log: the user of the NATS URL, else of this computer.
std::string who_asks(const common_options& common) {
  std::string who;
  const auto scheme = common.nats.find("://");
  const auto host = scheme == std::string::npos ? 0 : scheme + 3;
  if (const auto at = common.nats.find('@', host);
      at != std::string::npos && at < common.nats.find_first_of("/,", host)) {
    const auto credentials = common.nats.substr(host, at - host);
    // A token stands alone there: it is a secret.
    if (const auto colon = credentials.find(':'); colon != std::string::npos)
      who = credentials.substr(0, colon);
  }
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"})
    if (const char* user = std::getenv(variable); who.empty() && user != nullptr) // NOLINT(concurrency-mt-unsafe)
      who = user;
  if (const auto* account = who.empty() ? getpwuid(geteuid()) : nullptr;
      account != nullptr) // NOLINT(concurrency-mt-unsafe)
    who = account->pw_name;
  return valid_name(who) ? who : std::string{};
}

void show_removed(const nlohmann::json& json) {
  const auto& removed = json["removed"];
  fmt::print("Removed from every node's records: {}{} rides, bests in {} classes, {} earlier corrections' names\n",
             removed.value("name", false) ? "the name, " : "", removed["rides"].size(), removed.value("bests", 0),
             removed.value("corrections", 0));
  if (const auto& streams = json["streams"]; streams.is_object())
    fmt::print("Removed from the streams: {} rides, {} bests, {} corrections; {} results written anew\n",
               streams.value("rides", 0), streams.value("bests", 0), streams.value("corrections", 0),
               streams.value("results", 0));
  else
    fmt::print("The streams follow within a minute.\n");
  const auto& later = json["agesOut"];
  fmt::print("Until {} the journal of the last races still has what the bike sent, until {} the dead letters.\n"
             "Backups made before keep everything.\n",
             time_cell(later, "journal"), time_cell(later, "deadLetters"));
}

/// What cannot be taken back is asked for twice.
void confirm(std::uint32_t racer, bool yes) {
  if (yes)
    return;
  if (isatty(STDIN_FILENO) == 0)
    throw command_failed{"forgetting cannot be taken back: say --yes"};
  fmt::print("Everything of racer {} is removed, for ever. Type their number to go on: ", racer);
  std::fflush(stdout);
  std::string typed;
  if (!std::getline(std::cin, typed) || typed != std::to_string(racer))
    throw command_failed{"nothing was done"};
}

/// Asks for a correction and says what became of it.
void correct(const common_options& common, const std::string& verb_and_args, nlohmann::ordered_json body,
             const std::string& done) {
  if (const auto who = who_asks(common); !who.empty())
    body["by"] = who;
  const connection nats{common};
  const auto answer = nats.query(verb_and_args, body.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
    return;
  }
  const auto json = nlohmann::json::parse(answer);
  fmt::print("{} (correction {})\n", done, json.value("seq", std::uint64_t{0}));
  if (const auto changed = json.find("resultsChanged"); changed != json.end())
    for (const auto& race : *changed)
      fmt::print("Ranks changed in race {} of class {}\n", number_cell(race, "raceId"), number_cell(race, "classId"));
  if (json.contains("removed"))
    show_removed(json);
  if (!json.value("applied", true))
    fmt::print("It is stored, but this node has not applied it yet.\n");
}

struct audit_options {
  std::uint32_t limit = 20;
  std::uint32_t before = 0;
  page_options page;
};

std::string what_of(const nlohmann::json& row) {
  if (row.contains("name"))
    return row["name"].is_string() ? "to \"" + printable(row["name"].get<std::string>()) + "\""
                                   : "(the name is forgotten)";
  if (row.contains("raceId"))
    return fmt::format("race {} of class {}", row["raceId"].get<std::uint32_t>(), row["classId"].get<std::uint32_t>());
  return {};
}

void run_audit(const common_options& common, const audit_options& o) {
  const connection nats{common};
  nlohmann::json body{{"limit", o.limit}};
  if (o.before != 0)
    body["before"] = o.before;
  put_page(o.page, body);
  const auto answer = nats.query("audit", body.dump());
  if (common.json) {
    fmt::print("{}\n", one_line(answer));
    return;
  }
  table t{{{"NO", align::right}, {"WHEN"}, {"WHAT"}, {"RACER", align::right}, {""}, {"BY"}}, {}};
  const auto json = nlohmann::json::parse(answer);
  for (const auto& row : rows_of(json))
    t.rows.push_back({number_cell(row, "seq"), time_cell(row, "at"), printable(row.value("edit", std::string{})),
                      number_cell(row, "racerId"), what_of(row),
                      row.contains("by") && row["by"].is_string() ? printable(row["by"].get<std::string>()) : "-"});
  print(t);
  show_next(json);
}

} // namespace

void add_corrections(CLI::App& app, const common_options& common) {
  {
    auto* command = app.add_subcommand("rename", "Show a rider by another name, everywhere, from now on");
    struct options {
      std::uint32_t racer = 0;
      std::string name;
    };
    auto o = std::make_shared<options>();
    add_racer_argument(*command, o->racer);
    command->add_option("name", o->name, "the new name, at most 64 bytes")->required();
    command->callback([o, &common] {
      correct(common, fmt::format("rename.{}", o->racer), {{"name", o->name}},
              fmt::format("Racer {} is shown as {}", o->racer, printable(o->name)));
    });
  }
  {
    auto* command =
        app.add_subcommand("hide", "Take a rider out of boards, tables, ghosts and search; their rides stay");
    auto racer = std::make_shared<std::uint32_t>();
    add_racer_argument(*command, *racer);
    command->callback([racer, &common] {
      correct(common, fmt::format("hide.{}", *racer), nlohmann::ordered_json::object(),
              fmt::format("Racer {} is hidden", *racer));
    });
  }
  {
    auto* command = app.add_subcommand("forget", "Remove a rider's name and rides, for ever");
    struct options {
      std::uint32_t racer = 0;
      bool yes = false;
    };
    auto o = std::make_shared<options>();
    add_racer_argument(*command, o->racer);
    command->add_flag("--yes", o->yes, "do not ask");
    command->callback([o, &common] {
      confirm(o->racer, o->yes);
      correct(common, fmt::format("forget.{}", o->racer), nlohmann::ordered_json::object(),
              fmt::format("Racer {} is forgotten", o->racer));
    });
  }
  {
    auto* command = app.add_subcommand("exclude", "Let a ride count for nothing");
    struct options {
      std::uint16_t cls = 0;
      std::uint32_t race = 0;
      std::uint32_t racer = 0;
    };
    auto o = std::make_shared<options>();
    add_class_argument(*command, o->cls);
    add_race_argument(*command, o->race);
    add_racer_argument(*command, o->racer);
    command->callback([o, &common] {
      correct(common, fmt::format("exclude.{}.{}.{}", o->cls, o->race, o->racer), nlohmann::ordered_json::object(),
              fmt::format("The ride of racer {} in race {} of class {} does not count", o->racer, o->race, o->cls));
    });
  }
  {
    auto* command = app.add_subcommand("clear", "Take back a rider's name, that they are hidden, and excluded rides");
    auto racer = std::make_shared<std::uint32_t>();
    add_racer_argument(*command, *racer);
    command->callback([racer, &common] {
      correct(common, fmt::format("clear.{}", *racer), nlohmann::ordered_json::object(),
              fmt::format("Corrections of racer {} are taken back", *racer));
    });
  }
  {
    auto* command = app.add_subcommand("audit", "Corrections that were made, newest first");
    auto o = std::make_shared<audit_options>();
    command->add_option("--limit", o->limit, "rows to show")->check(CLI::Range(1U, 1000U))->capture_default_str();
    command->add_option("--before", o->before, "only corrections with a lower number");
    add_page_options(*command, o->page);
    command->callback([o, &common] { run_audit(common, *o); });
  }
}

} // namespace alleycat::cli

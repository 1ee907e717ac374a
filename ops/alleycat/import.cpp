/// `alleycat import <file> <class> <racer>`: a recorded ride is raced, second by second.
#include "messages/update_json.hpp"
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/progress.hpp"
#include "ops/alleycat/recording.hpp"
#include "ops/alleycat/rider.hpp"
#include "ops/alleycat/text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace alleycat::cli {

namespace {

using json = nlohmann::ordered_json;
using std::chrono::milliseconds;

struct import_options {
  std::string file;
  std::uint16_t cls = 0;
  std::uint32_t racer = 0;
  std::string name;
  std::string start = "now";
  std::vector<std::string> ride;
  std::uint32_t from = 1;
  bool dry_run = false;
};

/// When a ride begins, and in which race; by the server's clock and by ours.
struct ride_plan {
  race_id race;
  std::uint32_t ride_seconds = 0;
  unix_ms start{};         ///< by our own clock
  unix_ms final_at{};      ///< by the server's
  milliseconds to_start{}; ///< from `asked`
  milliseconds to_deadline{};
  std::chrono::steady_clock::time_point asked;
};

bool has_class(const json& now, std::uint16_t cls) {
  const auto& classes = now.at("classes");
  return std::any_of(classes.begin(), classes.end(), [cls](const json& each) { return each.at("classId") == cls; });
}

ride_plan plan_of(const connection& nats, std::uint16_t cls, bool next_window) {
  using namespace std::chrono;
  const auto before = steady_clock::now();
  const auto answer = json::parse(nats.query("now", "{}"));
  if (!has_class(answer, cls))
    throw command_failed{fmt::format("there is no class {}", cls)};
  ride_plan plan;
  // What the server says was so in the middle of asking.
  plan.asked = before + (steady_clock::now() - before) / 2;
  const auto own = floor<milliseconds>(system_clock::now() - (steady_clock::now() - plan.asked));
  const auto server = at_ms(answer.at("ts").get<std::int64_t>());
  const auto& rules = answer.at("rules");
  const auto seconds_of = [&](const char* field) { return seconds{rules.at(field).get<std::int64_t>()}; };
  const auto window = seconds_of("windowSeconds");
  plan.ride_seconds = rules.at("rideSeconds").get<std::uint32_t>();
  const auto current = server.time_since_epoch() / window;
  const auto race = next_window ? current + 1 : current;
  plan.race = race_id{static_cast<std::uint32_t>(race)};
  plan.to_start = next_window ? unix_ms{race * window} - server : milliseconds{0};
  plan.start = own + plan.to_start;
  plan.final_at = unix_ms{(race + 1) * window} + seconds{plan.ride_seconds} + seconds_of("graceSeconds");
  plan.to_deadline = plan.final_at - server;
  return plan;
}

/// The seconds from `o.from` on, as own seconds of the race.
std::vector<update> updates_of(const recording& recorded, const import_options& o, const ride_plan& plan) {
  std::vector<update> updates;
  for (auto at = recorded.lower_bound(o.from); at != recorded.end() && at->first - o.from < plan.ride_seconds; ++at) {
    const auto second = at->first - o.from + 1;
    update u;
    u.cls = class_id{o.cls};
    u.race = plan.race;
    u.racer = racer_id{o.racer};
    u.second = own_second{static_cast<std::uint16_t>(second)};
    u.device_timestamp = plan.start + length_of(u.second);
    u.measured = at->second;
    u.wants_view = true;
    u.name = o.name;
    updates.push_back(std::move(u));
  }
  if (updates.empty())
    throw command_failed{fmt::format("{}: there is nothing in seconds {}..{}; it ends with second {}", o.file, o.from,
                                     o.from + plan.ride_seconds - 1, recorded.rbegin()->first)};
  return updates;
}

std::string refusals_text(const ride_outcome& outcome) {
  std::string text;
  for (const auto& [why, count] : outcome.refused)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", printable(why), count);
  if (outcome.unanswered != 0)
    text += fmt::format("{}unanswered {}", text.empty() ? "" : ", ", outcome.unanswered);
  return text;
}

void tell(const common_options& common, const import_options& o, const ride_plan& plan, const ride_outcome& outcome,
          std::size_t seconds) {
  if (common.json)
    fmt::print("{}\n", json{{"classId", o.cls},
                            {"raceId", plan.race.value()},
                            {"racerId", o.racer},
                            {"seconds", seconds},
                            {"stored", outcome.stored},
                            {"refused", outcome.refused},
                            {"unanswered", outcome.unanswered},
                            {"finalAt", ms_of(plan.final_at)}}
                           .dump());
  else
    fmt::print("Race {} of class {}: {} of {} seconds count. Final at {} UTC: alleycat race {} {}\n", plan.race.value(),
               o.cls, outcome.stored, seconds, time_text(plan.final_at), o.cls, plan.race.value());
  if (outcome.stored != seconds)
    throw command_failed{
        fmt::format("{} of {} seconds do not count: {}", seconds - outcome.stored, seconds, refusals_text(outcome))};
}

void run(const common_options& common, const import_options& o) {
  if (!o.name.empty() && !valid_name(o.name))
    throw command_failed{"--name is longer than 64 bytes, or has characters that are not shown"};
  const auto recorded = read_recording(o.file, fmt::format("{}", fmt::join(o.ride, " ")));
  connection nats{common};
  const auto plan = plan_of(nats, o.cls, o.start == "next");
  const auto updates = updates_of(recorded, o, plan);
  if (o.dry_run) {
    for (const auto& u : updates)
      fmt::print("{}\n", encode_update(u, &u == &updates.back()));
    return;
  }
  progress_bar bar{"seconds"};
  rider bike{nats, updates};
  const auto start = plan.asked + plan.to_start;
  if (!common.json)
    fmt::print("Racer {} races {} seconds of {} in race {} of class {}{}\n", o.racer, updates.size(), printable(o.file),
               plan.race.value(), o.cls,
               plan.to_start > std::chrono::seconds{1} ? fmt::format(", from {} UTC on", time_text(plan.start)) : "");
  std::fflush(stdout);
  std::this_thread::sleep_until(start);
  const auto outcome = bike.ride(start, plan.asked + plan.to_deadline,
                                 [&](std::size_t, std::size_t settled, std::size_t of) { bar.show(settled, of); });
  tell(common, o, plan, outcome, updates.size());
}

} // namespace

void add_import(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("import", "Race a recorded ride, in real time");
  auto o = std::make_shared<import_options>();
  command->add_option("file", o->file, "a ride: *.csv, *.tcx or *.fit")->required();
  add_class_argument(*command, o->cls);
  add_racer_argument(*command, o->racer);
  command->add_option("--name", o->name, "of the rider, at most 64 bytes");
  command->add_option("--start", o->start, "at once, in the window that is open, or with the next one")
      ->check(CLI::IsMember({"now", "next"}))
      ->capture_default_str();
  command->add_option("--from", o->from, "second of the recording that is the first of the ride")
      ->check(CLI::Range(1U, max_recorded_second))
      ->capture_default_str();
  command
      ->add_option("--ride", o->ride,
                   "of a .csv file with several: the value of its column ride, or class, race and racer")
      ->expected(1, 3);
  command->add_flag("--dry-run", o->dry_run, "print the updates, and send nothing");
  command->callback([o, &common] { run(common, *o); });
}

} // namespace alleycat::cli

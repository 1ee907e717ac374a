#include "simulator/fleet.hpp"

#include "messages/subjects.hpp"
#include "simulator/wall_clock.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::sim {

namespace {

using std::chrono::steady_clock;

constexpr auto rules_timeout = std::chrono::milliseconds{2'000};
/// Time to make the riders before the first of them starts.
constexpr auto lead = std::chrono::milliseconds{300};

server_rules ask_rules(nats_link& link, const sim_options& options, progress& shown) {
  const auto answer = link.request(query_subject("now"), rules_timeout);
  auto rules = answer ? read_rules(*answer) : std::nullopt;
  if (!rules) {
    shown.note(answer ? "note: the server's answer to alleycat.query.now has no rules; assuming the defaults"
                      : "note: nobody answers alleycat.query.now; assuming the default rules");
    rules.emplace();
    rules->ride_seconds = options.seconds.value_or(rules->ride_seconds);
    rules->window_seconds = options.window_seconds.value_or(rules->window_seconds);
  }
  if (options.window_seconds && *options.window_seconds != rules->window_seconds) {
    shown.note(fmt::format("note: --window {}, but the server's races have windows of {} s", *options.window_seconds,
                           rules->window_seconds));
    rules->window_seconds = *options.window_seconds;
  }
  if (options.seconds && *options.seconds > rules->ride_seconds) {
    shown.note(fmt::format("note: --seconds {}, but a ride has {} s: the rest will be refused", *options.seconds,
                           rules->ride_seconds));
  }
  return *rules;
}

/// @returns when the first rider starts.
run_clock clock_for(const sim_options& options, const server_rules& rules) {
  const auto now = steady_clock::now();
  const auto by_calendar = wall_now();
  const auto wait = options.start_next ? rules.window() - by_calendar.time_since_epoch() % rules.window() : lead;
  return {.start = now + wait, .wall_start = by_calendar + wait, .speed = options.speed};
}

std::string start_fields(const fleet_setup& setup, std::size_t riders_per_class) {
  const auto& o = setup.options;
  std::vector<std::uint16_t> classes;
  for (const auto cls : o.classes) {
    classes.push_back(cls.value());
  }
  const nlohmann::ordered_json json{
      {"version", ALLEYCAT_VERSION},
      {"window", setup.rules.window_seconds},
      {"ride_seconds", setup.rules.ride_seconds},
      {"grace", setup.rules.grace_seconds},
      {"capacity", setup.rules.capacity},
      {"seconds", setup.seconds},
      {"start_ms", ms_of(setup.clock.wall_start)},
      {"seed", o.seed},
      {"racers", riders_per_class},
      {"first_racer", o.first_racer.value()},
      {"classes", classes},
      {"speed", o.speed},
      {"stagger", o.stagger_seconds},
      {"ack", o.ack},
      {"replay", !o.replay.empty()},
      {"faults",
       {{"loss", o.faults.loss},
        {"duplicate", o.faults.duplicate},
        {"reorder", o.faults.reorder},
        {"late", o.faults.late},
        {"dropout", o.faults.dropout},
        {"restart", o.faults.restart}}},
      {"rules", setup.rules.json.empty() ? nlohmann::ordered_json{} : nlohmann::ordered_json::parse(setup.rules.json)},
  };
  const auto text = json.dump();
  return text.substr(1, text.size() - 2);
}

} // namespace

summary run(const sim_options& options, const std::atomic<bool>& stop) {
  log_writer log{options.log};
  progress shown{options.quiet, stderr};
  nats_link link{options.nats, std::chrono::seconds{options.wait_seconds}};
  const auto rules = ask_rules(link, options, shown);
  const auto seconds = options.seconds.value_or(rules.ride_seconds);
  const auto replay = options.replay.empty() ? std::vector<replay_window>{} : read_replay_file(options.replay, seconds);
  std::size_t riders = options.racers.value_or(default_racers);
  if (!replay.empty()) {
    riders = options.racers ? std::min<std::size_t>(riders, replay.size()) : replay.size();
  }
  if (riders > rules.capacity) {
    shown.note(fmt::format("note: a race takes {} riders; of {} in one class the others will not be ranked",
                           rules.capacity, riders));
  }
  if (options.speed > 1) {
    shown.note("note: faster than real time, which only a node with race.admit any accepts");
  }
  const auto plan = plan_riders(options.classes, riders, options.first_racer, options.stagger_seconds, options.seed);
  const fleet_setup setup{
      .options = options, .rules = rules, .seconds = seconds, .replay = replay, .clock = clock_for(options, rules)};
  fleet field{setup, plan, link, log, shown};
  log.start(start_fields(setup, riders));
  auto done = field.run(stop);
  const auto fields = to_json(done);
  log.end(std::string_view{fields}.substr(1, fields.size() - 2));
  return done;
}

} // namespace alleycat::sim

#include "simulator/options.hpp"

#include "racing/rules.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <string_view>

namespace alleycat::sim {

namespace {

std::optional<std::uint16_t> parse_class(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
    return std::nullopt;
  }
  return value;
}

} // namespace

std::optional<std::vector<class_id>> parse_classes(const std::string& text) {
  std::vector<class_id> classes;
  std::string_view rest{text};
  for (;;) {
    const auto comma = rest.find(',');
    const auto item = rest.substr(0, comma);
    const auto dash = item.find('-');
    const auto first = parse_class(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_class(item.substr(dash + 1));
    if (!first || !last || *first > *last) {
      return std::nullopt;
    }
    for (std::uint32_t id = *first; id <= *last; ++id) {
      classes.emplace_back(static_cast<std::uint16_t>(id));
    }
    if (comma == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(comma + 1);
  }
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

std::variant<sim_options, early_exit> parse_options(std::vector<std::string> arguments) {
  sim_options o;
  CLI::App app{"Riders on stationary bikes, for Alleycat: one update a second each, over NATS.", "alleycat-sim"};
  app.set_version_flag("--version", "alleycat-sim " ALLEYCAT_VERSION);
  std::string classes = "1";
  std::string start = "now";
  std::uint32_t first_racer = 1;
  std::uint32_t racers = default_racers;
  std::uint32_t seconds = 0;
  std::uint32_t window = 0;

  app.add_option("--nats", o.nats, "server, or several separated by commas")->capture_default_str();
  app.add_option("--wait", o.wait_seconds, "seconds to wait for the first connection")
      ->check(CLI::Range(0U, 3600U))
      ->capture_default_str();
  auto* racers_option =
      app.add_option("--racers", racers, "riders per class, 1..100000 (default 100; with --replay one per window)")
          ->check(CLI::Range(1U, max_racers));
  app.add_option("--first-racer", first_racer, "id of the first rider; the others follow, class by class")
      ->capture_default_str();
  app.add_option("--classes", classes, "such as 1,3 or 1-6")
      ->check([](const std::string& text) {
        return parse_classes(text) ? std::string{} : text + " is not a list of classes such as 1,3 or 1-6";
      })
      ->capture_default_str();
  auto* seconds_option =
      app.add_option("--seconds", seconds, "length of each ride (default: as the server says, or 300)")
          ->check(CLI::Range(1U, max_ride_seconds));
  auto* window_option =
      app.add_option("--window", window, "length of a race's window in seconds (default: as the server says, or 300)")
          ->check(CLI::Range(1U, max_window_seconds));
  app.add_option("--speed", o.speed, "times real time; more than 1 needs a node with race.admit any")
      ->check(CLI::Range(0.01, 10'000.0))
      ->capture_default_str();
  app.add_option("--stagger", o.stagger_seconds, "spread the starts over so many seconds; 0 = all in phase")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
  app.add_option("--start", start, "now, or next: wait for the next window")
      ->check(CLI::IsMember({"now", "next"}))
      ->capture_default_str();
  app.add_option("--seed", o.seed, "the same seed gives the same riders and the same faults")->capture_default_str();
  app.add_flag("--ack", o.ack, "ask for answers, and send again until each update is answered or its race is over");
  app.add_option("--replay", o.replay, "CSV with ride,second,output_w,cadence_rpm,resistance_pct; a rider per window")
      ->check(CLI::ExistingFile);
  app.add_option("--log", o.log, "write what was sent and answered, one JSON object a line");
  app.add_option("--past", o.past,
                 "instead of riding now: so many races in each class over the past two weeks, of some of the riders "
                 "each, sent at once; needs a node with race.admit any")
      ->check(CLI::Range(1U, max_past_races))
      ->excludes("--replay", "--log", "--ack", "--start", "--stagger", "--speed");
  const auto chance = [&app](const char* name, double& value, const char* help) {
    app.add_option(name, value, help)->check(CLI::Range(0.0, 1.0))->group("Faults (probabilities 0..1)");
  };
  chance("--loss", o.faults.loss, "a message is lost, in either direction");
  chance("--duplicate", o.faults.duplicate, "an update is sent twice");
  chance("--reorder", o.faults.reorder, "an update is sent after its successors");
  chance("--late", o.faults.late, "an update is sent up to a minute later");
  chance("--dropout", o.faults.dropout, "a rider stops for good");
  chance("--restart", o.faults.restart, "a rider starts again in the same window");
  app.add_flag("--quiet", o.quiet, "no progress and no notes, only the summary");
  app.add_flag("--json", o.json, "the summary as JSON");

  try {
    std::reverse(arguments.begin(), arguments.end()); // CLI11 takes them from the back
    app.parse(arguments);
  } catch (const CLI::Success& done) {
    std::ostringstream out;
    app.exit(done, out, out);
    return early_exit{0, out.str()};
  } catch (const CLI::ParseError& fault) {
    std::ostringstream out;
    app.exit(fault, out, out);
    return early_exit{2, out.str()};
  }
  o.classes = *parse_classes(classes);
  o.first_racer = racer_id{first_racer};
  o.start_next = start == "next";
  if (*racers_option) {
    o.racers = racers;
  }
  if (*seconds_option) {
    o.seconds = seconds;
  }
  if (*window_option) {
    o.window_seconds = window;
  }
  const auto riders = std::uint64_t{racers} * o.classes.size();
  if (riders > max_racers * 10ULL) {
    return early_exit{2, fmt::format("--racers {} in {} classes: more than {} riders\n", racers, o.classes.size(),
                                     max_racers * 10ULL)};
  }
  if (first_racer + riders - 1 > 4294967295ULL) {
    return early_exit{2, fmt::format("--first-racer {}: the last id would be above 4294967295\n", first_racer)};
  }
  return o;
}

} // namespace alleycat::sim

/// `alleycat watch race|class|racer`: something live.
#include "messages/json.hpp"
#include "messages/subjects.hpp"
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"
#include "ops/alleycat/format.hpp"
#include "ops/alleycat/inbox.hpp"
#include "ops/alleycat/table.hpp"
#include "ops/alleycat/terminal.hpp"
#include "ops/alleycat/text.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace alleycat::cli {

namespace {

struct watch_options {
  std::uint16_t cls = 0;
  std::uint32_t racer = 0;
  std::uint32_t rows = 10;
  std::uint32_t count = 0;
};

/// How often the page is looked at when no message comes: for its stale badge, the terminal's size and Ctrl-C.
constexpr std::chrono::milliseconds redraw_interval{200};

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

void stop_at_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { asked_to_stop = true; };
  sigemptyset(&action.sa_mask);
  for (const auto signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
}

/// Shows the races; knows whether to a terminal, to a file, or as JSON.
class watcher {
public:
  watcher(const watch_options& options, bool json) : options_{options}, json_{json} {
    if (!json && output_is_terminal()) {
      screen_.emplace();
    }
  }

  /// Leaves the last page behind on the terminal's first screen.
  ~watcher() {
    if (screen_) {
      const auto lines = page(true);
      screen_.reset();
      for (const auto& line : lines) {
        fmt::print("{}\n", line.text);
      }
    }
  }

  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  void take(const inbox_message& message) {
    const auto now = std::chrono::steady_clock::now();
    if (json_) {
      fmt::print("{}\n", one_line(message.payload));
      ++shown_;
      return;
    }
    std::optional<race_key> taken;
    if (parse_result_subject(message.subject)) {
      if (const auto result = decode_result(message.payload); result && board_.take(*result, now)) {
        taken = result->key;
      }
    } else if (const auto live = decode_standings(message.payload); live && board_.take(*live, now)) {
      taken = live->key;
    }
    if (taken) {
      ++shown_;
      if (!screen_) {
        print_race(*taken, now);
      }
    }
  }

  void redraw(bool connected) {
    if (screen_) {
      board_.forget_old(std::chrono::steady_clock::now());
      screen_->draw(page(connected));
    } else {
      std::fflush(stdout);
    }
  }

  bool has_shown_all() const { return options_.count > 0 && shown_ >= options_.count; }

private:
  std::vector<board_line> page(bool connected) const {
    const auto size = size_of_terminal();
    std::vector<board_line> lines;
    auto height = size.rows;
    if (!connected) {
      lines.push_back({board_line::kind::note, fit("NATS cannot be reached; trying again ...", size.columns)});
      --height;
    }
    const auto races = board_.render(size.columns, height, std::chrono::steady_clock::now());
    lines.insert(lines.end(), races.begin(), races.end());
    if (races.empty()) {
      lines.push_back(
          {board_line::kind::note, fit(fmt::format("Waiting for a race of class {} ...", options_.cls), size.columns)});
    }
    return lines;
  }

  void print_race(race_key key, board::time_point now) const {
    for (const auto& line : board_.render_race(key, options_.rows, 0, now)) {
      fmt::print("{}\n", line.text);
    }
    fmt::print("\n");
  }

  watch_options options_;
  bool json_;
  board board_;
  std::uint64_t shown_ = 0;
  std::optional<full_screen> screen_;
};

/// Puts the open races of the class into the inbox as they stand: news may be a while in coming. What cannot be asked
/// now is waited for.
void ask_for_races(const connection& nats, class_id cls, inbox& into) {
  try {
    const auto now = nlohmann::json::parse(nats.query("now", "{}"));
    for (const auto& course : now.at("classes")) {
      if (course.at("classId") != cls.value()) {
        continue;
      }
      for (const auto& open : course.at("races")) {
        const race_key key{cls, race_id{open.at("raceId").get<std::uint32_t>()}};
        const auto answer = nats.query(fmt::format("race.{}.{}", cls.value(), key.race.value()), "{}");
        const bool closed = nlohmann::json::parse(answer).at("state") == "closed";
        into.put(closed ? result_subject(key) : standings_subject(key), answer);
      }
    }
  } catch (const command_failed&) {
  } catch (const nlohmann::json::exception&) {
  }
}

void run(const common_options& common, const watch_options& o) {
  stop_at_signals();
  inbox messages;
  connection nats{common};
  const auto put = [&messages](std::string_view subject, std::string_view payload) { messages.put(subject, payload); };
  nats.subscribe(fmt::format("alleycat.race.{}.*.standings", o.cls), put);
  nats.subscribe(fmt::format("alleycat.race.{}.*.result", o.cls), put);
  watcher shown{o, common.json};
  bool was_up = false;
  while (!asked_to_stop && !shown.has_shown_all() && std::ferror(stdout) == 0) {
    shown.redraw(nats.is_up());
    // Also after a time without NATS: a race may have been closed meanwhile.
    if (const bool up = nats.is_up(); up != was_up) {
      was_up = up;
      if (up) {
        ask_for_races(nats, class_id{o.cls}, messages);
      }
    }
    for (const auto& message : messages.take(redraw_interval)) {
      if (!shown.has_shown_all()) {
        shown.take(message);
      }
    }
  }
  shown.redraw(nats.is_up());
}

/// Shows each message of one subject by `show`, or as it came.
template <class Show>
void follow(const common_options& common, const watch_options& o, const std::string& subject, Show show) {
  stop_at_signals();
  inbox messages;
  connection nats{common};
  nats.subscribe(subject, [&messages](std::string_view on, std::string_view payload) { messages.put(on, payload); });
  for (std::uint32_t shown = 0; !asked_to_stop && (o.count == 0 || shown < o.count) && std::ferror(stdout) == 0;) {
    for (const auto& message : messages.take(redraw_interval)) {
      if (o.count != 0 && shown == o.count) {
        break;
      }
      const auto json = nlohmann::json::parse(message.payload, nullptr, false);
      if (!common.json && !json.is_object()) {
        continue;
      }
      if (common.json) {
        fmt::print("{}\n", one_line(message.payload));
      } else {
        show(json);
      }
      ++shown;
    }
    std::fflush(stdout);
  }
}

void show_leaderboard(const nlohmann::json& board, std::uint32_t rows) {
  fmt::print("Class {}  {} UTC  {} on the leaderboard\n", number_cell(board, "classId"), time_cell(board, "ts"),
             number_cell(board, "of"));
  table t{{{"RANK", align::right}, {"NAME"}, {"RACER", align::right}, {"TOTAL", align::right}}, {}};
  for (const auto& row : rows_of(board)) {
    if (t.rows.size() == rows) {
      break;
    }
    t.rows.push_back({number_cell(row, "rank"), name_cell(row), number_cell(row, "racerId"), score_cell(row, "total")});
  }
  print(t);
  fmt::print("\n");
}

/// "3 of 998", or "-" where the rank is not known.
std::string place_text(const nlohmann::json& view, const char* table_name) {
  const auto found = view.find(table_name);
  if (found == view.end() || !found->is_object() || number_cell(*found, "rank") == "-") {
    return "-";
  }
  return fmt::format("{} of {}", number_cell(*found, "rank"), number_cell(*found, "of"));
}

void show_view(const nlohmann::json& view) {
  const auto ghost = view.find("ghost");
  fmt::print("class {}  race {}  second {:>3}  output {:>9}  total {:>11}  here now {:<12}  all time {:<14}{}\n",
             number_cell(view, "classId"), number_cell(view, "raceId"), number_cell(view, "second"),
             score_cell(view, "output"), score_cell(view, "total"), place_text(view, "hereNow"),
             place_text(view, "allTime"),
             ghost != view.end() && ghost->is_object() ? "  ghost " + score_cell(*ghost, "delta") : std::string{});
}

void add_count(CLI::App& command, watch_options& options) {
  command.add_option("--count", options.count, "end after so many messages; 0 = at Ctrl-C")->capture_default_str();
}

} // namespace

void add_watch(CLI::App& app, const common_options& common) {
  auto* watch = app.add_subcommand("watch", "Something live, until Ctrl-C");
  watch->require_subcommand(1);
  auto* race =
      watch->add_subcommand("race", "The live races of a class: a board in the terminal, plain lines elsewhere");
  auto options = std::make_shared<watch_options>();
  add_class_argument(*race, options->cls);
  race->add_option("--rows", options->rows, "rows of each race, where the output is not a terminal")
      ->capture_default_str();
  add_count(*race, *options);
  race->callback([options, &common] { run(common, *options); });

  auto* leaderboard = watch->add_subcommand("class", "The leaderboard of a class, when it changes");
  add_class_argument(*leaderboard, options->cls);
  leaderboard->add_option("--rows", options->rows, "rows to show")->capture_default_str();
  add_count(*leaderboard, *options);
  leaderboard->callback([options, &common] {
    follow(common, *options, leaderboard_subject(class_id{options->cls}),
           [&options](const nlohmann::json& board) { show_leaderboard(board, options->rows); });
  });

  auto* rider = watch->add_subcommand("racer", "What one racer sees, a line each second");
  add_racer_argument(*rider, options->racer);
  add_count(*rider, *options);
  rider->callback([options, &common] { follow(common, *options, view_subject(racer_id{options->racer}), show_view); });
}

} // namespace alleycat::cli

/// `alleycat roll COMMAND`: restarts every node of the cluster, one after the other, while riders race.
#include "messages/json.hpp"
#include "messages/subjects.hpp"
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/connection.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/wait.h>
#include <thread>
#include <vector>

namespace alleycat::cli {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct roll_options {
  std::string restart;
  std::vector<std::string> only;
  double wait_seconds = 120;
};

/// How often the cluster is looked at while something is waited for.
constexpr milliseconds look_interval{500};

milliseconds since(steady::time_point then) {
  return std::chrono::duration_cast<milliseconds>(steady::now() - then);
}

std::string seconds_text(milliseconds span) {
  return fmt::format("{:.1f} s", static_cast<double>(span.count()) / 1000);
}

/// The longest time between two standings of the same running race. Any thread may take, any may ask.
class pause_watch {
public:
  void take(std::string_view payload) {
    const auto table = decode_standings(payload);
    if (!table)
      return;
    const auto now = steady::now();
    const std::lock_guard lock{mutex_};
    auto& last = last_[table->key];
    if (last)
      longest_ = std::max(longest_, std::chrono::duration_cast<milliseconds>(now - *last));
    // Who is through says nothing any more until the result.
    last = table->phase == race_phase::running ? std::optional{now} : std::nullopt;
    ++heard_;
  }

  milliseconds longest() const {
    const std::lock_guard lock{mutex_};
    return longest_;
  }
  std::uint64_t heard() const {
    const std::lock_guard lock{mutex_};
    return heard_;
  }

private:
  mutable std::mutex mutex_;
  std::map<race_key, std::optional<steady::time_point>> last_;
  milliseconds longest_{0};
  std::uint64_t heard_ = 0;
};

/// What `alleycat.query.cluster` said.
class cluster_picture {
public:
  explicit cluster_picture(nlohmann::json answer) : answer_(std::move(answer)) {} // braces would make an array

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& node : answer_.at("nodes"))
      all.push_back(node.at("name"));
    std::sort(all.begin(), all.end());
    return all;
  }

  std::optional<std::uint64_t> incarnation_of(const std::string& name) const {
    for (const auto& node : answer_.at("nodes"))
      if (node.at("name") == name)
        return node.at("incarnation").get<std::uint64_t>();
    return std::nullopt;
  }

  /// Why the next node may not be stopped yet; empty when all is well.
  std::string amiss() const {
    for (const auto& node : answer_.at("nodes")) {
      if (node.at("state") != "live")
        return fmt::format("{} is {}", node.at("name").get<std::string>(), node.at("state").get<std::string>());
      if (node.at("ready") != true)
        return fmt::format("{} is not ready", node.at("name").get<std::string>());
    }
    for (const auto& course : answer_.at("classes")) {
      const auto id = course.at("classId").get<std::uint32_t>();
      if (!course.at("owner").is_string())
        return fmt::format("nobody owns class {}", id);
      if (course.at("ready") != true)
        return fmt::format("class {} is not ready", id);
    }
    return {};
  }

private:
  nlohmann::json answer_;
};

class roller {
public:
  roller(const common_options& common, const roll_options& options)
      : common_{common}, options_{options}, nats_{common}, pauses_{std::make_shared<pause_watch>()} {
    nats_.subscribe("alleycat.race.*.*.standings",
                    [heard = pauses_](std::string_view, std::string_view payload) { heard->take(payload); });
  }

  void run() {
    const auto whole = until_well("before anything is stopped", std::nullopt);
    const auto names = chosen(whole);
    say("{} node{} to restart: {}", names.size(), names.size() == 1 ? "" : "s", fmt::join(names, ", "));
    const auto began = steady::now();
    for (std::size_t i = 0; i < names.size(); ++i)
      restart(names[i], i + 1, names.size());
    if (common_.json)
      fmt::print("{}\n", nlohmann::json{{"nodes", names},
                                        {"milliseconds", since(began).count()},
                                        {"standings", pauses_->heard()},
                                        {"longestPauseMs", pauses_->longest().count()}}
                             .dump());
    say("done in {}; {} standings heard, the longest time between two of one race {}", seconds_text(since(began)),
        pauses_->heard(), seconds_text(pauses_->longest()));
  }

private:
  template <class... Facts>
  void say(fmt::format_string<Facts...> text, Facts&&... facts) const {
    fmt::print(common_.json ? stderr : stdout, "{}\n", fmt::format(text, std::forward<Facts>(facts)...));
    std::fflush(stdout);
  }

  std::vector<std::string> chosen(const cluster_picture& whole) const {
    const auto there = whole.names();
    for (const auto& name : options_.only)
      if (std::find(there.begin(), there.end(), name) == there.end())
        throw command_failed{fmt::format("there is no node {}; there are {}", name, fmt::join(there, ", "))};
    return options_.only.empty() ? there : options_.only;
  }

  void restart(const std::string& name, std::size_t number, std::size_t of) {
    const auto before = cluster_picture(ask()).incarnation_of(name);
    const auto began = steady::now();
    ::setenv("ALLEYCAT_NODE", name.c_str(), 1);
    const int status = std::system(options_.restart.c_str()); // NOLINT(concurrency-mt-unsafe): the operator's own
    if (status != 0)
      throw command_failed{fmt::format("the command failed for {} ({}); the other nodes were left as they are", name,
                                       WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                                         : std::string{"ended by a signal"})};
    until_well(fmt::format("after {} was restarted", name), std::pair{name, before.value_or(0)});
    say("{} of {}: {} is back after {}, and every class is served", number, of, name, seconds_text(since(began)));
  }

  nlohmann::json ask() const { return nlohmann::json::parse(nats_.query("cluster", "{}")); }

  /// @param newer  a node that must have started since, and what it was before
  /// @throws command_failed when it takes longer than it may
  cluster_picture until_well(const std::string& when,
                             const std::optional<std::pair<std::string, std::uint64_t>>& newer) const {
    const auto began = steady::now();
    std::string why;
    for (;;) {
      try {
        const cluster_picture now(ask());
        why = now.amiss();
        if (newer && now.incarnation_of(newer->first).value_or(0) <= newer->second)
          why = newer->first + " is not back";
        if (why.empty())
          return now;
      } catch (const command_failed& fault) {
        why = fault.what(); // who was asked may be the one that leaves
      } catch (const nlohmann::json::exception& fault) {
        throw command_failed{fmt::format("the nodes answer what this version does not know: {}", fault.what())};
      }
      if (static_cast<double>(since(began).count()) > 1000 * options_.wait_seconds)
        throw command_failed{
            fmt::format("{} ({} s, --wait): {}; nothing else is stopped", when, options_.wait_seconds, why)};
      std::this_thread::sleep_for(look_interval);
    }
  }

  const common_options& common_;
  const roll_options& options_;
  connection nats_;
  std::shared_ptr<pause_watch> pauses_;
};

} // namespace

void add_roll(CLI::App& app, const common_options& common) {
  auto* command = app.add_subcommand("roll", "Restart every node, one after the other, while riders race");
  auto options = std::make_shared<roll_options>();
  command
      ->add_option("command", options->restart,
                   "a shell command that stops the node named in $ALLEYCAT_NODE with SIGTERM and starts it again, as "
                   "'ssh $ALLEYCAT_NODE systemctl restart alleycat-node'")
      ->required();
  command->add_option("--node", options->only, "this one only; may be given again");
  command
      ->add_option("--wait", options->wait_seconds,
                   "seconds in which each node must be back and every class served; else the rest is left as it is")
      ->check(CLI::Range(1.0, 86'400.0))
      ->capture_default_str();
  command->callback([options, &common] { roller{common, *options}.run(); });
}

} // namespace alleycat::cli

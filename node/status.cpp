#include "node/status.hpp"

#include "node/telemetry/log.hpp"
#include "node/telemetry/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <ctime>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr auto span_of_rates = 10s;
constexpr std::array<std::string_view, 6> rate_names{"received", "acknowledged", "accepted",
                                                     "refused",  "standings",    "views"};
constexpr std::array<std::string_view, 4> state_names{"live", "unfit", "draining", "dead"};

/// The bound within which so many of the observations between two readings lie; null without any.
ordered_json quantile(double q, const histogram::sums& before, const histogram::sums& now,
                      std::span<const double> bounds) {
  const auto all = now.count - before.count;
  if (all == 0)
    return nullptr;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    below += now.counts[i] - before.counts[i];
    if (static_cast<double>(below) >= q * static_cast<double>(all))
      return bounds[i];
  }
  return bounds.back();
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text)
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  return result;
}

std::string text_of(const ordered_json& value) {
  if (value.is_null())
    return "–";
  if (value.is_boolean())
    return value.get<bool>() ? "yes" : "no";
  return escaped(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string table(std::string_view caption, const std::vector<std::pair<std::string_view, std::string_view>>& columns,
                  const ordered_json& rows) {
  auto html = fmt::format("<table><caption>{}</caption><thead><tr>", caption);
  for (const auto& [key, title] : columns)
    html += fmt::format("<th scope=\"col\">{}</th>", title);
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (const auto& [key, title] : columns)
      html += fmt::format("<td>{}</td>", text_of(row.at(std::string{key})));
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string time_text(unix_ms at) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(at));
}

} // namespace

status_page::moment status_page::now_counts() const {
  std::uint64_t refused = 0;
  for (std::size_t i = 1; i < refusal_count; ++i)
    refused += counts_.updates_refused[i].value();
  return {clock::now(),
          {counts_.updates_received.value(), counts_.updates_acknowledged.value(), counts_.updates_accepted.value(),
           refused, counts_.standings_published.value(), counts_.views_published.value()},
          counts_.acknowledgement.read(),
          counts_.standings_delay.read()};
}

void status_page::sample() {
  auto one = now_counts();
  const std::lock_guard lock{mutex_};
  while (moments_.size() > 1 && one.at - moments_[1].at >= span_of_rates)
    moments_.pop_front();
  moments_.push_back(std::move(one));
}

std::string status_page::json(const std::string& not_ready, unix_ms now) const {
  const auto last = now_counts();
  moment first = last;
  {
    const std::lock_guard lock{mutex_};
    if (!moments_.empty())
      first = moments_.front();
  }
  const auto seconds = std::chrono::duration<double>(last.at - first.at).count();
  ordered_json rates_now;
  for (std::size_t i = 0; i < rate_names.size(); ++i)
    rates_now[std::string{rate_names[i]}] =
        seconds < 0.1 ? 0.0 : std::round(static_cast<double>(last.counts[i] - first.counts[i]) / seconds * 10) / 10;

  const auto seen = cluster_.picture();
  auto classes = ordered_json::array();
  for (const auto& course : rules_.classes) {
    const auto owner = seen->owners.find(course.id);
    const bool owned = owner != seen->owners.end();
    const bool here = cluster_.owns(course.id);
    const auto& of = counts_.classes.at(course.id);
    // What only the owner knows is null on other nodes.
    const auto mine = [here](auto value) { return here ? ordered_json(value) : ordered_json{}; };
    classes.push_back({{"classId", course.id.value()},
                       {"name", course.name},
                       {"owner", owned ? ordered_json(owner->second.name) : ordered_json{}},
                       {"epoch", owned ? owner->second.owner_epoch.value() : 0},
                       {"here", here},
                       {"lagMs", mine(of.lag_ms())},
                       {"overdueMs", mine(of.overdue_ms())},
                       {"allTimeRacers", mine(of.racers.value())}});
  }
  auto nodes = ordered_json::array();
  for (const auto& [beat, state] : seen->members)
    nodes.push_back({{"name", beat.name},
                     {"state", state_names.at(static_cast<std::size_t>(state))},
                     {"ready", beat.ready},
                     {"address", beat.address},
                     {"version", beat.version},
                     {"classes", beat.load.classes},
                     {"races", beat.load.races},
                     {"riders", beat.load.riders},
                     {"lagMs", beat.load.lag_ms}});
  const ordered_json page{
      {"node", cluster_.node()},
      {"version", versions().alleycat},
      {"ts", ms_of(now)},
      {"ready", not_ready.empty()},
      {"notReady", not_ready.empty() ? ordered_json{} : ordered_json(not_ready)},
      {"trusted", cluster_.trusted()},
      {"clockAheadMs", cluster_.clock_ahead().count()},
      {"races", counts_.races_open.value()},
      {"riders", counts_.riders_live.value()},
      {"unstored", counts_.updates_unstored.value()},
      {"perSecond", std::move(rates_now)},
      {"seconds",
       {{"acknowledged50", quantile(0.5, first.acknowledged, last.acknowledged, counts_.acknowledgement.bounds())},
        {"acknowledged99", quantile(0.99, first.acknowledged, last.acknowledged, counts_.acknowledgement.bounds())},
        {"standings50", quantile(0.5, first.standings, last.standings, counts_.standings_delay.bounds())},
        {"standings99", quantile(0.99, first.standings, last.standings, counts_.standings_delay.bounds())}}},
      {"classes", std::move(classes)},
      {"nodes", std::move(nodes)},
      {"events", recent_events()}};
  // What people logged may be anything.
  return page.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string status_page::html(const std::string& not_ready, unix_ms now) const {
  const auto page = ordered_json::parse(json(not_ready, now));
  const auto name = text_of(page["node"]);
  auto html = fmt::format(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{0} – Alleycat</title><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/status.css"></head><body>
<h1>{0}</h1>
<p>{1}. Version {2}, {3}. Machines read <a href="/status.json">/status.json</a> and <a href="/metrics">/metrics</a>.</p>
)",
                          name, not_ready.empty() ? "Ready" : "Not ready: " + escaped(not_ready),
                          text_of(page["version"]), time_text(now));
  ordered_json figures = ordered_json::array();
  const auto figure = [&](std::string_view what, const ordered_json& value) {
    figures.push_back({{"what", what}, {"value", value}});
  };
  figure("Races open here", page["races"]);
  figure("Riders live here", page["riders"]);
  figure("Updates received a second", page["perSecond"]["received"]);
  figure("Updates acknowledged a second", page["perSecond"]["acknowledged"]);
  figure("Updates accepted by races here a second", page["perSecond"]["accepted"]);
  figure("Updates refused a second", page["perSecond"]["refused"]);
  figure("Standings published a second", page["perSecond"]["standings"]);
  figure("Views published a second", page["perSecond"]["views"]);
  figure("Updates waiting for the journal", page["unstored"]);
  figure("Half of the updates acknowledged within, s", page["seconds"]["acknowledged50"]);
  figure("99 % of the updates acknowledged within, s", page["seconds"]["acknowledged99"]);
  figure("Half of the standings within, s", page["seconds"]["standings50"]);
  figure("99 % of the standings within, s", page["seconds"]["standings99"]);
  figure("Knows what it owns", page["trusted"]);
  figure("Clock ahead of NATS, ms", page["clockAheadMs"]);
  html += table("Classes",
                {{"classId", "class"},
                 {"name", "name"},
                 {"owner", "owner"},
                 {"epoch", "epoch"},
                 {"lagMs", "lag, ms"},
                 {"overdueMs", "past the deadline, ms"},
                 {"allTimeRacers", "all-time racers"}},
                page["classes"]);
  html += table("Nodes",
                {{"name", "name"},
                 {"state", "state"},
                 {"ready", "ready"},
                 {"classes", "classes"},
                 {"races", "races"},
                 {"riders", "riders"},
                 {"lagMs", "lag, ms"},
                 {"version", "version"},
                 {"address", "address"}},
                page["nodes"]);
  html += table("This node, in the last 10 s", {{"what", ""}, {"value", ""}}, figures);
  html += "<h2>Last events</h2>\n<ol reversed>\n";
  for (auto event = page["events"].rbegin(); event != page["events"].rend(); ++event)
    html += "<li>" + text_of(*event) + "</li>\n";
  return html + "</ol>\n</body></html>\n";
}

std::string status_page::css() {
  return R"(:root { color-scheme: light dark; }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; padding: .15rem 1rem .15rem 0; border-bottom: 1px solid #8884; }
ol { font: 12px/1.5 ui-monospace, monospace; padding-left: 2.5rem; overflow-wrap: anywhere; }
)";
}

} // namespace alleycat

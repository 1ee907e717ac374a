#include "cluster/rule_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace alleycat {

namespace {

using lines = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 2> admissions{"live", "any"};
constexpr std::array<std::string_view, 2> scorings{"total", "output"};

/// Rules of a race that change results, in the order of the configuration.
std::vector<std::pair<std::string, std::string>> values_of(const race_rules& race) {
  return {{"race.window_seconds", std::to_string(race.window_seconds)},
          {"race.ride_seconds", std::to_string(race.ride_seconds)},
          {"race.grace_seconds", std::to_string(race.grace_seconds)},
          {"race.capacity", std::to_string(race.capacity)},
          {"race.min_percent", std::to_string(race.min_percent)},
          {"race.admit", std::string{admissions[static_cast<std::size_t>(race.admit)]}},
          {"race.idle_close_seconds", std::to_string(race.idle_close_seconds)}};
}

lines lines_of(std::string_view text) {
  lines all;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto equals = std::min(line.find('='), line.size());
    if (!line.empty())
      all.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  return all;
}

} // namespace

std::string rules_text(const rule_set& rules) {
  std::string text;
  const auto add = [&](const std::string& name, std::string_view value) {
    text.append(name).append("=").append(value).append("\n");
  };
  const auto defaults = values_of(race_rules{});
  for (const auto& rule : values_of(rules.race))
    if (std::find(defaults.begin(), defaults.end(), rule) == defaults.end())
      add(rule.first, rule.second);
  for (const auto& each : rules.classes)
    add("class." + std::to_string(each.id.value()) + ".score", scorings[static_cast<std::size_t>(each.score)]);
  return text;
}

std::uint64_t rules_digest(const rule_set& rules) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : rules_text(rules))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::vector<std::string> rule_differences(std::string_view ours, std::string_view theirs) {
  const auto here = lines_of(ours), there = lines_of(theirs);
  lines all;
  for (const auto& [name, value] : values_of(race_rules{}))
    all.emplace(name, value);
  const auto defaults = all;
  all.insert(here.begin(), here.end());
  all.insert(there.begin(), there.end());
  const auto value_in = [&](const lines& side, const std::string& name) {
    if (const auto found = side.find(name); found != side.end())
      return found->second;
    const auto found = defaults.find(name);
    return found == defaults.end() ? std::string{"missing"} : found->second;
  };
  std::vector<std::string> sentences;
  for (const auto& [name, value] : all)
    if (const auto a = value_in(here, name), b = value_in(there, name); a != b)
      sentences.push_back(
          std::string{name}.append(" is ").append(a).append(" here and ").append(b).append(" in the cluster"));
  return sentences;
}

} // namespace alleycat

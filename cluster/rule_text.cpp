#include "cluster/rule_text.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace alleycat {

namespace {

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7f && c != '\\')
      out += c;
    else
      out.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

constexpr std::array<std::string_view, 2> admissions{"live", "any"};
constexpr std::array<std::string_view, 3> views{"all", "asked", "off"};
constexpr std::array<std::string_view, 2> scorings{"total", "output"};

class line_writer {
public:
  void add(const std::string& name, std::string_view value) {
    text_.append(name).append("=").append(value).append("\n");
  }
  void add(const std::string& name, std::int64_t value) { add(name, std::to_string(value)); }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

constexpr std::string_view missing = "missing";

std::string sentence(std::string_view name, std::string_view here, std::string_view there) {
  std::string text;
  for (const auto part : {name, std::string_view{" is "}, here, std::string_view{" here and "}, there,
                          std::string_view{" in the cluster"}})
    text += part;
  return text;
}

std::map<std::string, std::string, std::less<>> lines_of(std::string_view text) {
  std::map<std::string, std::string, std::less<>> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto equals = std::min(line.find('='), line.size());
    if (!line.empty())
      lines.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  return lines;
}

} // namespace

std::string rules_text(const rule_set& rules) {
  line_writer out;
  out.add("race.window_seconds", rules.race.window_seconds);
  out.add("race.ride_seconds", rules.race.ride_seconds);
  out.add("race.grace_seconds", rules.race.grace_seconds);
  out.add("race.capacity", rules.race.capacity);
  out.add("race.min_percent", rules.race.min_percent);
  out.add("race.admit", admissions[static_cast<std::size_t>(rules.race.admit)]);
  out.add("race.idle_close_seconds", rules.race.idle_close_seconds);
  out.add("race.views", views[static_cast<std::size_t>(rules.race.views)]);
  for (const auto& course : rules.classes) {
    const auto prefix = "class." + std::to_string(course.id.value()) + ".";
    out.add(prefix + "name", escaped(course.name));
    out.add(prefix + "difficulty", course.difficulty);
    out.add(prefix + "score", scorings[static_cast<std::size_t>(course.score)]);
  }
  return out.take();
}

std::uint64_t rules_digest(const rule_set& rules) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : rules_text(rules))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::vector<std::string> rule_differences(std::string_view ours, std::string_view theirs) {
  const auto here = lines_of(ours);
  const auto there = lines_of(theirs);
  std::vector<std::string> words;
  for (const auto& [name, value] : here) {
    const auto other = there.find(name);
    if (other == there.end())
      words.push_back(sentence(name, value, missing));
    else if (other->second != value)
      words.push_back(sentence(name, value, other->second));
  }
  for (const auto& [name, value] : there)
    if (!here.contains(name))
      words.push_back(sentence(name, missing, value));
  return words;
}

} // namespace alleycat

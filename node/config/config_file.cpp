#include "node/config/config_file.hpp"

#include "node/config/options.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <toml++/toml.h>

namespace alleycat {

namespace {

/// Thrown and caught in this file only: the walk through the tables ends at the first fault.
struct file_fault {
  toml::source_position at;
  std::string what;
};

[[noreturn]] void fail(const toml::source_region& where, std::string what) {
  throw file_fault{where.begin, std::move(what)};
}

std::string with_hint(std::string message, std::string_view mistyped, std::span<const std::string> known) {
  if (const auto near = nearest(mistyped, known))
    message += fmt::format("; did you mean {}?", *near);
  return message;
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const auto& opt : options())
    keys.emplace_back(opt.key);
  return keys;
}

/// A value of the wrong type comes back as a type that `fault_in` refuses.
option_value value_of(const toml::node& node) {
  if (const auto number = node.value_exact<std::int64_t>())
    return *number;
  if (const auto number = node.value_exact<double>())
    return *number;
  if (const auto text = node.value_exact<std::string>())
    return *text;
  std::vector<std::string> list;
  if (const auto* array = node.as_array())
    for (const auto& part : *array)
      list.push_back(part.value_exact<std::string>().value_or(""));
  else
    list.emplace_back(); // neither a number nor a text: fits nothing
  return list;
}

void apply_option(node_config& config, const option& opt, const toml::node& node) {
  const auto value = value_of(node);
  if (const auto wanted = fault_in(opt, value))
    fail(node.source(), fmt::format("{} must be {}", opt.key, *wanted));
  opt.set(config, value);
}

void apply_section(node_config& config, std::string_view section, const toml::table& table) {
  for (const auto& [key, node] : table) {
    const auto name = fmt::format("{}.{}", section, key.str());
    const auto* opt = find_option(name);
    if (!opt)
      fail(key.source(), with_hint(fmt::format("unknown key {}", name), name, known_keys()));
    apply_option(config, *opt, node);
  }
}

std::int64_t class_number(const toml::table& table, std::string_view key, std::int64_t low, std::int64_t high,
                          std::optional<std::int64_t> fallback) {
  const auto* node = table.get(key);
  if (!node && fallback)
    return *fallback;
  const auto number = node ? node->value_exact<std::int64_t>() : std::nullopt;
  if (!number || *number < low || *number > high)
    fail(node ? node->source() : table.source(),
         fmt::format("class.{} must be a whole number in {}..{}", key, low, high));
  return *number;
}

std::string class_name(const toml::table& table) {
  const auto* node = table.get("name");
  const auto name = node ? node->value_exact<std::string>() : std::nullopt;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (!name || name->empty() || name->size() > 64 || std::any_of(name->begin(), name->end(), control))
    fail(node ? node->source() : table.source(),
         "class.name must be a text of 1 to 64 bytes without control characters");
  return *name;
}

scoring class_score(const toml::table& table) {
  const auto* node = table.get("score");
  if (!node)
    return scoring::total;
  const auto word = node->value_exact<std::string>();
  if (word == "total")
    return scoring::total;
  if (word == "output")
    return scoring::output;
  fail(node->source(), "class.score must be one of total, output");
}

class_rules one_class(const toml::table& table) {
  static const std::vector<std::string> known{"id", "name", "difficulty", "score"};
  for (const auto& [key, node] : table)
    if (std::find(known.begin(), known.end(), key.str()) == known.end())
      fail(key.source(), with_hint(fmt::format("unknown key class.{}", key.str()), key.str(), known));
  return {class_id{static_cast<std::uint16_t>(class_number(table, "id", 1, 65535, std::nullopt))}, class_name(table),
          static_cast<int>(class_number(table, "difficulty", 1, 1000, 1)), class_score(table)};
}

std::vector<class_rules> all_classes(const toml::node& node) {
  const auto* tables = node.as_array();
  if (!tables || tables->empty())
    fail(node.source(), "class must be written as [[class]], once for each");
  std::vector<class_rules> classes;
  std::set<class_id> seen;
  for (const auto& element : *tables) {
    const auto* table = element.as_table();
    if (!table)
      fail(element.source(), "class must be written as [[class]], once for each");
    classes.push_back(one_class(*table));
    if (!seen.insert(classes.back().id).second)
      fail(table->source(), fmt::format("class {} is there twice", classes.back().id.value()));
  }
  std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return classes;
}

void apply_tables(node_config& config, const toml::table& root) {
  std::vector<std::string> sections{"class"};
  for (const auto& opt : options())
    sections.emplace_back(opt.section());
  for (const auto& [key, node] : root) {
    const auto name = key.str();
    if (name == "class")
      config.rules.classes = all_classes(node);
    else if (std::find(sections.begin(), sections.end(), name) == sections.end())
      fail(key.source(), with_hint(fmt::format("unknown section {}", name), name, sections));
    else if (const auto* table = node.as_table())
      apply_section(config, name, *table);
    else
      fail(node.source(), fmt::format("{} must be a table, written as [{}]", name, name));
  }
}

std::string as_comment(std::string_view text) {
  auto lines = "# " + wrapped(text, 98) + "\n";
  for (auto at = lines.find('\n'); at + 1 < lines.size(); at = lines.find('\n', at + 1))
    lines.insert(at + 1, "# ");
  return lines;
}

} // namespace

std::optional<std::string> apply_toml(node_config& config, std::string_view toml, const std::string& file_name) {
  const auto place = [&](const toml::source_position& at) {
    return fmt::format("{}:{}:{}", file_name, at.line, at.column);
  };
  try {
    apply_tables(config, toml::parse(toml));
    return std::nullopt;
  } catch (const toml::parse_error& fault) {
    return fmt::format("{}: {}", place(fault.source().begin), fault.description());
  } catch (const file_fault& fault) {
    return fmt::format("{}: {}", place(fault.at), fault.what);
  }
}

std::string config_text(const node_config& config) {
  std::string text;
  std::string_view section;
  const auto defaults = default_config();
  for (const auto& opt : options()) {
    if (opt.section() != section) {
      section = opt.section();
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    text += as_comment(description(opt, defaults));
    text += fmt::format("{} = {}\n", opt.name(), toml_literal(opt.get(config)));
  }
  text += "\n# The courses: id 1..65535, difficulty 1 = easiest, score total (sum of the outputs) or output (of the "
          "second itself).\n";
  for (const auto& one : config.rules.classes)
    text += fmt::format("[[class]]\nid = {}\nname = {}\ndifficulty = {}\nscore = \"{}\"\n\n", one.id.value(),
                        toml_literal(one.name), one.difficulty, one.score == scoring::total ? "total" : "output");
  text.pop_back();
  return text;
}

} // namespace alleycat

#include "cluster/entity.hpp"

#include "cluster/plain_number.hpp"

namespace alleycat {

namespace {

constexpr std::string_view class_prefix = "class-";
constexpr std::string_view race_prefix = "race-";

std::optional<class_id> parse_class(std::string_view text) {
  const auto id = parse_plain<std::uint16_t>(text);
  if (!id || *id == 0)
    return std::nullopt;
  return class_id{*id};
}

} // namespace

std::strong_ordering operator<=>(const entity& a, const entity& b) {
  if (const auto kind = b.is_class() <=> a.is_class(); kind != 0)
    return kind;
  if (const auto cls = a.cls <=> b.cls; cls != 0)
    return cls;
  return a.race.value_or(race_id{}) <=> b.race.value_or(race_id{});
}

std::string to_text(const entity& what) {
  auto text = std::string{what.is_class() ? class_prefix : race_prefix} + std::to_string(what.cls.value());
  if (what.race)
    text += "-" + std::to_string(what.race->value());
  return text;
}

std::optional<entity> parse_entity(std::string_view text) {
  if (text.starts_with(class_prefix)) {
    const auto cls = parse_class(text.substr(class_prefix.size()));
    return cls ? std::optional{entity::of(*cls)} : std::nullopt;
  }
  if (!text.starts_with(race_prefix))
    return std::nullopt;
  text.remove_prefix(race_prefix.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos)
    return std::nullopt;
  const auto cls = parse_class(text.substr(0, dash));
  const auto race = parse_plain<std::uint32_t>(text.substr(dash + 1));
  if (!cls || !race)
    return std::nullopt;
  return entity::of(race_key{*cls, race_id{*race}});
}

} // namespace alleycat

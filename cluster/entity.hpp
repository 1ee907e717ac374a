/// What nodes own: races and classes.
#pragma once

#include "racing/ids.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// Ordered: classes before races, by id.
struct entity {
  class_id cls;
  std::optional<race_id> race; ///< none: the class itself

  static entity of(class_id cls) { return {cls, std::nullopt}; }
  static entity of(race_key key) { return {key.cls, key.race}; }

  bool is_class() const { return !race.has_value(); }
  /// @pre not a class
  race_key key() const { return {cls, *race}; }

  friend std::strong_ordering operator<=>(const entity& a, const entity& b);
  friend bool operator==(const entity&, const entity&) = default;
};

/// One token of a subject: `class-3`, `race-3-5400172`.
std::string to_text(const entity& what);

/// @returns nothing for anything `to_text` does not write.
std::optional<entity> parse_entity(std::string_view text);

} // namespace alleycat

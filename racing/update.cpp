#include "racing/update.hpp"

#include <array>
#include <optional>

namespace alleycat {

namespace {

constexpr std::array<std::string_view, refusal_count> refusal_names{
    "none",        "too_big",        "bad_json",  "missing_field", "bad_number",        "bad_second",
    "bad_cadence", "bad_resistance", "bad_name",  "bad_subject",   "identity_mismatch", "unknown_class",
    "bad_race",    "too_early",      "too_late",  "busy",          "not_stored",        "duplicate",
    "conflict",    "other_ride",     "race_full", "out_of_time",
};

/// Control, separator, zero-width and direction characters: invisible, or able to disguise other text.
constexpr bool unprintable(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

/// Zero width non-joiner and joiner.
constexpr bool joiner(char32_t c) {
  return c == 0x200c || c == 0x200d;
}

/// Whether a joiner beside it may change what is seen: from Hebrew on, without general punctuation. Beside Latin, Greek or
/// Cyrillic letters it would only make two names that look alike.
constexpr bool joinable(char32_t c) {
  return c >= 0x0590 && !(c >= 0x2000 && c <= 0x206f) && c != 0x3000 && !unprintable(c);
}

/// Takes the first code point off `text`. @returns nothing where it is not well-formed UTF-8
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size())
    return std::nullopt;
  char32_t c = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if ((next & 0xc0U) != 0x80U)
      return std::nullopt;
    c = c << 6 | (next & 0x3fU);
  }
  constexpr std::array<char32_t, 5> shortest{0, 0, 0x80, 0x800, 0x10000};
  if (c < shortest[length] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
    return std::nullopt;
  text.remove_prefix(length);
  return c;
}

} // namespace

std::string_view to_string(refusal r) {
  return refusal_names[static_cast<std::size_t>(r)];
}

bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > max_name_bytes)
    return false;
  char32_t before = 0;
  while (!name.empty()) {
    const auto c = take_code_point(name);
    if (!c)
      return false;
    if (joiner(before) && !joinable(*c))
      return false;
    if (joiner(*c) ? !joinable(before) || name.empty() : unprintable(*c))
      return false;
    before = *c;
  }
  return true;
}

} // namespace alleycat

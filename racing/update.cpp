#include "racing/update.hpp"

#include <array>

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

} // namespace

std::string_view to_string(refusal r) {
  return refusal_names[static_cast<std::size_t>(r)];
}

bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > max_name_bytes)
    return false;
  for (std::size_t i = 0; i < name.size();) {
    const auto lead = static_cast<unsigned char>(name[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || i + length > name.size())
      return false;
    char32_t c = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(name[i + k]);
      if ((next & 0xc0U) != 0x80U)
        return false;
      c = c << 6 | (next & 0x3fU);
    }
    constexpr std::array<char32_t, 5> shortest{0, 0, 0x80, 0x800, 0x10000};
    if (c < shortest[length] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff || unprintable(c))
      return false;
    i += length;
  }
  return true;
}

} // namespace alleycat

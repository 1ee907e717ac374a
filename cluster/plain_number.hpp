/// Numbers as text, one way only.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace alleycat {

/// Canonical decimal: no sign, no leading zero, nothing around it, within the type.
template <std::unsigned_integral Number>
std::optional<Number> parse_plain(std::string_view text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  Number value{};
  const auto* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

} // namespace alleycat

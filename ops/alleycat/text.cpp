#include "ops/alleycat/text.hpp"

#include <cstdint>
#include <cwchar>
#include <cwctype>
#include <optional>

namespace alleycat::cli {

namespace {

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1; ///< of the input; 1 where it is no UTF-8
  bool valid = false;
};

/// Strict UTF-8 (no overlong forms, no surrogates). `text` must not be empty.
code_point first_of(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return {};
  }
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return {};
    }
    value = value << 6 | (byte(i) & 0x3FU);
  }
  constexpr char32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < lowest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
    return {};
  }
  return {value, length, true};
}

bool turns_direction(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0xFEFF;
}

/// wcwidth is -1 for controls and what the locale does not know.
bool is_printable(char32_t c) {
  return !turns_direction(c) && ::wcwidth(static_cast<wchar_t>(c)) >= 0 && c != 0;
}

/// How far `text` reaches within `width` columns.
struct extent {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

extent measure(std::string_view text, std::size_t width) {
  extent reached;
  while (reached.bytes < text.size()) {
    const auto next = first_of(text.substr(reached.bytes));
    const auto wide = next.valid ? ::wcwidth(static_cast<wchar_t>(next.value)) : 1;
    const auto step = static_cast<std::size_t>(wide < 0 ? 1 : wide);
    if (reached.columns + step > width) {
      break;
    }
    reached.bytes += next.bytes;
    reached.columns += step;
  }
  return reached;
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_of(text);
    if (next.valid && is_printable(next.value)) {
      out.append(text.substr(0, next.bytes));
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::size_t columns(std::string_view text) {
  return measure(text, SIZE_MAX).columns;
}

std::string fit(std::string_view text, std::size_t width) {
  const auto whole = measure(text, width);
  if (whole.bytes == text.size()) {
    return std::string{text};
  }
  if (width == 0) {
    return {};
  }
  return std::string{text.substr(0, measure(text, width - 1).bytes)} + "…";
}

std::string pad(std::string_view text, std::size_t width, align where) {
  auto out = fit(text, width);
  const std::string spaces(width - columns(out), ' ');
  return where == align::left ? out + spaces : spaces + out;
}

} // namespace alleycat::cli

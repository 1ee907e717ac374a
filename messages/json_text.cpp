#include "messages/json_text.hpp"

#include "messages/json.hpp"

#include <algorithm>

namespace alleycat {

namespace detail {

namespace {

constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

} // namespace

json_text& json_text::fixed(std::int64_t units, int decimals) {
  std::uint64_t size = units < 0 ? 0U - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  std::uint64_t one = 1;
  for (int i = 0; i < decimals; ++i)
    one *= 10;
  if (units < 0)
    raw("-");
  integer(size / one);
  std::uint64_t rest = size % one;
  if (rest == 0)
    return *this;
  std::array<char, 20> digits{};
  digits[0] = '.';
  std::size_t count = 1;
  while (rest != 0) {
    one /= 10;
    digits[count++] = static_cast<char>('0' + rest / one);
    rest %= one;
  }
  return raw({digits.data(), count});
}

json_text& json_text::string(std::string_view text) {
  raw("\"");
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), needs_escape) - text.begin());
    raw(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty())
      break;
    const char c = text.front();
    text.remove_prefix(1);
    switch (c) {
    case '"':
      raw("\\\"");
      break;
    case '\\':
      raw("\\\\");
      break;
    case '\n':
      raw("\\n");
      break;
    case '\r':
      raw("\\r");
      break;
    case '\t':
      raw("\\t");
      break;
    default: {
      constexpr std::string_view hex = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      raw("\\u00").raw(hex.substr(byte >> 4U, 1)).raw(hex.substr(byte & 0xfU, 1));
    }
    }
  }
  return raw("\"");
}

} // namespace detail

void append_json_string(std::string_view text, std::string& out) {
  detail::json_text{out}.string(text);
}

void append_score(score s, std::string& out) {
  detail::json_text{out}.amount(s);
}

} // namespace alleycat

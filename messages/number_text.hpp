/// Internal: a JSON number, read from its text. Exact, since scores must not depend on floating point.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace alleycat::detail {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_json_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The token without the white space behind it.
constexpr std::string_view trimmed(std::string_view token) {
  while (!token.empty() && is_json_space(token.back()))
    token.remove_suffix(1);
  return token;
}

class number_text {
public:
  enum class form : std::uint8_t { not_a_number, integer, fraction };

  /// @param token  the whole number by JSON's grammar, and perhaps white space behind it
  static constexpr number_text read(std::string_view token);

  /// `fraction` for whatever has a point or an exponent, even 13.0.
  constexpr form what() const { return form_; }

  /// value * 10^decimals, rounded to an integer, halves away from zero; at most `bound` in size.
  /// @param decimals  0..4
  constexpr std::int64_t scaled(int decimals) const;

  static constexpr std::int64_t bound = 1'000'000'000'000'000'000;

private:
  static constexpr int most_digits = 18;

  constexpr void add_digit(char c) {
    if (mantissa_ == 0 && c == '0')
      return; // not significant
    if (digits_ < most_digits) {
      mantissa_ = mantissa_ * 10 + static_cast<std::uint64_t>(c - '0');
      ++digits_;
    }
  }

  static constexpr std::uint64_t power_of_ten(int n) {
    std::uint64_t p = 1;
    for (; n > 0; --n)
      p *= 10;
    return p;
  }

  // |value| = 0.mantissa * 10^point, with `digits_` digits in the mantissa; digits after the 18th are dropped.
  std::uint64_t mantissa_ = 0;
  int digits_ = 0;
  int point_ = 0;
  bool negative_ = false;
  form form_ = form::not_a_number;
};

constexpr number_text number_text::read(std::string_view token) {
  number_text n;
  const char* p = token.data();
  const char* const end = p + token.size();
  const auto more_digits = [&] { return p != end && is_digit(*p); };
  if (p != end && *p == '-') {
    n.negative_ = true;
    ++p;
  }
  if (!more_digits())
    return n;
  if (*p == '0') {
    ++p;
  } else {
    for (; more_digits(); ++p) {
      n.add_digit(*p);
      ++n.point_;
    }
  }
  auto form = form::integer;
  if (p != end && *p == '.') {
    form = form::fraction;
    ++p;
    if (!more_digits())
      return n;
    for (; more_digits(); ++p) {
      if (n.mantissa_ == 0 && *p == '0')
        --n.point_;
      n.add_digit(*p);
    }
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    form = form::fraction;
    ++p;
    const bool down = p != end && *p == '-';
    if (p != end && (*p == '-' || *p == '+'))
      ++p;
    if (!more_digits())
      return n;
    int exponent = 0;
    for (; more_digits(); ++p)
      exponent = std::min(exponent * 10 + (*p - '0'), 1'000'000);
    n.point_ += down ? -exponent : exponent;
  }
  while (p != end && is_json_space(*p))
    ++p;
  if (p == end)
    n.form_ = form;
  return n;
}

constexpr std::int64_t number_text::scaled(int decimals) const {
  const int keep = point_ + decimals; // digits before the point of the scaled value
  if (mantissa_ == 0 || keep < 0)
    return 0;
  std::int64_t size = bound;
  if (keep <= most_digits) {
    if (digits_ <= keep)
      size = static_cast<std::int64_t>(mantissa_ * power_of_ten(keep - digits_));
    else // the first digit behind decides
      size = static_cast<std::int64_t>((mantissa_ / power_of_ten(digits_ - keep - 1) + 5) / 10);
  }
  return negative_ ? -size : size;
}

} // namespace alleycat::detail

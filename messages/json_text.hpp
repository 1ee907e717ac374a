/// Internal: writes JSON text piece by piece. The caller sees to commas and brackets.
///
/// One row of the standings is about 200 bytes and there are a thousand a second per race, so pieces go to a buffer
/// on the stack and from there to the string once per row.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

namespace alleycat::detail {

/// Appends to a string through a small buffer; flushes by itself when the buffer is full and at its end.
class json_text {
public:
  explicit json_text(std::string& out) : out_{out} {}
  json_text(const json_text&) = delete;
  json_text& operator=(const json_text&) = delete;
  ~json_text() { flush(); }

  /// Text as it is: brackets, names of fields.
  json_text& raw(std::string_view text) {
    if (text.size() > buffer_.size()) {
      flush();
      out_ += text;
      return *this;
    }
    if (!text.empty()) { // memcpy does not take the null of an empty view
      std::memcpy(room_for(text.size()), text.data(), text.size());
      used_ += text.size();
    }
    return *this;
  }

  template <class Integer>
  json_text& integer(Integer value) {
    constexpr std::size_t longest = 20;
    char* const at = room_for(longest);
    used_ += static_cast<std::size_t>(std::to_chars(at, at + longest, value).ptr - at);
    return *this;
  }

  template <class Tag, class Number>
  json_text& id(named_number<Tag, Number> value) {
    return integer(value.value());
  }

  json_text& time(unix_ms value) { return integer(ms_of(value)); }

  /// 0 is not known: null.
  json_text& rank(rank_t value) { return value == 0 ? raw("null") : integer(value); }
  json_text& boolean(bool value) { return raw(value ? "true" : "false"); }

  /// A decimal without trailing zeros. @param units  of 10^-decimals
  json_text& fixed(std::int64_t units, int decimals);
  json_text& amount(score value) { return fixed(value.value(), 4); }

  /// Quoted and escaped.
  json_text& string(std::string_view text);

private:
  /// @param size  at most that of the buffer
  char* room_for(std::size_t size) {
    if (used_ + size > buffer_.size())
      flush();
    return buffer_.data() + used_;
  }

  void flush() {
    out_.append(buffer_.data(), used_);
    used_ = 0;
  }

  std::string& out_;
  std::size_t used_ = 0;
  std::array<char, 512> buffer_;
};

} // namespace alleycat::detail

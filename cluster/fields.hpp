/// `field=value` pairs separated by one space: how the bucket's values are written and read.
#pragma once

#include "cluster/plain_number.hpp"
#include "racing/check.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

class field_writer {
public:
  /// @pre neither holds a space
  field_writer& add(std::string_view name, std::string_view value) {
    ALLEYCAT_CHECK(name.find(' ') == std::string_view::npos && value.find(' ') == std::string_view::npos);
    if (!text_.empty())
      text_ += ' ';
    text_.append(name).append("=").append(value);
    return *this;
  }
  field_writer& add(std::string_view name, std::uint64_t value) { return add(name, std::to_string(value)); }

  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

/// Looks fields up in the text; the first of a name counts.
class field_reader {
public:
  explicit field_reader(std::string_view text) : text_{text} {}

  std::optional<std::string_view> find(std::string_view name) const {
    auto rest = text_;
    while (!rest.empty()) {
      const auto pair = rest.substr(0, rest.find(' '));
      rest.remove_prefix(pair.size() == rest.size() ? pair.size() : pair.size() + 1);
      if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name))
        return pair.substr(name.size() + 1);
    }
    return std::nullopt;
  }

  template <std::unsigned_integral Number>
  std::optional<Number> number(std::string_view name) const {
    const auto text = find(name);
    return text ? parse_plain<Number>(*text) : std::nullopt;
  }

private:
  std::string_view text_;
};

} // namespace alleycat

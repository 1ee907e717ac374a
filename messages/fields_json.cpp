#include "messages/fields_json.hpp"
#include "messages/json_text.hpp"
#include "messages/number_text.hpp"

#include <algorithm>
#include <simdjson.h>

namespace alleycat {

namespace {

namespace od = simdjson::ondemand;

/// The value as it is written; of a row's fields, none is deeper than simdjson goes.
std::string_view raw(od::value value) {
  switch (value.type()) {
  case od::json_type::object:
    return od::object{value.get_object()}.raw_json();
  case od::json_type::array:
    return od::array{value.get_array()}.raw_json();
  default:
    return detail::trimmed(value.raw_json_token());
  }
}

void append(std::string_view key, std::string_view value, std::string& out) {
  if (out.back() != '{')
    out += ',';
  out += '"';
  out += key;
  out += R"(":)";
  out += value;
}

bool is_in(const auto& names, std::string_view key) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

void append_row(od::object row, std::span<const std::string> wanted, std::string& out) {
  out += '{';
  for (auto field : row) {
    const std::string_view key = field.unescaped_key();
    if (is_in(wanted, key))
      append(key, raw(field.value()), out);
  }
  out += '}';
}

} // namespace

std::string only_fields(std::string_view json, const field_choice& choice) {
  try {
    od::parser parser;
    const simdjson::padded_string text{json};
    od::document document = parser.iterate(text);
    std::string out{"{"};
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key != choice.rows) {
        if (!is_in(choice.besides, key) || is_in(choice.wanted, key))
          append(key, raw(field.value()), out);
        continue;
      }
      append(key, "[", out);
      for (auto row : field.value().get_array()) {
        if (out.back() != '[')
          out += ',';
        append_row(row.get_object(), choice.wanted, out);
      }
      out += ']';
    }
    out += '}';
    return out;
  } catch (const simdjson::simdjson_error&) {
    return std::string{json};
  }
}

} // namespace alleycat

#include "messages/update_json.hpp"

#include "messages/number_text.hpp"
#include "messages/update_fields.hpp"
#include "messages/update_protobuf.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <simdjson.h>

namespace alleycat {

namespace {

namespace od = simdjson::ondemand;
using detail::field;
using detail::number_text;
using detail::update_builder;

constexpr int deepest = 64;

/// simdjson leaves unchecked what is not asked for. A payload counts as JSON only when all of it is, so ignored
/// values are walked too.
bool is_json(od::value& value, int depth);

bool is_json_object(od::object& object, int depth) {
  for (auto one : object) {
    od::field member;
    std::string_view key;
    if (std::move(one).get(member) != simdjson::SUCCESS || member.unescaped_key().get(key) != simdjson::SUCCESS ||
        !is_json(member.value(), depth))
      return false;
  }
  return true;
}

bool is_json_array(od::array& array, int depth) {
  for (auto one : array) {
    od::value element;
    if (std::move(one).get(element) != simdjson::SUCCESS || !is_json(element, depth))
      return false;
  }
  return true;
}

bool is_json(od::value& value, int depth) {
  const auto token = detail::trimmed(value.raw_json_token());
  if (depth > deepest || token.empty())
    return false;
  switch (token.front()) {
  case '{': {
    od::object object;
    return value.get_object().get(object) == simdjson::SUCCESS && is_json_object(object, depth + 1);
  }
  case '[': {
    od::array array;
    return value.get_array().get(array) == simdjson::SUCCESS && is_json_array(array, depth + 1);
  }
  case '"': {
    std::string_view text;
    return value.get_string().get(text) == simdjson::SUCCESS;
  }
  case 't':
    return token == "true";
  case 'f':
    return token == "false";
  case 'n':
    return token == "null";
  default:
    return number_text::read(token).what() != number_text::form::not_a_number;
  }
}

field field_named(std::string_view key) {
  const auto is = [key](field f) { return key == detail::name_of(f) ? f : field::unknown; };
  switch (key.size()) {
  case 4:
    return key.front() == 'n' ? is(field::name) : is(field::view);
  case 5:
    return key.front() == 'e' ? is(field::event) : is(field::power);
  case 6:
    return key.front() == 's' ? is(field::second) : is(field::race_id);
  case 7:
    return key.front() == 'r'                    ? is(field::racer_id)
           : key.front() == 'c' && key[1] == 'l' ? is(field::class_id)
                                                 : is(field::cadence);
  case 9:
    return is(field::heart_rate);
  case 10:
    return is(field::resistance);
  case 15:
    return is(field::device_timestamp);
  default:
    return field::unknown;
  }
}

bool is_required(field f) {
  return (detail::required_fields >> static_cast<unsigned>(f) & 1U) != 0;
}

/// The readers below return false when the text is no JSON; anything else that is wrong goes to the builder.
bool read_number(od::value& value, field f, update_builder& builder) {
  const auto token = value.raw_json_token();
  if (token.front() != '-' && !detail::is_digit(token.front())) {
    if (is_required(f) || detail::trimmed(token) != "null")
      builder.not_a_number(f);
    return is_json(value, 1);
  }
  const auto number = number_text::read(token);
  if (number.what() == number_text::form::not_a_number)
    return false;
  const auto rule = detail::rule_of(f);
  if (rule.integer && number.what() != number_text::form::integer)
    builder.not_a_number(f);
  else
    builder.set_number(f, number.scaled(rule.decimals), detail::trimmed(token));
  return true;
}

bool read_text(od::value& value, field f, update_builder& builder) {
  if (value.raw_json_token().front() != '"') {
    if (f == field::event)
      builder.fault(refusal::bad_json, "event is not a string");
    else if (detail::trimmed(value.raw_json_token()) != "null")
      builder.fault(refusal::bad_name, "name is not a string");
    return is_json(value, 1);
  }
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS)
    return false;
  if (f == field::name)
    builder.set_name(text);
  else if (text != "update" && text != "final")
    builder.fault(refusal::bad_json, "event is neither \"update\" nor \"final\"");
  return true;
}

bool read_view(od::value& value, update_builder& builder) {
  const auto token = detail::trimmed(value.raw_json_token());
  if (token == "true" || token == "false")
    builder.set_view(token == "true");
  else if (token != "null")
    builder.fault(refusal::bad_json, "view is neither true nor false");
  return is_json(value, 1);
}

bool read_field(od::value& value, field f, update_builder& builder) {
  switch (f) {
  case field::unknown:
    return is_json(value, 1);
  case field::event:
  case field::name:
    return read_text(value, f, builder);
  case field::view:
    return read_view(value, builder);
  default:
    return read_number(value, f, builder);
  }
}

bool read_update(od::object& object, update_builder& builder) {
  for (auto one : object) {
    od::field member;
    std::string_view key;
    if (std::move(one).get(member) != simdjson::SUCCESS || member.unescaped_key().get(key) != simdjson::SUCCESS)
      return false;
    const auto f = field_named(key);
    if (f != field::unknown && !builder.once(f))
      builder.fault(refusal::bad_json, fmt::format("{} comes twice", detail::name_of(f)));
    if (!read_field(member.value(), f, builder))
      return false;
  }
  return true;
}

refusal no_json(std::string& why) {
  why = "the message is not one JSON object in UTF-8";
  return refusal::bad_json;
}

bool begins_like_json(std::string_view payload) {
  const auto first = std::find_if_not(payload.begin(), payload.end(), detail::is_json_space);
  return first != payload.end() && *first == '{';
}

} // namespace

struct update_decoder::impl {
  std::uint32_t ride_seconds;
  od::parser parser;
  std::vector<char> buffer = std::vector<char>(max_update_bytes + simdjson::SIMDJSON_PADDING);

  /// simdjson reads past the end, so the payload moves to where it may. Zeros behind it can't be taken for JSON.
  simdjson::error_code open(std::string_view payload, od::document& document) {
    const auto needed = payload.size() + simdjson::SIMDJSON_PADDING;
    if (buffer.size() < needed)
      buffer.resize(needed);
    std::memcpy(buffer.data(), payload.data(), payload.size());
    std::memset(buffer.data() + payload.size(), 0, simdjson::SIMDJSON_PADDING);
    return parser.iterate(buffer.data(), payload.size(), buffer.size()).get(document);
  }

  /// @returns whether nothing but white space is left.
  static bool at_end(od::document& document) { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; }

  bool read_batch(od::object& object, std::vector<batch_item>& out, refusal& verdict, std::string& why) {
    bool seen = false;
    for (auto one : object) {
      od::field member;
      std::string_view key;
      if (std::move(one).get(member) != simdjson::SUCCESS || member.unescaped_key().get(key) != simdjson::SUCCESS)
        return false;
      if (key != "updates") {
        if (!is_json(member.value(), 1))
          return false;
        continue;
      }
      od::array array;
      if (std::exchange(seen, true) || member.value().get_array().get(array) != simdjson::SUCCESS)
        return false;
      for (auto element : array) {
        od::value value;
        if (std::move(element).get(value) != simdjson::SUCCESS)
          return false;
        if (out.size() == max_batch_updates) {
          verdict = detail::too_many(why);
          return true;
        }
        if (!read_item(value, out.emplace_back()))
          return false;
      }
    }
    if (!seen) {
      verdict = refusal::missing_field;
      why = "updates is missing";
    }
    return true;
  }

  bool read_item(od::value& value, batch_item& item) const {
    update_builder builder{item.content, ride_seconds};
    od::object object;
    if (value.raw_json_token().front() != '{') {
      builder.fault(refusal::bad_json, "the update is not a JSON object");
      if (!is_json(value, 1))
        return false;
    } else if (value.get_object().get(object) != simdjson::SUCCESS || !read_update(object, builder)) {
      return false;
    }
    item.verdict = builder.finish(item.why);
    return true;
  }
};

update_decoder::update_decoder(std::uint32_t ride_seconds) : impl_{std::make_unique<impl>()} {
  impl_->ride_seconds = ride_seconds;
}
update_decoder::~update_decoder() = default;
update_decoder::update_decoder(update_decoder&&) noexcept = default;
update_decoder& update_decoder::operator=(update_decoder&&) noexcept = default;

namespace {

refusal too_long(std::size_t most, std::string& why) {
  why = fmt::format("the message is longer than {} bytes", most);
  return refusal::too_big;
}

} // namespace

refusal update_decoder::decode(std::string_view payload, update& out, std::string& why) {
  if (payload.size() > max_update_bytes)
    return too_long(max_update_bytes, why);
  od::document document;
  od::object object;
  if (impl_->open(payload, document) != simdjson::SUCCESS || document.get_object().get(object) != simdjson::SUCCESS)
    return no_json(why);
  update_builder builder{out, impl_->ride_seconds};
  if (!read_update(object, builder) || !impl::at_end(document))
    return no_json(why);
  return builder.finish(why);
}

refusal update_decoder::decode_protobuf(std::string_view payload, update& out, std::string& why) {
  if (payload.size() > max_update_bytes)
    return too_long(max_update_bytes, why);
  return detail::decode_update_protobuf(payload, impl_->ride_seconds, out, why);
}

refusal update_decoder::decode_any(std::string_view payload, update& out, std::string& why) {
  return begins_like_json(payload) ? decode(payload, out, why) : decode_protobuf(payload, out, why);
}

refusal update_decoder::decode_batch(std::string_view payload, std::vector<batch_item>& out, std::string& why) {
  out.clear();
  if (payload.size() > max_batch_bytes)
    return too_long(max_batch_bytes, why);
  if (!begins_like_json(payload))
    return detail::decode_batch_protobuf(payload, impl_->ride_seconds, out, why);
  od::document document;
  od::object object;
  auto verdict = refusal::none;
  if (impl_->open(payload, document) != simdjson::SUCCESS || document.get_object().get(object) != simdjson::SUCCESS ||
      !impl_->read_batch(object, out, verdict, why) || (verdict != refusal::too_big && !impl::at_end(document)))
    verdict = no_json(why);
  if (verdict != refusal::none)
    out.clear();
  return verdict;
}

} // namespace alleycat

/// Internal: what JSON and Protobuf updates have in common: fields, ranges, refusals and their wording.
#pragma once

#include "racing/update.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alleycat::detail {

/// Required ones first, in the order in which bikes send them.
enum class field : std::uint8_t {
  event,
  device_timestamp,
  second,
  race_id,
  racer_id,
  class_id,
  cadence,
  resistance,
  name,
  power,
  heart_rate,
  view,
  unknown
};

inline constexpr std::uint32_t required_fields = (1U << static_cast<unsigned>(field::name)) - 1;

/// How a numeric field is read and which refusal answers a value outside its range.
struct number_rule {
  std::int64_t least = 0;
  std::int64_t most = -1; ///< < least: not a numeric field
  int decimals = 0;       ///< read in units of 10^-decimals
  bool integer = true;    ///< whether a point or an exponent is refused
  refusal outside = refusal::bad_number;
};

constexpr number_rule rule_of(field f) {
  constexpr std::int64_t id_end = 0xffff'ffff;
  switch (f) {
  case field::device_timestamp:
    return {0, std::int64_t{1} << 53};
  case field::second:
    return {1, 65'535, 0, true, refusal::bad_second};
  case field::race_id:
  case field::racer_id:
    return {0, id_end};
  case field::class_id:
    return {1, 65'535};
  case field::cadence:
    return {0, max_cadence, 1, false, refusal::bad_cadence};
  case field::resistance:
    return {0, max_resistance, 1, false, refusal::bad_resistance};
  case field::power:
    return {0, 65'535, 0, false};
  case field::heart_rate:
    return {0, 255, 0, false};
  default:
    return {};
  }
}

std::string_view name_of(field f);

/// Puts an update together field by field and remembers the first fault.
class update_builder {
public:
  update_builder(update& out, std::uint32_t ride_seconds) : out_{out}, ride_seconds_{ride_seconds} {
    out_.measured = {};
    out_.wants_view = false;
    out_.name.clear();
  }

  /// @returns whether the field comes for the first time.
  bool once(field f) {
    const auto bit = 1U << static_cast<unsigned>(f);
    const bool first = (seen_ & bit) == 0;
    seen_ |= bit;
    return first;
  }

  /// @param value  in the units of `rule_of(f)`
  /// @param shown  the value as it was sent, for the wording
  void set_number(field f, std::int64_t value, std::string_view shown) {
    const auto rule = rule_of(f);
    if (value < rule.least || value > rule.most)
      return out_of_range(f, shown);
    assign(f, value);
  }

  void set_name(std::string_view name) {
    if (!name.empty() && !valid_name(name))
      return fault(refusal::bad_name, "name is longer than 64 bytes, or has control or direction characters");
    out_.name = name;
  }

  void set_view(bool wanted) { out_.wants_view = wanted; }

  void fault(refusal reason, std::string_view why);
  void not_a_number(field f);

  /// @param why  assigned when there is a fault
  refusal finish(std::string& why) {
    if (reason_ == refusal::none && (seen_ & required_fields) != required_fields)
      missing();
    if (reason_ != refusal::none)
      why = why_;
    return reason_;
  }

private:
  void assign(field f, std::int64_t value) {
    switch (f) {
    case field::device_timestamp:
      out_.device_timestamp = at_ms(value);
      break;
    case field::second:
      out_.second = own_second{static_cast<std::uint16_t>(value)};
      break;
    case field::race_id:
      out_.race = alleycat::race_id{static_cast<std::uint32_t>(value)};
      break;
    case field::racer_id:
      out_.racer = alleycat::racer_id{static_cast<std::uint32_t>(value)};
      break;
    case field::class_id:
      out_.cls = alleycat::class_id{static_cast<std::uint16_t>(value)};
      break;
    case field::cadence:
      out_.measured.cadence = static_cast<std::uint16_t>(value);
      break;
    case field::resistance:
      out_.measured.resistance = static_cast<std::uint16_t>(value);
      break;
    case field::power:
      out_.measured.power = static_cast<std::uint16_t>(value);
      break;
    case field::heart_rate:
      out_.measured.heart_rate = static_cast<std::uint8_t>(value);
      break;
    default:
      break;
    }
  }

  void out_of_range(field f, std::string_view shown);
  void missing();

  update& out_;
  std::uint32_t ride_seconds_;
  std::uint32_t seen_ = 0; ///< bit per field
  refusal reason_ = refusal::none;
  std::string why_;
};

} // namespace alleycat::detail

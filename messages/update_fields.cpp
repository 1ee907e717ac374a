#include "messages/update_fields.hpp"

#include <fmt/format.h>

namespace alleycat::detail {

namespace {

constexpr std::array<std::string_view, 12> names{"event",   "deviceTimestamp", "second",    "raceId",
                                                 "racerId", "classId",         "cadence",   "resistance",
                                                 "name",    "power",           "heartRate", "view"};

/// Numbers of any length may be sent; a few digits are enough to find the mistake.
constexpr std::size_t shown_digits = 20;

} // namespace

std::string_view name_of(field f) {
  return names[static_cast<std::size_t>(f)];
}

void update_builder::fault(refusal reason, std::string_view why) {
  if (reason_ != refusal::none)
    return;
  reason_ = reason;
  why_ = why;
}

void update_builder::not_a_number(field f) {
  fault(refusal::bad_number, fmt::format("{} is not {}", name_of(f), rule_of(f).integer ? "an integer" : "a number"));
}

void update_builder::out_of_range(field f, std::string_view shown) {
  if (reason_ != refusal::none)
    return;
  const auto rule = rule_of(f);
  const auto most = f == field::second ? std::int64_t{ride_seconds_} : rule.decimals == 1 ? rule.most / 10 : rule.most;
  fault(rule.outside, fmt::format("{} {}{} is outside {}..{}", name_of(f), shown.substr(0, shown_digits),
                                  shown.size() > shown_digits ? "…" : "", rule.least, most));
}

void update_builder::missing() {
  for (std::size_t i = 0; i < static_cast<std::size_t>(field::name); ++i)
    if ((seen_ >> i & 1U) == 0)
      return fault(refusal::missing_field, fmt::format("{} is missing", names[i]));
}

} // namespace alleycat::detail

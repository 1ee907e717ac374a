#include "racing/admission.hpp"

namespace alleycat {

namespace {

/// The earliest moment at which a second of a race can have been ridden.
unix_ms earliest(const race_rules& rules, race_id race, own_second second) {
  return rules.start_of(race) + length_of(second) - clock_tolerance;
}

} // namespace

refusal judge(const update& u, const rule_set& rules, unix_ms now) {
  if (rules.find(u.cls) == nullptr)
    return refusal::unknown_class;
  if (u.second.value() < 1 || u.second > rules.race.last_second())
    return refusal::bad_second;
  if (rules.race.admit == admission::any)
    return refusal::none;
  // Not even the next race of a bike whose clock runs ahead as far as it may: waiting will not help.
  if (u.race.value() > rules.race.race_at(now + clock_tolerance).value() + 1)
    return refusal::bad_race;
  if (now < earliest(rules.race, u.race, u.second))
    return refusal::too_early;
  if (now > rules.race.deadline_of(u.race) - ingest_margin)
    return refusal::too_late;
  return refusal::none;
}

std::string explain(refusal verdict, const update& u, const rule_set& rules) {
  const auto second = "second " + std::to_string(u.second.value());
  const auto race = "race " + std::to_string(u.race.value());
  switch (verdict) {
  case refusal::unknown_class:
    return "there is no class " + std::to_string(u.cls.value());
  case refusal::bad_second:
    return second + " is outside 1.." + std::to_string(rules.race.ride_seconds);
  case refusal::bad_race:
    return race + " is not one of now";
  case refusal::too_early:
    return second + " of " + race + " cannot have been ridden yet";
  case refusal::too_late:
    return race + " takes no more updates";
  default:
    return std::string{to_string(verdict)};
  }
}

bool in_time(const race_rules& rules, race_id race, own_second second, unix_ms stored) {
  return stored >= earliest(rules, race, second) - fold_slack && stored <= rules.deadline_of(race);
}

} // namespace alleycat

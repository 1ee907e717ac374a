#include "racing/race_lifecycle.hpp"

namespace alleycat {

std::string_view to_string(life_phase phase) {
  switch (phase) {
  case life_phase::running:
    return "running";
  case life_phase::marking:
    return "marking";
  case life_phase::closed:
    return "closed";
  }
  return "unknown";
}

race_lifecycle::race_lifecycle(const race_rules& rules, race_id race, unix_ms idle_since)
    : rules_{rules}, race_{race}, last_seen_{idle_since} {}

bool race_lifecycle::due(const race_fold& race, unix_ms now) const {
  if (rules_.admit == admission::any)
    return race.as_of() != journal_position{} && now - last_seen_ >= std::chrono::seconds{rules_.idle_close_seconds};
  return race.as_of() != journal_position{} && now >= rules_.deadline_of(race_) + mark_after;
}

bool race_lifecycle::complete(const race_fold& race, unix_ms now) const {
  return rules_.admit == admission::live && !race.closed() && race.racers() > 0 && race.all_complete() &&
         now >= rules_.window_end_of(race_);
}

bool race_lifecycle::should_mark(const race_fold& race, unix_ms now) {
  switch (phase_) {
  case life_phase::running:
    if (!due(race, now))
      return false;
    break;
  case life_phase::marking:
    if (now - marked_at_ < mark_retry)
      return false;
    break;
  default:
    return false;
  }
  phase_ = life_phase::marking;
  marked_at_ = now;
  return true;
}

void race_lifecycle::saw_mark() {
  phase_ = life_phase::closed;
}

} // namespace alleycat

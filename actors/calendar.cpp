#include "actors/calendar.hpp"

#include "actors/defaults.hpp"
#include "actors/pace.hpp"
#include "actors/pages.hpp"
#include "actors/store_call.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

void calendar_state::start(pointer self, const actor_context& env, record_store& records) {
  self_ = self;
  env_ = &env;
  records_ = &records;
  self_->send(self_, alleycat::look_at_clock{});
}

void calendar_state::look_at_clock() {
  const auto& classes = env_->rules.classes;
  const auto next =
      std::find_if(classes.begin(), classes.end(), [&](const auto& course) { return !boards_.contains(course.id); });
  if (next != classes.end()) {
    load(*next);
    self_->send(self_, alleycat::look_at_clock{});
    return;
  }
  for (auto& [cls, boards] : boards_)
    if (boards.today() != today())
      boards.turn_to(today());
  self_->delayed_send(self_, until_next_beat(env_->clock->now(), defaults::follow_rest), alleycat::look_at_clock{});
}

std::vector<day_best> calendar_state::bests_of(const race_result& result, scoring rule) const {
  std::vector<day_best> bests;
  for (const auto& row : result.rows)
    if (row.finished && !row.excluded && !env_->edits->hidden(row.racer))
      bests.push_back({row.racer, {rule == scoring::total ? row.total : row.output, result.key.race, result.closed}});
  return bests;
}

void calendar_state::load(const class_rules& course) {
  day_boards boards{today()};
  const auto& rules = env_->rules.race;
  const auto first_day = std::max<utc_day>(0, boards.today() - day_boards::most_days + 1);
  const auto loaded = call_store<caf::unit_t>(*env_, [&] {
    records_->each_result(course.id, rules.race_at(unix_ms{std::chrono::days{first_day}}),
                          [&](const race_result& result) {
                            boards.load(day_at(rules.start_of(result.key.race)), bests_of(result, course.score));
                          });
    return caf::unit;
  });
  if (loaded.flag == caf::rt_error)
    env_->log->warn("calendar.load_failed", {{"class", course.id}});
  boards.turn_to(boards.today());
  boards_.insert_or_assign(course.id, std::move(boards));
}

void calendar_state::take(const closed_race& race) {
  const auto found = boards_.find(race.result.key.cls);
  if (found == boards_.end())
    return; // its class is still to be loaded, and the store has it
  const auto day = day_at(env_->rules.race.start_of(race.result.key.race));
  found->second.merge(day, bests_of(race.result, env_->rules.find(race.result.key.cls)->score));
}

void calendar_state::look_again(racer_id racer) {
  std::map<class_id, std::vector<std::pair<utc_day, final_score>>> rides;
  const auto found = call_store<caf::unit_t>(*env_, [&] {
    if (env_->edits->hidden(racer))
      return caf::unit;
    const auto& rules = env_->rules.race;
    for (const auto& line : records_->rides_of(racer, SIZE_MAX)) {
      const auto day = day_at(rules.start_of(line.key.race));
      const auto* course = env_->rules.find(line.key.cls);
      if (!line.finished || course == nullptr || day <= today() - day_boards::most_days)
        continue;
      if (const auto ride = records_->ride(line.key, racer); ride && ride->flags == 0)
        rides[line.key.cls].push_back(
            {day, final_score{scores_of(*ride, course->score).back(), line.key.race, line.closed}});
    }
    return caf::unit;
  });
  if (found.flag == caf::rt_error)
    env_->log->warn("calendar.correct_failed", {{"racer", racer}});
  else
    for (auto& [cls, boards] : boards_)
      boards.replace(racer, rides[cls]);
}

caf::result<leaderboard_answer> calendar_state::page(const get_period_board& x) {
  const auto found = boards_.find(x.cls);
  if (found == boards_.end())
    return caf::make_error(ec::not_ready, std::string{"the leaderboards of the last days are being loaded"});
  if (found->second.today() != today())
    found->second.turn_to(today());
  return page_of(found->second.board(x.over), x.page);
}

calendar_actor::behavior_type calendar(calendar_self* self, const actor_context* env, record_store* records) {
  self->state.start(self, *env, *records);
  return {
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](const closed_race_ptr& race) { self->state.take(*race); },
      [self](const edited& x) {
        if (x.content->kind != edit_kind::rename)
          self->state.look_again(x.content->racer);
      },
      [self](const get_period_board& x) { return self->state.page(x); },
  };
}

} // namespace alleycat

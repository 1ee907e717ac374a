#include "actors/archive.hpp"

#include "actors/store_call.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

moment_answer look_at(const actor_context& env, record_store& records, const find_moment& x) {
  const auto* course = env.rules.find(x.key.cls);
  const auto result = records.result(x.key);
  if (course == nullptr || !result)
    return {};
  auto found =
      std::make_shared<race_moment>(moment_of(*result, records.rides(x.key), x.second, course->score, env.rules.race));
  env.edits->show_names(found->rows);
  return {std::move(found)};
}

racer_answer look_at(const actor_context& env, record_store& records, const find_racer& x) {
  racer_answer found;
  for (const auto& course : env.rules.classes)
    if (auto bests = records.bests_of(course.id, x.racer))
      found.classes.push_back({course.id, std::move(*bests)});
  found.rides = records.rides_of(x.racer, x.offset + x.limit, x.after);
  found.rides.erase(found.rides.begin(),
                    found.rides.begin() + static_cast<std::ptrdiff_t>(std::min(x.offset, found.rides.size())));
  return found;
}

ride_answer look_at(const actor_context& env, record_store& records, const find_ride& x) {
  if (auto ride = records.ride(x.key, x.racer)) {
    ride->name = env.edits->shown(x.racer, ride->name);
    return {std::make_shared<const ride_record>(std::move(*ride)), true};
  }
  return {nullptr, records.result(x.key).has_value()};
}

} // namespace

archive_actor::behavior_type archive(archive_self*, const actor_context* env, record_store* records) {
  return {
      [=](const list_races& x) {
        return call_store<race_list>(*env, [&] {
          race_list list{records->races(x.cls, x.before, x.limit)};
          for (auto& race : list.races)
            race.winner_name = env->edits->shown(race.winner, race.winner_name);
          return list;
        });
      },
      [=](const find_result& x) {
        return call_store<result_answer>(*env, [&] {
          auto found = records->result(x.key);
          if (found)
            env->edits->show_names(found->rows);
          return result_answer{found ? std::make_shared<const race_result>(std::move(*found)) : nullptr};
        });
      },
      [=](const find_moment& x) { return call_store<moment_answer>(*env, [&] { return look_at(*env, *records, x); }); },
      [=](const list_edits& x) {
        return call_store<edit_list>(*env, [&] { return edit_list{records->edits(x.before, x.limit, x.of)}; });
      },
      [=](const find_people& x) { return people_found{env->names->search(x.text, x.limit, x.after)}; },
      [=](const find_racer& x) { return call_store<racer_answer>(*env, [&] { return look_at(*env, *records, x); }); },
      [=](const find_ride& x) { return call_store<ride_answer>(*env, [&] { return look_at(*env, *records, x); }); },
  };
}

} // namespace alleycat

#include "actors/store.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/store_call.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <chrono>

namespace alleycat {

namespace {

template <class Result, class Call>
caf::result<Result> answer(const actor_context& env, Call&& call) {
  return call_store<Result>(env, call);
}

/// Notes how full the store is, and that it grew.
void measure(const actor_context& env, record_store& records) {
  answer<removed>(env, [&] {
    const auto usage = records.map_usage();
    const auto map_bytes = static_cast<std::int64_t>(usage.map_bytes);
    const auto before = env.counts->store_map_bytes.value();
    if (before != 0 && map_bytes > before)
      env.log->info("store.grew", {{"used_bytes", usage.used_bytes}, {"map_bytes", map_bytes}});
    env.counts->store_used_bytes.set(static_cast<std::int64_t>(usage.used_bytes));
    env.counts->store_map_bytes.set(map_bytes);
    return removed{};
  });
}

/// A call that writes: timed, since it waits for the disk.
template <class Result, class Call>
caf::result<Result> write(const actor_context& env, record_store& records, const char* what, Call&& call) {
  auto& counts = *env.counts;
  const auto begin = env.clock->now();
  counts.store_busy_since.set(ms_of(begin));
  const auto began = env.clock->steady();
  auto result = answer<Result>(env, call);
  const auto took = env.clock->steady() - began;
  counts.store_busy_since.set(0);
  counts.store_writes.add();
  counts.store_commit.observe(took);
  if (took >= defaults::slow_write)
    env.log->warn("store.slow",
                  {{"operation", std::string{what}}, {"milliseconds", std::chrono::duration_cast<milliseconds>(took)}});
  measure(env, records);
  return result;
}

/// The race as it is to be stored: what it was made from may be older than a correction.
closed_race_ptr up_to_date(const actor_context& env, const closed_race_ptr& race) {
  if (!env.corrected(*race))
    return race;
  auto corrected = std::make_shared<closed_race>(*race);
  corrected->differs = env.correct(*corrected) || corrected->differs;
  return corrected;
}

} // namespace

store_actor::behavior_type store(store_self*, const actor_context* env, record_store* records) {
  return {
      [=](const load_class& x) {
        return answer<class_records_ptr>(*env, [&] {
          auto all = std::make_shared<std::vector<racer_bests>>();
          records->each_bests(x.cls, [&](const racer_bests& bests) { all->push_back(bests); });
          measure(*env, *records);
          return class_records_ptr{std::move(all)};
        });
      },
      [=](const apply_closed& x) {
        return write<merge_result>(*env, *records, "apply", [&] {
          const auto race = up_to_date(*env, x.race);
          const bool first_time = records->apply(*race, x.rule, x.announce);
          failpoint("store.applied");
          return merge_result{first_time};
        });
      },
      [=](const apply_rides& x) {
        return write<merge_result>(*env, *records, "apply", [&] {
          auto rides = *x.rides;
          env->correct(rides);
          return merge_result{!rides.empty() && records->apply_rides(rides, x.rule)};
        });
      },
      [=](const apply_bests& x) {
        return write<applied_bests>(*env, *records, "bests", [&] {
          records->merge_bests(x.cls, *x.bests);
          return applied_bests{};
        });
      },
      [=](const apply_edit& x) {
        return write<edit_effect>(*env, *records, "edit", [&] {
          return env->edits->read(
              [&](const corrections& all) { return records->apply_edit(*x.content, x.at, all, env->rules.race); });
        });
      },
      [=](const find_bests& x) {
        return answer<bests_answer>(*env, [&] {
          bests_answer found{records->bests_of(x.cls, x.racer)};
          if (found.bests)
            found.bests->edits = env->edits->bests_since(x.cls, x.racer);
          return found;
        });
      },
      [=](const find_cleanups&) {
        return answer<cleanups>(*env, [&] {
          cleanups found{records->riders_to_clean(defaults::cleaned_at_once), {}};
          for (const auto& key : records->results_to_clean(defaults::cleaned_at_once)) {
            const auto stamp = records->applied(key);
            if (auto result = records->result(key); result && stamp)
              found.results.push_back({std::move(*result), *stamp});
            else
              records->cleaned(key); // pruned since
          }
          return found;
        });
      },
      [=](const keep_cleaned& x) {
        return write<ack>(*env, *records, "cleaned", [&] {
          for (const auto& e : x.what.riders)
            records->cleaned(e);
          for (const auto& each : x.what.results)
            records->cleaned(each.result.key);
          return ack{};
        });
      },
      [=](const find_unannounced_bests& x) {
        return answer<unannounced_bests>(*env, [&] {
          auto bests = std::make_shared<std::vector<racer_bests>>(records->unannounced_bests_of(x.key));
          for (auto& of : *bests)
            of.edits = env->edits->bests_since(x.key.cls, of.racer);
          return unannounced_bests{std::move(bests)};
        });
      },
      [=](const keep_announced& x) {
        return write<ack>(*env, *records, "announced", [&] {
          records->announced(x.key);
          return ack{};
        });
      },
      [=](const find_cursor& x) {
        return answer<cursor_answer>(*env, [&] { return cursor_answer{records->cursor_of(x.stream)}; });
      },
      [=](const alleycat::store_cursor& x) {
        return write<ack>(*env, *records, "mark", [&] {
          records->store_cursor(x.stream, x.cursor);
          return ack{};
        });
      },
      [=](const find_applied& x) {
        return answer<applied_answer>(*env, [&] {
          return applied_answer{planted_fault("skip_applied") ? std::nullopt : records->applied(x.key)};
        });
      },
      [=](const find_old& x) {
        return answer<old_race_search>(*env,
                                       [&] { return records->find_old(x.before, x.from, defaults::rides_looked_at); });
      },
      [=](const remove_old& x) {
        return write<removed>(*env, *records, "prune", [&] {
          records->remove_old(x.race);
          return removed{};
        });
      },
  };
}

} // namespace alleycat

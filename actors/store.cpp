#include "actors/store.hpp"

#include "actors/errors.hpp"
#include "actors/failpoint.hpp"

#include <caf/all.hpp>

namespace alleycat {

namespace {

/// Calls the store; a failure becomes an error value.
template <class Result, class Call>
caf::result<Result> answer(Call&& call) {
  try {
    return call();
  } catch (const store_error& e) {
    return caf::make_error(ec::store_failed, std::string{e.what()});
  }
}

} // namespace

store_actor::behavior_type store(store_actor::pointer, record_store* records) {
  return {
      [=](const load_class& x) {
        return answer<class_records_ptr>([&] {
          auto all = std::make_shared<std::vector<racer_bests>>();
          records->each_bests(x.cls, [&](const racer_bests& bests) { all->push_back(bests); });
          return class_records_ptr{std::move(all)};
        });
      },
      [=](const apply_closed& x) {
        return answer<merged>([&] {
          const bool first_time = records->apply(*x.race, x.rule);
          failpoint("store.applied");
          return merged{first_time};
        });
      },
      [=](const find_applied& x) {
        return answer<applied_answer>([&] { return applied_answer{records->applied(x.key)}; });
      },
      [=](const list_races& x) {
        return answer<race_list>([&] { return race_list{records->races(x.cls, x.before, x.limit)}; });
      },
      [=](const find_result& x) {
        return answer<result_answer>([&] {
          auto found = records->result(x.key);
          return result_answer{found ? std::make_shared<const race_result>(std::move(*found)) : nullptr};
        });
      },
  };
}

} // namespace alleycat

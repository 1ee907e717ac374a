/// Results stream, changelog and store in memory, behind the actors that stand for them.
#pragma once

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alleycat::test {

/// What was to be stored in the results stream and the changelog; fails as often as told.
struct remembered_results {
  std::map<race_key, std::vector<ride_record>> rides;
  std::vector<closed_race_ptr> races; ///< with results, in the order they came
  std::map<race_key, std::string> payloads;
  std::vector<racer_bests> bests;
  std::vector<cleanups> cleaned;
  int failures = 0;

  bool fails() { return failures > 0 && failures-- > 0; }
};
inline results_actor::behavior_type kept_results(results_actor::pointer, std::shared_ptr<remembered_results> into) {
  const auto not_now = [] { return caf::make_error(ec::not_stored, std::string{"not now"}); };
  return {
      [=](const settle_rides& x) -> caf::result<closed_race_ptr> {
        if (into->fails())
          return not_now();
        auto settled = std::make_shared<closed_race>(*x.race);
        // Create-only: what stands there counts.
        settled->rides = into->rides.try_emplace(x.race->result.key, x.race->rides).first->second;
        return closed_race_ptr{settled};
      },
      [=](const settle_result& x) -> caf::result<result_settled> {
        if (into->fails())
          return not_now();
        const auto key = x.race->result.key;
        const auto [entry, first] = into->payloads.try_emplace(key, "result " + std::to_string(key.race.value()));
        if (first)
          into->races.push_back(x.race);
        const auto stored = std::find_if(into->races.begin(), into->races.end(),
                                         [&](const auto& race) { return race->result.key == key; });
        return result_settled{*stored, std::make_shared<const std::string>(entry->second)};
      },
      [=](const find_stored_result& x) -> caf::result<stored_payload> {
        const auto found = into->payloads.find(x.key);
        return found == into->payloads.end() ? stored_payload{}
                                             : stored_payload{std::make_shared<const std::string>(found->second)};
      },
      [=](const remove_stored&) { return removed{}; },
      [=](const append_edit&) { return edit_appended{1}; },
      [=](const clean_streams& x) {
        into->cleaned.push_back(x.what);
        return cleaned_streams{x.what, 0, x.what.results.size(), 0, 0};
      },
      [=](const store_bests& x) -> caf::result<bests_stored> {
        if (into->fails())
          return not_now();
        into->bests.insert(into->bests.end(), x.bests->begin(), x.bests->end());
        return bests_stored{};
      },
  };
}

/// A store in memory: what the class and the host need.
struct remembered_store {
  std::vector<racer_bests> bests;
  std::map<race_key, journal_stamp> applied;
  std::vector<closed_race_ptr> races;     ///< applied, in order
  std::vector<std::size_t> held_rides;    ///< rides of each race that came without its result
  std::vector<racer_bests> bests_applied; ///< from the changelog
  std::set<race_key> unannounced;
  std::map<record_stream, stream_cursor> marks;
  std::vector<edit> edits; ///< applied, in order
  cleanups to_clean;
  bool broken = false;
};
inline store_actor::behavior_type kept_store(store_actor::pointer, std::shared_ptr<remembered_store> store) {
  return {
      [=](const load_class&) -> caf::result<class_records_ptr> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        return std::make_shared<const std::vector<racer_bests>>(store->bests);
      },
      [=](const apply_closed& x) -> caf::result<merge_result> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        if (x.announce)
          store->unannounced.insert(x.race->result.key);
        store->races.push_back(x.race);
        return merge_result{store->applied.emplace(x.race->result.key, x.race->stamp).second};
      },
      [=](const apply_rides& x) -> caf::result<merge_result> {
        store->held_rides.push_back(x.rides->size());
        return merge_result{true};
      },
      [=](const apply_bests& x) {
        store->bests_applied.insert(store->bests_applied.end(), x.bests->begin(), x.bests->end());
        return applied_bests{};
      },
      [=](const apply_edit& x) -> caf::result<edit_effect> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        store->edits.push_back(*x.content);
        store->marks[record_stream::edits] = x.at;
        return edit_effect{};
      },
      [=](const find_bests& x) -> caf::result<bests_answer> {
        const auto found =
            std::find_if(store->bests.begin(), store->bests.end(), [&](const auto& of) { return of.racer == x.racer; });
        return bests_answer{found == store->bests.end() ? std::nullopt : std::optional{*found}};
      },
      [=](const find_cleanups&) { return store->to_clean; },
      [=](const keep_cleaned&) {
        store->to_clean = {};
        return ack{};
      },
      [=](const find_unannounced_bests& x) -> caf::result<unannounced_bests> {
        std::vector<racer_bests> news;
        const auto race = std::find_if(store->races.begin(), store->races.end(),
                                       [&](const auto& each) { return each->result.key == x.key; });
        if (race != store->races.end())
          for (const auto& ride : (*race)->rides)
            news.push_back({ride.racer, scores_of(ride, scoring::total), std::nullopt});
        return std::make_shared<const std::vector<racer_bests>>(news);
      },
      [=](const keep_announced& x) {
        store->unannounced.erase(x.key);
        return ack{};
      },
      [=](const find_cursor& x) { return cursor_answer{store->marks[x.stream]}; },
      [=](const store_cursor& x) {
        store->marks[x.stream] = x.cursor;
        return ack{};
      },
      [=](const find_applied& x) -> caf::result<applied_answer> {
        const auto found = store->applied.find(x.key);
        return applied_answer{found == store->applied.end() ? std::nullopt : std::optional{found->second}};
      },
      [=](const find_old&) { return old_race_search{}; },
      [=](const remove_old&) { return removed{}; },
  };
}

} // namespace alleycat::test

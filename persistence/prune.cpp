#include "persistence/store.hpp"

#include <algorithm>

namespace alleycat {

bool store_on_lmdb::holds_something(const lmdb::txn& in, const layout::stored_ride& stored) const {
  const auto& ride = stored.ride;
  if ((ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) != 0)
    return false;
  const auto key = layout::racer_key(ride.key.cls, ride.racer);
  if (const auto record = in.get(tables_.records, key); record && layout::decode_record(*record).race == ride.key.race)
    return true;
  const auto best_bytes = in.get(tables_.bests, key);
  if (!best_bytes)
    return false;
  const auto bests = layout::decode_bests(*best_bytes);
  const auto is_best = [&](const std::vector<score>& scores, std::size_t i) {
    return i < scores.size() && i < bests.size() && scores[i] == bests[i] && bests[i].value() != 0;
  };
  const auto scores = scores_of(ride, stored.rule);
  std::vector<std::size_t> held; // indices of seconds
  for (std::size_t i = 0; i != scores.size(); ++i)
    if (is_best(scores, i))
      held.push_back(i);

  // History is sorted newest first: what follows this ride is earlier.
  lmdb::cursor history{in, tables_.by_racer};
  const auto own = layout::history_key(ride.racer, ride.closed, ride.key);
  for (auto entry = history.at_or_after(own);
       !held.empty() && entry && key_part<std::uint32_t>(entry->key, 0) == ride.racer.value(); entry = history.next()) {
    const auto line = layout::decode_history(entry->key, entry->value);
    if (entry->key == own || line.key.cls != ride.key.cls)
      continue;
    const auto earlier = find_ride(in, line.key, ride.racer);
    if (!earlier || (earlier->ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) != 0)
      continue;
    const auto earlier_scores = scores_of(earlier->ride, earlier->rule);
    std::erase_if(held, [&](std::size_t i) { return is_best(earlier_scores, i); });
  }
  return !held.empty();
}

std::pair<pruned, std::size_t> store_on_lmdb::prune_race(race_key key, const layout::applied_race& race) {
  return write("removing old races", [&](lmdb::txn& in) {
    pruned done;
    std::vector<layout::block_ride<std::string>> staying;
    std::vector<std::string> leaving; // keys of history
    each_ride(in, key, [&](racer_id racer, std::string_view content) {
      const auto stored = layout::decode_ride(key, racer, content);
      if (holds_something(in, stored))
        staying.push_back({racer, std::string{content}});
      else
        leaving.push_back(layout::history_key(racer, stored.ride.closed, key));
    });
    if (!leaving.empty()) {
      remove_rides(in, key);
      put_rides(in, key, staying);
    }
    for (const auto& line : leaving)
      in.remove(tables_.by_racer, line);
    done.kept = staying.size();
    done.rides = leaving.size();
    done.results = in.remove(tables_.results, layout::race_key_of(key)) ? 1 : 0;
    if (done.kept == 0)
      in.put(tables_.applied, layout::race_key_of(key), layout::encode_applied({race.stamp, race.closed, true}));
    return std::pair{done, done.kept + done.rides};
  });
}

pruned store_on_lmdb::prune(unix_ms before, race_key from, std::size_t most_rides) {
  refuse_writing();
  using due_race = std::pair<race_key, layout::applied_race>;
  pruned sum;
  std::size_t looked_at = 0;
  for (auto position = layout::race_key_of(from);;) {
    const auto due = read("looking for old races", [&](const lmdb::txn& in) -> std::optional<due_race> {
      lmdb::cursor at{in, tables_.applied};
      for (auto entry = at.at_or_after(position); entry; entry = at.next()) {
        const auto race = layout::decode_applied(entry->value);
        if (!race.emptied && race.closed < before)
          return due_race{
              {class_id{key_part<std::uint16_t>(entry->key, 0)}, race_id{key_part<std::uint32_t>(entry->key, 2)}},
              race};
      }
      return std::nullopt;
    });
    if (!due)
      return sum;
    if (looked_at >= most_rides) {
      sum.next = due->first;
      return sum;
    }
    const auto [done, rides] = prune_race(due->first, due->second);
    sum.results += done.results;
    sum.rides += done.rides;
    sum.kept += done.kept;
    looked_at += rides;
    position = layout::race_key_of(due->first) + '\0';
  }
}

} // namespace alleycat

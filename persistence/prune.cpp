#include "persistence/store.hpp"

#include <algorithm>

namespace alleycat {

bool store_on_lmdb::holds_something(const lmdb::txn& in, race_key race, racer_id racer,
                                    std::string_view content) const {
  if ((layout::flags_of_ride(content) & static_cast<std::uint8_t>(ride_flag::excluded)) != 0)
    return false;
  const auto key = layout::racer_key(race.cls, racer);
  if (const auto record = in.get(tables_.records, key); record && layout::decode_record(*record).race == race.race)
    return true;
  const auto best_bytes = in.get(tables_.bests, key);
  if (!best_bytes)
    return false;
  const auto stored = layout::decode_ride(race, racer, content);
  const auto& ride = stored.ride;
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

old_race store_on_lmdb::look_at(const lmdb::txn& in, race_key key) const {
  old_race race;
  race.key = key;
  race.has_result = in.get(tables_.results, layout::race_key_of(key)).has_value();
  each_ride(in, key, [&](racer_id racer, std::string_view content) {
    if (holds_something(in, key, racer, content))
      ++race.staying;
    else
      race.leaving.push_back(racer);
  });
  return race;
}

old_race_search store_on_lmdb::find_old(unix_ms before, race_key from, std::size_t most_rides) {
  return read("looking for old races", [&](const lmdb::txn& in) {
    old_race_search search;
    std::size_t looked_at = 0;
    lmdb::cursor at{in, tables_.applied};
    for (auto entry = at.at_or_after(layout::race_key_of(from)); entry; entry = at.next()) {
      const race_key key{class_id{key_part<std::uint16_t>(entry->key, 0)},
                         race_id{key_part<std::uint32_t>(entry->key, 2)}};
      if (search.found || looked_at >= most_rides) {
        search.next = key;
        break;
      }
      const auto applied = layout::decode_applied(entry->value);
      if (applied.emptied || applied.closed >= before || in.get(tables_.unannounced, entry->key))
        continue;
      auto race = look_at(in, key);
      looked_at += race.leaving.size() + race.staying;
      if (race.has_result || !race.leaving.empty() || race.staying == 0)
        search.found = std::move(race);
    }
    return search;
  });
}

void store_on_lmdb::remove_old(const old_race& race) {
  write("removing an old race", [&](lmdb::txn& in) {
    const auto table_key = layout::race_key_of(race.key);
    const auto applied = in.get(tables_.applied, table_key);
    if (!applied)
      return false;
    auto stamp = layout::decode_applied(*applied);
    std::vector<layout::block_ride<std::string>> staying;
    std::vector<std::string> lines; // keys of history
    each_ride(in, race.key, [&](racer_id racer, std::string_view content) {
      if (std::binary_search(race.leaving.begin(), race.leaving.end(), racer))
        lines.push_back(
            layout::history_key(racer, layout::decode_ride(race.key, racer, content).ride.closed, race.key));
      else
        staying.push_back({racer, std::string{content}});
    });
    if (!lines.empty()) {
      remove_rides(in, race.key);
      put_rides(in, race.key, staying);
    }
    for (const auto& line : lines)
      in.remove(tables_.by_racer, line);
    in.remove(tables_.results, table_key);
    stamp.emptied = staying.empty();
    in.put(tables_.applied, table_key, layout::encode_applied(stamp));
    return true;
  });
}

} // namespace alleycat

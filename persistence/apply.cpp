#include "persistence/store.hpp"
#include "racing/leaderboard.hpp"

#include <algorithm>

namespace alleycat {

namespace {

bool counts(const ride_record& ride) {
  return (ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) == 0;
}

ride_summary summary_of(const ride_record& ride) {
  ride_summary summary;
  summary.key = ride.key;
  summary.racer = ride.racer;
  summary.closed = ride.closed;
  summary.rank = ride.rank;
  summary.finished = ride.finished;
  summary.furthest = ride.furthest();
  summary.seconds = static_cast<std::uint16_t>(
      std::count_if(ride.seconds.begin(), ride.seconds.end(), [](const auto& second) { return second.present; }));
  summary.total = totals_of(ride).back();
  return summary;
}

} // namespace

void store_on_lmdb::refuse_misfits(const closed_race& race) const {
  const auto refuse = [&](const std::string& why) {
    throw store_refused_error{"race " + std::to_string(race.result.key.race.value()) + " of class " +
                              std::to_string(race.result.key.cls.value()) + " is not stored: " + why};
  };
  for (std::size_t i = 0; i != race.rides.size(); ++i) {
    const auto& ride = race.rides[i];
    if (ride.key != race.result.key)
      refuse("it has a ride of another race");
    if (ride.seconds.empty() || ride.seconds.size() > options_.ride_seconds)
      refuse("a ride has " + std::to_string(ride.seconds.size()) + " seconds, not 1.." +
             std::to_string(options_.ride_seconds));
    if (i != 0 && race.rides[i - 1].racer >= ride.racer)
      refuse("its rides are not in the order of racer ids");
  }
}

bool store_on_lmdb::apply(const closed_race& race, scoring scoring_rule) {
  refuse_misfits(race);
  const auto key = race.result.key;
  const auto stamp_key = layout::race_key_of(key);
  return write("storing a race", [&](lmdb::txn& in) {
    if (in.get(tables_.applied, stamp_key))
      return false;
    merge_bests(in, race, scoring_rule);
    merge_records(in, race, scoring_rule);
    in.put(tables_.results, stamp_key, layout::encode_result(race.result, scoring_rule));
    std::vector<layout::block_ride<std::string>> rides;
    for (const auto& ride : race.rides)
      rides.push_back({ride.racer, layout::encode_ride(ride, scoring_rule)});
    put_rides(in, key, rides);
    for (const auto& ride : race.rides)
      in.put(tables_.by_racer, layout::history_key(ride.racer, ride.closed, key),
             layout::encode_history(summary_of(ride)));
    merge_names(in, race);
    in.put(tables_.applied, stamp_key, layout::encode_applied({race.stamp, race.result.closed, false}));
    return true;
  });
}

void store_on_lmdb::merge_bests(lmdb::txn& in, const closed_race& race, scoring rule) {
  for (const auto& ride : race.rides) {
    if (!counts(ride))
      continue;
    const auto key = layout::racer_key(ride.key.cls, ride.racer);
    const auto stored = in.get(tables_.bests, key);
    auto best = stored ? layout::decode_bests(*stored) : std::vector<score>{};
    const auto scores = scores_of(ride, rule);
    best.resize(std::max(best.size(), scores.size()));
    bool beaten = !stored;
    for (std::size_t i = 0; i != scores.size(); ++i) {
      beaten = beaten || scores[i] > best[i];
      best[i] = std::max(best[i], scores[i]);
    }
    if (beaten)
      in.put(tables_.bests, key, layout::encode_bests(best));
  }
}

void store_on_lmdb::merge_records(lmdb::txn& in, const closed_race& race, scoring rule) {
  for (const auto& ride : race.rides) {
    if (!counts(ride) || !ride.finished)
      continue;
    const auto key = layout::racer_key(ride.key.cls, ride.racer);
    const final_score record{scores_of(ride, rule).back(), ride.key.race, ride.closed};
    const auto stored = in.get(tables_.records, key);
    if (!stored || beats(record, layout::decode_record(*stored)))
      in.put(tables_.records, key, layout::encode_record(record));
  }
}

void store_on_lmdb::merge_names(lmdb::txn& in, const closed_race& race) {
  for (const auto& ride : race.rides) {
    if (ride.name.empty())
      continue;
    const auto key = key_of(ride.racer.value());
    const layout::stored_name name{ride.closed, ride.key.race, ride.key.cls, ride.name};
    const auto stored = in.get(tables_.names, key);
    if (!stored || name.later_than(layout::decode_name(*stored)))
      in.put(tables_.names, key, layout::encode_name(name));
  }
}

} // namespace alleycat

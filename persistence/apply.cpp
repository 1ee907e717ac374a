#include "persistence/store.hpp"
#include "racing/check.hpp"
#include "racing/leaderboard.hpp"

#include <algorithm>

namespace alleycat {

namespace {

bool counts(const ride_record& ride) {
  return (ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) == 0;
}

} // namespace

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

void store_on_lmdb::refuse_misfits(race_key key, const std::vector<ride_record>& rides) const {
  const auto refuse = [&](const std::string& why) {
    throw store_refused_error{"race " + std::to_string(key.race.value()) + " of class " +
                              std::to_string(key.cls.value()) + " is not stored: " + why};
  };
  for (std::size_t i = 0; i != rides.size(); ++i) {
    const auto& ride = rides[i];
    if (ride.key != key)
      refuse("it has a ride of another race");
    if (ride.seconds.empty() || ride.seconds.size() > options_.ride_seconds)
      refuse("a ride has " + std::to_string(ride.seconds.size()) + " seconds, not 1.." +
             std::to_string(options_.ride_seconds));
    if (i != 0 && rides[i - 1].racer >= ride.racer)
      refuse("its rides are not in the order of racer ids");
  }
}

bool store_on_lmdb::apply(const closed_race& race, scoring scoring_rule, bool announce) {
  const auto key = race.result.key;
  refuse_misfits(key, race.rides);
  const auto table_key = layout::race_key_of(key);
  return write("storing a race", [&](lmdb::txn& in) {
    if (announce)
      in.put(tables_.unannounced, table_key, layout::encode_count(1));
    if (const auto before = in.get(tables_.applied, table_key)) {
      auto known = layout::decode_applied(*before);
      if (known.stamp.position.value() == 0 && race.stamp.position.value() != 0) {
        // Only rides were there.
        remove_rides(in, key);
        put_race(in, race, scoring_rule);
        return true;
      }
      if (race.stamp.checksum != 0 && known.stamp != race.stamp) {
        known.stamp = race.stamp;
        in.put(tables_.applied, table_key, layout::encode_applied(known));
      }
      return false;
    }
    put_race(in, race, scoring_rule);
    return true;
  });
}

void store_on_lmdb::put_race(lmdb::txn& in, const closed_race& race, scoring rule) {
  const auto key = race.result.key;
  const auto table_key = layout::race_key_of(key);
  merge_rides(in, key, race.rides, rule);
  in.put(tables_.results, table_key, layout::encode_result(race.result, rule));
  if (race.differs)
    in.put(tables_.cleanups, layout::result_cleanup_key(key), layout::encode_count(1));
  in.put(tables_.applied, table_key, layout::encode_applied({race.stamp, race.result.closed, false}));
}

bool store_on_lmdb::apply_rides(const std::vector<ride_record>& rides, scoring scoring_rule) {
  ALLEYCAT_CHECK(!rides.empty());
  const auto key = rides.front().key;
  refuse_misfits(key, rides);
  const auto table_key = layout::race_key_of(key);
  return write("storing rides", [&](lmdb::txn& in) {
    if (in.get(tables_.applied, table_key))
      return false;
    merge_rides(in, key, rides, scoring_rule);
    in.put(tables_.applied, table_key, layout::encode_applied({{}, rides.front().closed, false}));
    return true;
  });
}

void store_on_lmdb::merge_bests(class_id cls, const std::vector<racer_bests>& bests) {
  write("storing bests", [&](lmdb::txn& in) {
    for (const auto& of : bests) {
      const auto key = layout::racer_key(cls, of.racer);
      merge_bests_at(in, key, of.at);
      if (of.record)
        merge_record(in, key, *of.record);
    }
    return true;
  });
}

void store_on_lmdb::merge_rides(lmdb::txn& in, race_key key, const std::vector<ride_record>& rides, scoring rule) {
  for (const auto& ride : rides)
    if (counts(ride))
      merge_bests_at(in, layout::racer_key(key.cls, ride.racer), scores_of(ride, rule));
  for (const auto& ride : rides)
    if (counts(ride) && ride.finished)
      merge_record(in, layout::racer_key(key.cls, ride.racer), {scores_of(ride, rule).back(), key.race, ride.closed});
  std::vector<layout::block_ride<std::string>> blocks;
  blocks.reserve(rides.size());
  for (const auto& ride : rides)
    blocks.push_back({ride.racer, layout::encode_ride(ride, rule)});
  put_rides(in, key, blocks);
  for (const auto& ride : rides)
    in.put(tables_.by_racer, layout::history_key(ride.racer, ride.closed, key),
           layout::encode_history(summary_of(ride)));
  merge_names(in, rides);
}

void store_on_lmdb::merge_bests_at(lmdb::txn& in, const std::string& key, const std::vector<score>& scores) {
  const auto stored = in.get(tables_.bests, key);
  auto best = stored ? layout::decode_bests(*stored) : std::vector<score>{};
  best.resize(std::max(best.size(), scores.size()));
  bool beaten = !stored;
  for (std::size_t i = 0; i != scores.size(); ++i) {
    beaten = beaten || scores[i] > best[i];
    best[i] = std::max(best[i], scores[i]);
  }
  if (beaten)
    in.put(tables_.bests, key, layout::encode_bests(best));
}

void store_on_lmdb::merge_record(lmdb::txn& in, const std::string& key, const final_score& record) {
  const auto stored = in.get(tables_.records, key);
  if (!stored || beats(record, layout::decode_record(*stored)))
    in.put(tables_.records, key, layout::encode_record(record));
}

void store_on_lmdb::merge_names(lmdb::txn& in, const std::vector<ride_record>& rides) {
  for (const auto& ride : rides) {
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

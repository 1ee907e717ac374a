// Corrections: what they do to the tables. The rules are in racing/corrections.hpp.

#include "persistence/store.hpp"
#include "racing/leaderboard.hpp"

#include <algorithm>
#include <set>

namespace alleycat {

namespace {

bool is_excluded(const ride_record& ride) {
  return (ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) != 0;
}

bool changes_rides(edit_kind kind) {
  return kind == edit_kind::forget || kind == edit_kind::exclude || kind == edit_kind::clear;
}

} // namespace

edit_effect store_on_lmdb::apply_edit(const edit& e, const stream_cursor& at, const corrections& by,
                                      const race_rules& race) {
  edit_effect effect;
  if (changes_rides(e.kind)) {
    const auto todo =
        read("looking for rides to correct", [&](const lmdb::txn& in) { return misfits(in, e.racer, by, race); });
    std::set<class_id> classes;
    // Race by race, or a rider of many would make one huge transaction.
    for (const auto& key : todo)
      write("correcting a race", [&](lmdb::txn& in) {
        const auto ride = find_ride(in, key, e.racer);
        if (by.forgotten(e.racer, race.start_of(key.race))) {
          effect.rides_removed.push_back(key);
          if (ride)
            effect.last_closed = std::max(effect.last_closed, ride->ride.closed);
        }
        if (correct_race(in, key, by, race))
          effect.results_changed.push_back(key);
        classes.insert(key.cls);
        return true;
      });
    write("correcting bests", [&](lmdb::txn& in) {
      if (e.kind == edit_kind::forget) {
        // Also where bests outlived their rides.
        std::vector<std::string> keys;
        lmdb::cursor bests{in, tables_.bests};
        for (auto entry = bests.first(); entry;) {
          const class_id cls{key_part<std::uint16_t>(entry->key, 0)};
          const auto own = layout::racer_key(cls, e.racer);
          const auto found = bests.at_or_after(own);
          if (found && found->key == own)
            classes.insert(cls);
          if (cls.value() == UINT16_MAX)
            break;
          entry = bests.at_or_after(key_of(static_cast<std::uint16_t>(cls.value() + 1)));
        }
      }
      for (const auto cls : classes)
        make_bests_anew(in, cls, e.racer);
      if (e.kind == edit_kind::forget) {
        effect.name_removed = in.get(tables_.names, key_of(e.racer.value())).has_value();
        make_name_anew(in, e.racer);
      }
      return true;
    });
    effect.bests_changed.assign(classes.begin(), classes.end());
  }
  write("storing an edit", [&](lmdb::txn& in) {
    keep_edit(in, e, at);
    return true;
  });
  return effect;
}

void store_on_lmdb::keep_edit(lmdb::txn& in, const edit& e, const stream_cursor& at) {
  if (e.kind == edit_kind::forget) {
    // Earlier lines stay in the audit log, without the name.
    std::vector<edit> lines = e.former;
    lmdb::cursor all{in, tables_.edits};
    for (auto entry = all.first(); entry; entry = all.next())
      if (auto line = layout::decode_edit(entry->key, entry->value);
          line.racer == e.racer && line.sequence < e.sequence && !line.name.empty())
        lines.push_back(std::move(line));
    for (auto& line : lines) {
      line.name.clear();
      in.put(tables_.edits, layout::edit_key(line), layout::encode_edit(line));
    }
    in.put(tables_.cleanups, layout::rider_cleanup_key(e), layout::encode_count(1));
  }
  in.put(tables_.edits, layout::edit_key(e), layout::encode_edit(e));
  in.put(tables_.meta, "mark_edits", layout::encode_cursor(at));
}

void store_on_lmdb::each_ride_of(const lmdb::txn& in, racer_id racer,
                                 const std::function<void(const layout::stored_ride&)>& visit) const {
  lmdb::cursor at{in, tables_.by_racer};
  for (auto entry = at.at_or_after(key_of(racer.value()));
       entry && key_part<std::uint32_t>(entry->key, 0) == racer.value(); entry = at.next())
    if (const auto ride = find_ride(in, layout::decode_history(entry->key, entry->value).key, racer))
      visit(*ride);
}

std::vector<race_key> store_on_lmdb::misfits(const lmdb::txn& in, racer_id racer, const corrections& by,
                                             const race_rules& race) const {
  std::vector<race_key> found;
  each_ride_of(in, racer, [&](const layout::stored_ride& stored) {
    const auto& ride = stored.ride;
    if (by.forgotten(racer, race.start_of(ride.key.race)) || by.excluded(ride.key, racer) != is_excluded(ride))
      found.push_back(ride.key);
  });
  return found;
}

bool store_on_lmdb::correct_race(lmdb::txn& in, race_key key, const corrections& by, const race_rules& race) {
  const auto table_key = layout::race_key_of(key);
  closed_race whole;
  whole.result.key = key;
  auto rule = scoring::total;
  each_ride(in, key, [&](racer_id racer, std::string_view content) {
    auto stored = layout::decode_ride(key, racer, content);
    rule = stored.rule;
    whole.rides.push_back(std::move(stored.ride));
  });
  const auto result = in.get(tables_.results, table_key);
  if (result) {
    rule = layout::decode_rule(*result);
    whole.result = layout::decode_result(key, *result);
  }
  const auto before = whole.rides;
  const bool changed = correct(whole, by, rule, race.start_of(key.race));
  remove_rides(in, key);
  std::vector<layout::block_ride<std::string>> blocks;
  for (const auto& ride : whole.rides)
    blocks.push_back({ride.racer, layout::encode_ride(ride, rule)});
  if (!blocks.empty())
    put_rides(in, key, blocks);
  for (const auto& ride : before)
    in.remove(tables_.by_racer, layout::history_key(ride.racer, ride.closed, key));
  for (const auto& ride : whole.rides)
    in.put(tables_.by_racer, layout::history_key(ride.racer, ride.closed, key),
           layout::encode_history(summary_of(ride)));
  if (result)
    in.put(tables_.results, table_key, layout::encode_result(whole.result, rule));
  if (result && changed)
    in.put(tables_.cleanups, layout::result_cleanup_key(key), layout::encode_count(1));
  return result && changed;
}

void store_on_lmdb::make_bests_anew(lmdb::txn& in, class_id cls, racer_id racer) {
  std::vector<score> best;
  std::optional<final_score> record;
  each_ride_of(in, racer, [&](const layout::stored_ride& stored) {
    const auto& ride = stored.ride;
    if (ride.key.cls != cls || is_excluded(ride))
      return;
    const auto scores = scores_of(ride, stored.rule);
    best.resize(std::max(best.size(), scores.size()));
    for (std::size_t i = 0; i != scores.size(); ++i)
      best[i] = std::max(best[i], scores[i]);
    const final_score challenger{scores.back(), ride.key.race, ride.closed};
    if (ride.finished && (!record || beats(challenger, *record)))
      record = challenger;
  });
  const auto key = layout::racer_key(cls, racer);
  if (best.empty())
    in.remove(tables_.bests, key);
  else
    in.put(tables_.bests, key, layout::encode_bests(best));
  if (record)
    in.put(tables_.records, key, layout::encode_record(*record));
  else
    in.remove(tables_.records, key);
}

void store_on_lmdb::make_name_anew(lmdb::txn& in, racer_id racer) {
  in.remove(tables_.names, key_of(racer.value()));
  std::vector<ride_record> rides;
  each_ride_of(in, racer, [&](const layout::stored_ride& stored) { rides.push_back(stored.ride); });
  merge_names(in, rides);
}

void store_on_lmdb::each_edit(const std::function<void(const edit&)>& visit) {
  read("reading edits", [&](const lmdb::txn& in) {
    lmdb::cursor at{in, tables_.edits};
    for (auto entry = at.first(); entry; entry = at.next())
      visit(layout::decode_edit(entry->key, entry->value));
  });
}

std::vector<edit> store_on_lmdb::edits(std::optional<std::uint64_t> before, std::size_t limit,
                                       std::optional<racer_id> of) {
  return read("reading the audit log", [&](const lmdb::txn& in) {
    std::vector<edit> found;
    lmdb::cursor at{in, tables_.edits};
    const auto end = before ? key_of(*before) : key_of(~std::uint64_t{0}) + '\0';
    for (auto entry = at.before(end); entry && found.size() < limit; entry = at.previous())
      if (auto line = layout::decode_edit(entry->key, entry->value); !of || line.racer == *of)
        found.push_back(std::move(line));
    return found;
  });
}

// -- what the streams may still have -----------------------------------------------------------------------------------

std::vector<race_key> store_on_lmdb::results_to_clean(std::size_t limit) {
  return read("looking for results to clean", [&](const lmdb::txn& in) {
    std::vector<race_key> found;
    lmdb::cursor at{in, tables_.cleanups};
    for (auto entry = at.at_or_after(key_of(std::uint8_t{1}));
         entry && found.size() < limit && key_part<std::uint8_t>(entry->key, 0) == 1; entry = at.next())
      found.push_back(
          {class_id{key_part<std::uint16_t>(entry->key, 1)}, race_id{key_part<std::uint32_t>(entry->key, 3)}});
    return found;
  });
}

std::vector<edit> store_on_lmdb::riders_to_clean(std::size_t limit) {
  return read("looking for riders to clean", [&](const lmdb::txn& in) {
    std::vector<edit> found;
    lmdb::cursor at{in, tables_.cleanups};
    for (auto entry = at.at_or_after(key_of(std::uint8_t{2}));
         entry && found.size() < limit && key_part<std::uint8_t>(entry->key, 0) == 2; entry = at.next()) {
      const auto key = key_of(key_part<std::uint64_t>(entry->key, 1));
      if (const auto stored = in.get(tables_.edits, key))
        found.push_back(layout::decode_edit(key, *stored));
    }
    return found;
  });
}

void store_on_lmdb::cleaned(race_key key) {
  write("keeping that a result is clean",
        [&](lmdb::txn& in) { return in.remove(tables_.cleanups, layout::result_cleanup_key(key)); });
}

void store_on_lmdb::cleaned(const edit& e) {
  write("keeping that a rider is gone",
        [&](lmdb::txn& in) { return in.remove(tables_.cleanups, layout::rider_cleanup_key(e)); });
}

} // namespace alleycat

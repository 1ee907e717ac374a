#include "persistence/store.hpp"

namespace alleycat {

namespace {

bool is_of_class(std::string_view key, class_id cls) {
  return key_part<std::uint16_t>(key, 0) == cls.value();
}

} // namespace

std::optional<journal_stamp> store_on_lmdb::applied(race_key key) {
  return read("reading a stamp", [&](const lmdb::txn& in) -> std::optional<journal_stamp> {
    const auto stored = in.get(tables_.applied, layout::race_key_of(key));
    return stored ? std::optional{layout::decode_applied(*stored).stamp} : std::nullopt;
  });
}

void store_on_lmdb::each_bests(class_id cls, const std::function<void(const racer_bests&)>& visit) {
  read("reading bests", [&](const lmdb::txn& in) {
    lmdb::cursor bests{in, tables_.bests};
    lmdb::cursor records{in, tables_.records};
    const auto start = key_of(cls.value());
    // Whoever has a record has bests: both tables are walked side by side.
    auto record = records.at_or_after(start);
    for (auto entry = bests.at_or_after(start); entry && is_of_class(entry->key, cls); entry = bests.next()) {
      racer_bests of;
      of.racer = racer_id{key_part<std::uint32_t>(entry->key, 2)};
      of.at = layout::decode_bests(entry->value);
      while (record && record->key < entry->key)
        record = records.next();
      if (record && record->key == entry->key)
        of.record = layout::decode_record(record->value);
      visit(of);
    }
  });
}

void store_on_lmdb::each_name(const std::function<void(racer_id, const std::string&)>& visit) {
  read("reading names", [&](const lmdb::txn& in) {
    lmdb::cursor at{in, tables_.names};
    for (auto entry = at.first(); entry; entry = at.next())
      visit(racer_id{key_part<std::uint32_t>(entry->key, 0)}, layout::decode_name(entry->value).name);
  });
}

std::vector<race_summary> store_on_lmdb::races(class_id cls, std::optional<race_id> before, std::size_t limit) {
  return read("reading the list of races", [&](const lmdb::txn& in) {
    std::vector<race_summary> list;
    // Everything of the class sorts below one byte more than its highest race.
    const auto end =
        before ? layout::race_key_of({cls, *before}) : layout::race_key_of({cls, race_id{~std::uint32_t{0}}}) + '\0';
    lmdb::cursor at{in, tables_.results};
    for (auto entry = at.before(end); entry && list.size() < limit && is_of_class(entry->key, cls);
         entry = at.previous())
      list.push_back(layout::decode_summary({cls, race_id{key_part<std::uint32_t>(entry->key, 2)}}, entry->value));
    return list;
  });
}

std::optional<race_result> store_on_lmdb::result(race_key key) {
  return read("reading a result", [&](const lmdb::txn& in) -> std::optional<race_result> {
    const auto stored = in.get(tables_.results, layout::race_key_of(key));
    return stored ? std::optional{layout::decode_result(key, *stored)} : std::nullopt;
  });
}

void store_on_lmdb::each_result(class_id cls, race_id from, const std::function<void(const race_result&)>& visit) {
  read("reading results", [&](const lmdb::txn& in) {
    lmdb::cursor at{in, tables_.results};
    for (auto entry = at.at_or_after(layout::race_key_of({cls, from})); entry && is_of_class(entry->key, cls);
         entry = at.next())
      visit(layout::decode_result({cls, race_id{key_part<std::uint32_t>(entry->key, 2)}}, entry->value));
  });
}

std::vector<ride_record> store_on_lmdb::rides(race_key key) {
  return read("reading the rides of a race", [&](const lmdb::txn& in) {
    std::vector<ride_record> rides;
    each_ride(in, key, [&](racer_id racer, std::string_view content) {
      rides.push_back(layout::decode_ride(key, racer, content).ride);
    });
    return rides;
  });
}

std::optional<ride_record> store_on_lmdb::ride(race_key key, racer_id racer) {
  return read("reading a ride", [&](const lmdb::txn& in) -> std::optional<ride_record> {
    auto stored = find_ride(in, key, racer);
    return stored ? std::optional{std::move(stored->ride)} : std::nullopt;
  });
}

std::vector<ride_summary> store_on_lmdb::rides_of(racer_id racer, std::size_t limit,
                                                  const std::optional<history_place>& after) {
  return read("reading a rider's history", [&](const lmdb::txn& in) {
    std::vector<ride_summary> rides;
    lmdb::cursor at{in, tables_.by_racer};
    const auto begin = after ? layout::history_key(racer, after->closed, after->key) + '\0' : key_of(racer.value());
    for (auto entry = at.at_or_after(begin);
         entry && rides.size() < limit && key_part<std::uint32_t>(entry->key, 0) == racer.value(); entry = at.next())
      rides.push_back(layout::decode_history(entry->key, entry->value));
    return rides;
  });
}

std::optional<racer_bests> store_on_lmdb::bests_of(class_id cls, racer_id racer) {
  return read("reading bests", [&](const lmdb::txn& in) { return find_bests(in, cls, racer); });
}

std::optional<racer_bests> store_on_lmdb::find_bests(const lmdb::txn& in, class_id cls, racer_id racer) const {
  const auto key = layout::racer_key(cls, racer);
  const auto stored = in.get(tables_.bests, key);
  if (!stored)
    return std::nullopt;
  racer_bests of{racer, layout::decode_bests(*stored), std::nullopt};
  if (const auto record = in.get(tables_.records, key))
    of.record = layout::decode_record(*record);
  return of;
}

} // namespace alleycat

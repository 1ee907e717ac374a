// What the store remembers of the streams it is filled from and tells into.

#include "persistence/store.hpp"

#include <algorithm>

namespace alleycat {

namespace {

const char* mark_key(record_stream stream) {
  switch (stream) {
  case record_stream::results:
    return "mark_results";
  case record_stream::bests:
    return "mark_bests";
  case record_stream::edits:
    return "mark_edits";
  }
  return "";
}

} // namespace

std::vector<race_key> store_on_lmdb::unannounced(class_id cls) {
  return read("looking for news", [&](const lmdb::txn& in) {
    std::vector<race_key> races;
    lmdb::cursor at{in, tables_.unannounced};
    for (auto entry = at.at_or_after(key_of(cls.value()));
         entry && key_part<std::uint16_t>(entry->key, 0) == cls.value(); entry = at.next())
      races.push_back({cls, race_id{key_part<std::uint32_t>(entry->key, 2)}});
    return races;
  });
}

std::vector<racer_bests> store_on_lmdb::unannounced_bests_of(race_key key) {
  return read("reading news", [&](const lmdb::txn& in) {
    std::vector<racer_bests> news;
    each_ride(in, key, [&](racer_id racer, std::string_view content) {
      const auto [ride, rule] = layout::decode_ride(key, racer, content);
      auto bests = find_bests(in, key.cls, racer);
      if (!bests)
        return;
      const auto scores = scores_of(ride, rule);
      const auto common = std::min(scores.size(), bests->at.size());
      for (std::size_t i = 0; i != common; ++i)
        if (scores[i].value() != 0 && scores[i] == bests->at[i]) {
          news.push_back(std::move(*bests));
          return;
        }
    });
    return news;
  });
}

void store_on_lmdb::announced(race_key key) {
  write("keeping that news was told",
        [&](lmdb::txn& in) { return in.remove(tables_.unannounced, layout::race_key_of(key)); });
}

stream_cursor store_on_lmdb::cursor_of(record_stream stream) {
  return read("reading a mark", [&](const lmdb::txn& in) {
    const auto stored = in.get(tables_.meta, mark_key(stream));
    return stored ? layout::decode_cursor(*stored) : stream_cursor{};
  });
}

void store_on_lmdb::store_cursor(record_stream stream, const stream_cursor& cursor) {
  write("keeping a mark", [&](lmdb::txn& in) {
    in.put(tables_.meta, mark_key(stream), layout::encode_cursor(cursor));
    return true;
  });
}

} // namespace alleycat

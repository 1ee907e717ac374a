#include "messages/best_codec.hpp"

#include "messages/best.pb.h"
#include "racing/check.hpp"
#include "racing/rules.hpp"

namespace alleycat {

std::string encode(const best_entry& entry) {
  ALLEYCAT_CHECK(entry.bests.at.size() <= max_ride_seconds);
  thread_local v1::Best out;
  out.Clear();
  out.set_class_id(entry.cls.value());
  out.set_racer_id(entry.bests.racer.value());
  out.set_epoch(entry.owner_epoch.value());
  std::uint32_t before = 0;
  for (const auto best : entry.bests.at) {
    out.add_best(static_cast<std::int32_t>(best.value() - before));
    before = best.value();
  }
  if (const auto& record = entry.bests.record) {
    out.mutable_record()->set_score(record->best.value());
    out.mutable_record()->set_race_id(record->race.value());
    out.mutable_record()->set_at(ms_of(record->at));
  }
  out.set_edits(entry.bests.edits);
  return out.SerializeAsString();
}

std::optional<best_entry> decode_best(std::string_view bytes) {
  thread_local v1::Best in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  if (in.class_id() < 1 || in.class_id() > 65'535 || in.best().empty() ||
      static_cast<std::uint32_t>(in.best_size()) > max_ride_seconds)
    return std::nullopt;
  best_entry entry{class_id{static_cast<std::uint16_t>(in.class_id())}, epoch{in.epoch()}, {}};
  entry.bests.racer = racer_id{in.racer_id()};
  entry.bests.at.reserve(static_cast<std::size_t>(in.best_size()));
  std::uint32_t best = 0;
  for (const auto delta : in.best()) {
    best += static_cast<std::uint32_t>(delta);
    entry.bests.at.emplace_back(best);
  }
  if (in.has_record())
    entry.bests.record =
        final_score{score{in.record().score()}, race_id{in.record().race_id()}, at_ms(in.record().at())};
  entry.bests.edits = in.edits();
  return entry;
}

} // namespace alleycat

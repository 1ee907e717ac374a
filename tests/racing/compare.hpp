/// What racing/ says, in the plain rows of naive_race.hpp; and a plain journal as racing/ reads it.
#pragma once

#include "naive_race.hpp"
#include "print.hpp"

#include <vector>

namespace alleycat {

inline rule_set rules_from(const naive::rules& r, class_id cls) {
  return {.race = {.window_seconds = static_cast<std::uint32_t>(r.window),
                   .ride_seconds = static_cast<std::uint32_t>(r.ride),
                   .grace_seconds = static_cast<std::uint32_t>(r.grace),
                   .capacity = static_cast<std::uint32_t>(r.capacity),
                   .min_percent = static_cast<std::uint32_t>(r.percent),
                   .admit = r.live ? admission::live : admission::any},
          .classes = {{.id = cls, .name = "Test", .score = r.by_total ? scoring::total : scoring::output}}};
}

inline race_key key_from(const naive::rules& r, class_id cls) {
  return {cls, race_id{static_cast<std::uint32_t>(r.race)}};
}

inline journal_entry entry_from(const naive::line& line) {
  const journal_position position{static_cast<std::uint64_t>(line.position)};
  if (line.mark_by)
    return {position, at_ms(line.stored), close_mark{epoch{static_cast<std::uint64_t>(*line.mark_by)}, {}}};
  journal_batch batch;
  for (const auto& e : line.events)
    batch.push_back({.racer = racer_id{static_cast<std::uint32_t>(e.racer)},
                     .second = own_second{static_cast<std::uint16_t>(e.second)},
                     .device_timestamp = at_ms(e.device),
                     .measured = {.cadence = static_cast<std::uint16_t>(e.measured.cadence),
                                  .resistance = static_cast<std::uint16_t>(e.measured.resistance),
                                  .power = static_cast<std::uint16_t>(e.measured.power),
                                  .heart_rate = static_cast<std::uint8_t>(e.measured.heart_rate)},
                     .wants_view = e.view,
                     .name = e.name});
  return {position, at_ms(line.stored), batch};
}

inline std::vector<naive::row> plain(const std::vector<standing>& rows) {
  std::vector<naive::row> out;
  for (const auto& r : rows)
    out.push_back({r.rank, r.here_now_rank, r.racer.value(), r.name, r.second.value(), r.seconds, r.output.value(),
                   r.total.value(), r.finished});
  return out;
}

inline std::vector<naive::closed_ride> plain(const std::vector<ride_record>& rides) {
  std::vector<naive::closed_ride> out;
  for (const auto& r : rides) {
    naive::closed_ride c{r.racer.value(), ms_of(r.anchor), ms_of(r.closed), r.rank, r.name, r.finished, {}};
    for (const auto& s : r.seconds)
      c.seconds.push_back({s.present,
                           {s.measured.cadence, s.measured.resistance, s.measured.power, s.measured.heart_rate},
                           s.here_now_rank});
    out.push_back(std::move(c));
  }
  return out;
}

inline std::vector<naive::best> plain(const std::vector<best_row>& rows) {
  std::vector<naive::best> out;
  for (const auto& r : rows)
    out.push_back({r.rank, r.racer.value(), r.best.value()});
  return out;
}

inline std::map<std::string, std::int64_t> refusals_of(const refusal_counts& counts) {
  std::map<std::string, std::int64_t> out;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] != 0)
      out[std::string{to_string(static_cast<refusal>(i))}] = counts[i];
  return out;
}

} // namespace alleycat

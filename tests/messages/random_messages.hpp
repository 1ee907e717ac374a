/// Random messages within their ranges, and ways to spoil bytes.
#pragma once

#include "messages/best_codec.hpp"
#include "racing/closed_race.hpp"
#include "racing/journal.hpp"
#include "racing/standings.hpp"
#include "racing/update.hpp"

#include "tests/racing/print.hpp"
#include "tests/racing/property.hpp"

#include <string>
#include <vector>

namespace alleycat {

/// Any integer of `Number`'s range, ends included more often than chance would.
template <class Number>
Number any(Number least, Number most) {
  switch (*rc::gen::inRange(0, 8)) {
  case 0:
    return least;
  case 1:
    return most;
  default:
    return static_cast<Number>(
        *rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [least, most](std::uint64_t x) -> std::uint64_t {
          const auto span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
          return static_cast<std::uint64_t>(least) + (span == ~std::uint64_t{0} ? x : x % (span + 1));
        }));
  }
}

inline std::string any_name() {
  static const std::vector<std::string> pieces{"Adell", "\"", "\\", "<b>", "&amp;", "/", " ",
                                               "ü",     "明", "🚴",  "'",   "{}",    "x"};
  std::string name;
  const auto count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    const auto& piece = *rc::gen::elementOf(pieces);
    if (name.size() + piece.size() <= max_name_bytes)
      name += piece;
  }
  return name;
}

inline measurement any_measurement() {
  measurement m{any<std::uint16_t>(0, max_cadence), any<std::uint16_t>(0, max_resistance)};
  if (*rc::gen::arbitrary<bool>())
    m.power = any<std::uint16_t>(0, 65'535);
  if (*rc::gen::arbitrary<bool>())
    m.heart_rate = any<std::uint8_t>(0, 255);
  return m;
}

inline bool any_flag() {
  return *rc::gen::arbitrary<bool>();
}

/// Up to 2^53 ms after 1970.
inline unix_ms any_time(std::int64_t from = 0) {
  return at_ms(any<std::int64_t>(from, std::int64_t{1} << 53));
}

inline update any_update() {
  return {class_id{any<std::uint16_t>(1, 65'535)},
          race_id{any<std::uint32_t>(0, 0xffff'ffff)},
          racer_id{any<std::uint32_t>(0, 0xffff'ffff)},
          own_second{any<std::uint16_t>(1, 65'535)},
          any_time(),
          any_measurement(),
          any_flag(),
          any_name()};
}

inline bool same(const update& a, const update& b) {
  return a.cls == b.cls && a.race == b.race && a.racer == b.racer && a.second == b.second &&
         a.device_timestamp == b.device_timestamp && a.measured == b.measured && a.wants_view == b.wants_view &&
         a.name == b.name;
}

inline journal_batch any_batch() {
  journal_batch batch(any<std::size_t>(0, 40));
  const bool plain = any_flag(); // nothing optional in it
  for (auto& u : batch) {
    const auto one = any_update();
    u = {one.racer, one.second, one.device_timestamp, one.measured, one.wants_view, one.name};
    if (plain) {
      u.measured.power = 0;
      u.measured.heart_rate = 0;
      u.wants_view = false;
      u.name.clear();
    }
  }
  return batch;
}

inline ride_record any_ride() {
  ride_record ride;
  ride.key = {class_id{any<std::uint16_t>(1, 65'535)}, race_id{any<std::uint32_t>(0, 0xffff'ffff)}};
  ride.racer = racer_id{any<std::uint32_t>(0, 0xffff'ffff)};
  ride.name = any_name();
  ride.anchor = any_time(-60'000'000);
  ride.closed = any_time();
  ride.rank = any<rank_t>(0, 65'535);
  ride.finished = any_flag();
  ride.flags = any<std::uint8_t>(0, 1);
  ride.seconds.resize(any<std::size_t>(1, 60));
  const bool whole = any_flag();
  for (auto& second : ride.seconds) {
    second.present = whole || any_flag();
    if (second.present)
      second.measured = any_measurement();
    second.here_now_rank = any<rank_t>(0, 65'535);
    second.all_time_rank = any<rank_t>(0, 0xffff'ffff);
  }
  return ride;
}

inline best_entry any_best() {
  best_entry entry{class_id{any<std::uint16_t>(1, 65'535)}, epoch{any<std::uint64_t>(0, ~std::uint64_t{0})}, {}};
  entry.bests.racer = racer_id{any<std::uint32_t>(0, 0xffff'ffff)};
  entry.bests.at.resize(any<std::size_t>(1, 60));
  for (auto& best : entry.bests.at)
    best = score{any<std::uint32_t>(0, 0xffff'ffff)};
  if (any_flag())
    entry.bests.record =
        final_score{score{any<std::uint32_t>(0, 0xffff'ffff)}, race_id{any<std::uint32_t>(0, 0xffff'ffff)}, any_time()};
  return entry;
}

inline standing any_standing() {
  return {any<rank_t>(0, 65'535),
          any<rank_t>(0, 65'535),
          racer_id{any<std::uint32_t>(0, 0xffff'ffff)},
          any_name(),
          own_second{any<std::uint16_t>(1, 900)},
          any<std::uint16_t>(1, 900),
          score{any<std::uint32_t>(0, 4'702'500)},
          score{any<std::uint32_t>(0, 0xffff'ffff)},
          any_flag(),
          any<rank_t>(0, 0xffff'ffff)};
}

inline bool same(const standing& a, const standing& b) {
  return a.rank == b.rank && a.here_now_rank == b.here_now_rank && a.racer == b.racer && a.name == b.name &&
         a.second == b.second && a.seconds == b.seconds && a.output == b.output && a.total == b.total &&
         a.finished == b.finished && a.all_time_rank == b.all_time_rank;
}

inline std::string any_bytes(std::size_t most) {
  std::string bytes(any<std::size_t>(0, most), '\0');
  for (auto& byte : bytes)
    byte = static_cast<char>(any<unsigned char>(0, 255));
  return bytes;
}

/// The same bytes with one to four places changed, taken out, doubled or cut off.
/// @param alphabet  what is put in
inline std::string spoiled(std::string bytes, const std::string& alphabet) {
  const auto times = *rc::gen::inRange(1, 5);
  for (int i = 0; i < times && !bytes.empty(); ++i) {
    const auto at = any<std::size_t>(0, bytes.size() - 1);
    const auto put = *rc::gen::elementOf(alphabet);
    switch (*rc::gen::inRange(0, 5)) {
    case 0:
      bytes[at] = put;
      break;
    case 1:
      bytes.erase(at, 1);
      break;
    case 2:
      bytes.insert(at, 1, put);
      break;
    case 3:
      bytes.insert(at, bytes.substr(at, 9));
      break;
    default:
      bytes.resize(*rc::gen::inRange(0, 4) == 0 ? at : bytes.size());
    }
  }
  return bytes;
}

/// Every byte there is.
inline std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(static_cast<unsigned char>(i));
  return bytes;
}

} // namespace alleycat

/// Closed rides in a line, and random heaps of them.
#pragma once

#include "a_race.hpp"
#include "naive_race.hpp"
#include "property.hpp"

#include <rapidcheck.h>

#include <map>
#include <random>
#include <vector>

namespace alleycat {

/// A closed ride in plain numbers.
struct plain_ride {
  std::uint32_t race = 0, racer = 0;
  std::vector<unsigned> thousands; ///< output of each second; 0 = missing; the last one is there
  bool finished = true, excluded = false;

  friend std::ostream& operator<<(std::ostream& out, const plain_ride& r) {
    out << "\n  race " << r.race << " racer " << r.racer << ':';
    for (const auto t : r.thousands)
      out << ' ' << t;
    return out << (r.finished ? "" : " DNF") << (r.excluded ? " excluded" : "");
  }
};

/// Races close in the order of their ids.
inline unix_ms closed_at(std::uint32_t race) {
  return at_ms(std::int64_t{1000} * race + 7);
}

inline ride_record record_of(const plain_ride& r) {
  ride_record record{.key = {old_town, race_id{r.race}},
                     .racer = racer_id{r.racer},
                     .name = "racer",
                     .anchor = {},
                     .closed = closed_at(r.race),
                     .rank = 0,
                     .finished = r.finished,
                     .flags = static_cast<std::uint8_t>(r.excluded ? ride_flag::excluded : ride_flag::none),
                     .seconds = {}};
  for (const auto t : r.thousands)
    record.seconds.push_back({.present = t != 0, .measured = t == 0 ? measurement{} : worth(t)});
  return record;
}

inline std::vector<ride_record> records_of(const std::vector<plain_ride>& rides) {
  std::vector<ride_record> out;
  for (const auto& r : rides)
    out.push_back(record_of(r));
  return out;
}

/// Score at second s (from 1) in units of 0.0001; 0 = undefined.
inline std::int64_t plain_score(const plain_ride& r, std::size_t s, scoring rule) {
  if (s > r.thousands.size())
    return 0;
  if (rule == scoring::output)
    return std::int64_t{r.thousands[s - 1]} * 1000;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < s; ++i)
    sum += std::int64_t{r.thousands[i]} * 1000;
  return sum;
}

inline constexpr std::uint32_t random_ride_seconds = 5;

/// Up to 80 rides of 12 racers in 6 races, few distinct values: ties everywhere.
inline rc::Gen<std::vector<plain_ride>> any_rides() {
  const auto fresh = rc::gen::noShrink(rc::gen::map(any_seed(), [](std::uint64_t seed) {
    std::mt19937_64 random{seed};
    const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::vector<plain_ride> rides(pick(80));
    const auto values = 1 + pick(4);
    for (auto& r : rides) {
      r.race = 100 + pick(6);
      r.racer = 1 + pick(12);
      r.finished = pick(4) != 0;
      r.excluded = pick(10) == 0;
      r.thousands.resize(1 + pick(random_ride_seconds));
      for (auto& t : r.thousands)
        t = pick(5) == 0 ? 0 : 400 + pick(values);
      r.thousands.back() = 400 + pick(values);
    }
    return rides;
  }));
  return rc::gen::shrink(fresh, [](const std::vector<plain_ride>& rides) { return rc::shrink::removeChunks(rides); });
}

} // namespace alleycat

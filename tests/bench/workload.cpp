#include "tests/bench/workload.hpp"

#include <algorithm>

namespace alleycat::bench {

namespace {

/// The finaliser of splitmix64 (public domain, S. Vigna).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

} // namespace

past_rider::past_rider(std::uint64_t seed, class_id cls, racer_id racer)
    : key_{mixed(mixed(seed) ^ (std::uint64_t{cls.value()} << 32) ^ racer.value())},
      cadence_{600 + static_cast<std::uint32_t>(key_ % 400)}, resistance_{300 + static_cast<std::uint32_t>(
                                                                                    (key_ >> 16) % 400)} {}

measurement past_rider::at(own_second second) const {
  const auto wander = mixed(key_ ^ second.value());
  measurement m;
  m.cadence = static_cast<std::uint16_t>(cadence_ + wander % 120);
  m.resistance = static_cast<std::uint16_t>(resistance_ + (wander >> 32) % 40);
  return m;
}

racer_bests bests_of(std::uint64_t seed, class_id cls, racer_id racer, std::uint16_t seconds) {
  const past_rider rider{seed, cls, racer};
  racer_bests bests;
  bests.racer = racer;
  bests.at.reserve(seconds);
  std::uint32_t sum = 0;
  for (std::uint16_t s = 1; s <= seconds; ++s) {
    sum += output_of(rider.at(own_second{s})).value();
    bests.at.emplace_back(sum);
  }
  if (seconds == ride_seconds)
    bests.record = final_score{score{sum}, race_id{1}, at_ms(1)};
  return bests;
}

closed_race past_race(std::uint64_t seed, race_key key, std::uint32_t first, std::uint32_t step, std::size_t riders,
                      unix_ms closed) {
  closed_race race;
  race.stamp = {journal_position{1'000}, closed, 1};
  race.result = {key, epoch{1}, journal_position{1'000}, closed, static_cast<std::uint32_t>(riders), {}};
  race.rides.resize(riders);
  for (std::size_t i = 0; i < riders; ++i) {
    auto& ride = race.rides[i];
    ride.key = key;
    ride.racer = racer_id{first + static_cast<std::uint32_t>(i) * step};
    ride.name = "Rider " + std::to_string(ride.racer.value());
    ride.closed = closed;
    ride.finished = true;
    ride.seconds.resize(ride_seconds);
    const past_rider rider{seed, key.cls, ride.racer};
    std::uint32_t sum = 0;
    for (std::uint16_t s = 1; s <= ride_seconds; ++s) {
      auto& second = ride.seconds[s - 1U];
      second.present = true;
      second.measured = rider.at(own_second{s});
      sum += output_of(second.measured).value();
    }
    race.result.rows.push_back({.rank = 0,
                                .here_now_rank = 0,
                                .racer = ride.racer,
                                .name = ride.name,
                                .second = own_second{ride_seconds},
                                .seconds = ride_seconds,
                                .output = output_of(ride.seconds.back().measured),
                                .total = score{sum},
                                .finished = true,
                                .all_time_rank = 0});
  }
  auto& rows = race.result.rows;
  std::sort(rows.begin(), rows.end(), [](const standing& a, const standing& b) {
    return a.total != b.total ? a.total > b.total : a.racer < b.racer;
  });
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].rank = rows[i].here_now_rank = static_cast<rank_t>(i + 1);
  return race;
}

journal_batch second_of(std::uint64_t seed, class_id cls, std::uint32_t first, std::size_t riders, own_second second,
                        unix_ms start) {
  journal_batch batch(riders);
  for (std::size_t i = 0; i < riders; ++i) {
    auto& u = batch[i];
    u.racer = racer_id{first + static_cast<std::uint32_t>(i)};
    u.second = second;
    u.device_timestamp = start + length_of(second);
    u.measured = past_rider{seed, cls, u.racer}.at(second);
  }
  return batch;
}

} // namespace alleycat::bench

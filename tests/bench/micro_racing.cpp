/// The rules alone: fold, ranks, tables.
#include "racing/all_time_table.hpp"
#include "racing/race_fold.hpp"
#include "tests/bench/workload.hpp"

#include <benchmark/benchmark.h>

#include <map>
#include <random>

using namespace alleycat;
using namespace alleycat::bench;

namespace {

constexpr class_id cls{1};
constexpr race_key key{cls, race_id{5'400'000}};
constexpr std::size_t riders = 1'000;
constexpr std::uint64_t history_seed = 1;
constexpr std::uint64_t race_seed = 2;

rule_set rules() {
  rule_set all;
  all.race.admit = admission::any;
  all.classes = shipped_classes();
  return all;
}

all_time_table new_table(std::uint32_t racers, std::uint16_t seconds) {
  all_time_table table{seconds};
  for (std::uint32_t r = 1; r <= racers; ++r)
    table.load(bests_of(history_seed, cls, racer_id{r}, seconds));
  table.sort();
  return table;
}

/// Tables are dear to make: one of each size for all benchmarks that only read.
const all_time_table& table_of(std::uint32_t racers, std::uint16_t seconds = ride_seconds) {
  static std::map<std::pair<std::uint32_t, std::uint16_t>, all_time_table> made;
  const auto found = made.find({racers, seconds});
  return found != made.end() ? found->second
                             : made.emplace(std::pair{racers, seconds}, new_table(racers, seconds)).first->second;
}

/// A race of 1,000 in which every rider has reached `seconds`.
race_fold ridden(std::uint16_t seconds) {
  static const auto all = rules();
  race_fold race{all, key};
  for (std::uint16_t s = 1; s <= seconds; ++s)
    race.apply({journal_position{s}, at_ms(1), second_of(race_seed, cls, 1, riders, own_second{s}, {})});
  return race;
}

void fold_in_phase(benchmark::State& state) {
  std::vector<journal_batch> batches;
  for (std::uint16_t s = 1; s <= ride_seconds; ++s)
    batches.push_back(second_of(race_seed, cls, 1, riders, own_second{s}, {}));
  const auto all = rules();
  for (auto _ : state) {
    race_fold race{all, key};
    std::uint64_t position = 0;
    for (const auto& b : batches) {
      race.apply({journal_position{++position}, at_ms(1), b});
      benchmark::DoNotOptimize(race.take_news());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(riders * ride_seconds));
}
BENCHMARK(fold_in_phase)->Unit(benchmark::kMillisecond);

void here_now_rank(benchmark::State& state) {
  const auto race = ridden(60);
  row_index row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(race.here_now_rank(row, own_second{60}));
    row = static_cast<row_index>((row + 377) % riders);
  }
}
BENCHMARK(here_now_rank);

void ranking_of_1000(benchmark::State& state) {
  const auto race = ridden(60);
  for (auto _ : state)
    benchmark::DoNotOptimize(race.ranking());
}
BENCHMARK(ranking_of_1000)->Unit(benchmark::kMicrosecond);

void close_race(benchmark::State& state) {
  auto race = ridden(300);
  race.apply({journal_position{1'000}, at_ms(1), close_mark{epoch{1}, at_ms(1)}});
  for (auto _ : state)
    benchmark::DoNotOptimize(race.close(epoch{1}));
}
BENCHMARK(close_race)->Unit(benchmark::kMillisecond);

/// Riders of one race, all at the same second, the seconds one after the other: what a race in phase asks.
void all_time_rank(benchmark::State& state) {
  const auto racers = static_cast<std::uint32_t>(state.range(0));
  const std::uint16_t seconds = racers > 100'000 ? 60 : ride_seconds;
  const auto& table = table_of(racers, seconds);
  std::vector<std::vector<score>> values(seconds);
  for (std::uint32_t r = 1; r <= riders; ++r) {
    const auto bests = bests_of(race_seed, cls, racer_id{r}, seconds);
    for (std::uint16_t s = 0; s < seconds; ++s)
      values[s].push_back(bests.at[s]);
  }
  const bool in_phase = state.range(1) != 0;
  std::mt19937 random{7};
  std::vector<std::uint16_t> at(riders, 1);
  if (!in_phase)
    for (auto& s : at)
      s = static_cast<std::uint16_t>(1 + random() % seconds);
  std::vector<ranked_score> batch(riders);
  for (auto _ : state) {
    for (std::uint32_t r = 0; r < riders; ++r) {
      auto& s = at[r];
      batch[r] = {own_second{s}, racer_id{r + 1}, values[s - 1U][r]};
      s = static_cast<std::uint16_t>(s % seconds + 1);
    }
    benchmark::DoNotOptimize(table.places(batch));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(riders));
}
BENCHMARK(all_time_rank)
    ->ArgNames({"racers", "in_phase"})
    ->Args({40'000, 1})
    ->Args({40'000, 0})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 0});

void all_time_neighbours(benchmark::State& state) {
  const auto& table = table_of(40'000);
  const auto bests = bests_of(race_seed, cls, racer_id{777});
  std::uint16_t s = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.neighbours(own_second{s}, bests.at[s - 1U], racer_id{777}, 3, 5));
    s = static_cast<std::uint16_t>(s % ride_seconds + 1);
  }
}
BENCHMARK(all_time_neighbours);

/// A race of 1,000 known racers, all better than before: the most that can move.
void merge_race(benchmark::State& state) {
  const auto racers = static_cast<std::uint32_t>(state.range(0));
  const std::uint16_t seconds = racers > 100'000 ? 60 : ride_seconds;
  std::uint32_t first = 1;
  std::uint64_t seed = race_seed;
  auto table = new_table(racers, seconds);
  for (auto _ : state) {
    state.PauseTiming();
    auto race = past_race(seed++, key, first++, racers / riders, riders, at_ms(1));
    for (auto& ride : race.rides) {
      ride.seconds.resize(seconds);
      for (auto& s : ride.seconds)
        s.measured.cadence = static_cast<std::uint16_t>(s.measured.cadence + 2 * (seed - race_seed));
    }
    state.ResumeTiming();
    benchmark::DoNotOptimize(table.merge(race.rides, scoring::total));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(riders) * seconds);
}
BENCHMARK(merge_race)->ArgName("racers")->Arg(40'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->Iterations(10);

void load_and_sort_40000(benchmark::State& state) {
  std::vector<racer_bests> all;
  for (std::uint32_t r = 1; r <= 40'000; ++r)
    all.push_back(bests_of(history_seed, cls, racer_id{r}));
  for (auto _ : state) {
    all_time_table table{ride_seconds};
    for (const auto& b : all)
      table.load(b);
    table.sort();
    benchmark::DoNotOptimize(table.racers());
  }
}
BENCHMARK(load_and_sort_40000)->Unit(benchmark::kMillisecond);

} // namespace

/// LMDB: a closed race of 1,000 rides into a class of 40,000.
#include "persistence/lmdb_store.hpp"
#include "tests/bench/workload.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <unistd.h>

using namespace alleycat;
using namespace alleycat::bench;

namespace {

constexpr class_id cls{1};

/// A store with one ride of each of 40,000 racers; removed at the end.
class history {
public:
  history()
      : folder_{std::filesystem::temp_directory_path() / ("alleycat-bench-" + std::to_string(getpid()))},
        store_{open_lmdb_store(folder_, {})} {
    for (std::uint32_t i = 0; i < 40; ++i)
      store_->apply(past_race(1, {cls, race_id{i}}, 1 + i, 40, 1'000, at_ms(1'000 + i)), scoring::total, false);
  }
  ~history() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  record_store& store() { return *store_; }

private:
  std::filesystem::path folder_;
  std::unique_ptr<lmdb_store> store_;
};

history& the_history() {
  static history made;
  return made;
}

void lmdb_commit_of_a_race(benchmark::State& state) {
  auto& store = the_history().store();
  static std::uint32_t id = 1'000;
  for (auto _ : state) {
    state.PauseTiming();
    const auto race = past_race(id, {cls, race_id{id}}, 1 + id % 40, 40, 1'000, at_ms(10'000 + id));
    ++id;
    state.ResumeTiming();
    store.apply(race, scoring::total, false);
  }
}
BENCHMARK(lmdb_commit_of_a_race)->Unit(benchmark::kMillisecond)->Iterations(10)->UseRealTime();

void lmdb_read_40000_bests(benchmark::State& state) {
  auto& store = the_history().store();
  for (auto _ : state) {
    std::size_t racers = 0;
    store.each_bests(cls, [&](const racer_bests& bests) { racers += bests.at.size(); });
    benchmark::DoNotOptimize(racers);
  }
}
BENCHMARK(lmdb_read_40000_bests)->Unit(benchmark::kMillisecond);

} // namespace

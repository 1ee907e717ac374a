/// Codecs of what there is most of.
#include "messages/journal_codec.hpp"
#include "messages/json.hpp"
#include "messages/ride_codec.hpp"
#include "messages/update_json.hpp"
#include "racing/race_fold.hpp"
#include "tests/bench/workload.hpp"

#include <benchmark/benchmark.h>

using namespace alleycat;
using namespace alleycat::bench;

namespace {

constexpr class_id cls{1};

std::vector<update> updates(std::size_t count) {
  std::vector<update> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& u = all[i];
    u.cls = cls;
    u.race = race_id{5'400'172};
    u.racer = racer_id{static_cast<std::uint32_t>(1 + i * 37 % 40'000)};
    u.second = own_second{static_cast<std::uint16_t>(1 + i % 300)};
    u.device_timestamp = at_ms(1'620'051'628'707 + static_cast<std::int64_t>(i));
    u.measured = past_rider{3, cls, u.racer}.at(u.second);
    u.name = "Rider " + std::to_string(u.racer.value());
  }
  return all;
}

template <class Encode>
void decode(benchmark::State& state, Encode encode) {
  std::vector<std::string> payloads;
  for (const auto& u : updates(4'096))
    payloads.push_back(encode(u));
  update_decoder decoder;
  update out;
  std::string why;
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decoder.decode_any(payloads[i], out, why));
    i = (i + 1) % payloads.size();
  }
}
void decode_json(benchmark::State& state) {
  decode(state, [](const update& u) { return encode_update(u); });
}
BENCHMARK(decode_json);
void decode_protobuf(benchmark::State& state) {
  decode(state, [](const update& u) { return encode_update_protobuf(u); });
}
BENCHMARK(decode_protobuf);

void journal_encode(benchmark::State& state) {
  const auto batch =
      second_of(3, cls, 1, static_cast<std::size_t>(state.range(0)), own_second{17}, at_ms(1'620'051'600'000));
  std::string out;
  for (auto _ : state) {
    encode(batch, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(journal_encode)->Arg(1)->Arg(8)->Arg(500);

void journal_decode(benchmark::State& state) {
  const auto bytes =
      encode(second_of(3, cls, 1, static_cast<std::size_t>(state.range(0)), own_second{17}, at_ms(1'620'051'600'000)));
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_journal(bytes));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(journal_decode)->Arg(1)->Arg(8)->Arg(500);

standings table_of_1000() {
  const auto race = past_race(3, {cls, race_id{5'400'172}}, 1, 1, 1'000, at_ms(1));
  standings table;
  table.key = race.result.key;
  table.rows = race.result.rows;
  return table;
}

void standings_encode(benchmark::State& state) {
  const auto table = table_of_1000();
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode_standings(table, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(standings_encode)->Unit(benchmark::kMicrosecond);

void view_encode(benchmark::State& state) {
  rider_view view;
  view.key = {cls, race_id{5'400'172}};
  view.racer = racer_id{8};
  for (std::uint32_t i = 0; i < 14; ++i) {
    view.here_now.rows.push_back({i + 1, racer_id{i * 2'777}, "Rider " + std::to_string(i), score{12'345'678}});
    view.all_time.rows.push_back({i + 1, racer_id{i * 2'777}, "Rider " + std::to_string(i), score{12'345'678}});
  }
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode_view(view, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(view_encode);

void ride_encode(benchmark::State& state) {
  const auto race = past_race(3, {cls, race_id{5'400'172}}, 1, 1, 1, at_ms(1));
  for (auto _ : state)
    benchmark::DoNotOptimize(encode(race.rides.front()));
}
BENCHMARK(ride_encode);

} // namespace

/// How fast NATS itself is: the updates of a benchmark, published and received, with nothing behind them.
#include "messages/subjects.hpp"
#include "messages/update_json.hpp"
#include "tests/bench/field.hpp"
#include "tests/bench/wire.hpp"
#include "tests/bench/workload.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nats/nats.h>

#include <chrono>
#include <iostream>
#include <stdexcept>

using namespace alleycat;
using namespace alleycat::bench;

namespace {

void check(natsStatus status, const char* what) {
  if (status != NATS_OK)
    throw std::runtime_error{std::string{what} + ": " + natsStatus_GetText(status)};
}

/// The same subjects and payloads as those of bench-riders.
std::vector<std::string> frames_of(std::uint32_t messages, std::uint32_t riders) {
  std::vector<std::string> pieces;
  constexpr std::uint32_t at_once = 500;
  const field who{.riders = riders};
  for (std::uint32_t i = 0; i < messages; ++i) {
    if (i % at_once == 0)
      pieces.emplace_back();
    const auto race = i % riders / who.race_size;
    const auto key = who.key(race);
    update u;
    u.cls = key.cls;
    u.race = key.race;
    u.racer = who.racer(race, i % who.race_size);
    u.second = own_second{static_cast<std::uint16_t>(1 + i / riders % ride_seconds)};
    u.device_timestamp = at_ms(1'620'000'000'000 + i);
    u.measured = past_rider{live_seed, key.cls, u.racer}.at(u.second);
    u.name = "Rider " + std::to_string(u.racer.value());
    append_frame(update_subject(u.cls, u.racer), {}, encode_update(u), pieces.back());
  }
  return pieces;
}

void run(const std::string& url, bool jetstream, std::uint32_t messages, std::uint32_t riders) {
  const auto pieces = frames_of(messages, riders);
  natsOptions* options = nullptr;
  check(natsOptions_Create(&options), "options");
  natsOptions_SetURL(options, url.c_str());
  natsOptions_SetIOBufSize(options, 256 * 1024);
  natsConnection* connection = nullptr;
  check(natsConnection_Connect(&connection, options), "connect");
  natsOptions_Destroy(options);
  jsCtx* js = nullptr;
  check(natsConnection_JetStream(&js, connection, nullptr), "JetStream");
  natsSubscription* subscription = nullptr;
  if (jetstream) {
    // A stream right on the updates: one message each, as the journal is not.
    const char* subjects[] = {"alleycat.update.*.*"};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = "BENCH_RAW";
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    js_DeleteStream(js, config.Name, nullptr, nullptr);
    check(js_AddStream(nullptr, js, &config, nullptr, nullptr), "stream");
    jsSubOptions ordered;
    jsSubOptions_Init(&ordered);
    ordered.Stream = config.Name;
    ordered.Ordered = true;
    check(js_SubscribeSync(&subscription, js, subjects[0], nullptr, &ordered, nullptr), "consumer");
  } else {
    check(natsConnection_QueueSubscribeSync(&subscription, connection, "alleycat.update.*.*", "ingest"), "subscribe");
  }
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  natsConnection_Flush(connection);
  wire out{url};
  const auto start = std::chrono::steady_clock::now();
  std::thread sender{[&] {
    for (const auto& piece : pieces)
      out.send(piece);
  }};
  std::uint32_t received = 0;
  for (; received < messages; ++received) {
    natsMsg* message = nullptr;
    if (natsSubscription_NextMsg(&message, subscription, 5'000) != NATS_OK)
      break;
    natsMsg_Destroy(message);
  }
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  sender.join();
  natsSubscription_Destroy(subscription);
  if (jetstream)
    js_DeleteStream(js, "BENCH_RAW", nullptr, nullptr);
  jsCtx_Destroy(js);
  natsConnection_Destroy(connection);
  std::cout << fmt::format(R"({{"messages":{},"received":{},"seconds":{:.3f},"rate":{:.0f}}})", messages, received,
                           took, received / took)
            << '\n';
}

} // namespace

int main(int argc, char** argv) {
  std::string url = "nats://127.0.0.1:4222";
  bool jetstream = false;
  std::uint32_t messages = 360'000;
  std::uint32_t riders = 6'000;
  CLI::App app{"How fast NATS itself is."};
  app.add_option("--nats", url, "NATS URL");
  app.add_flag("--jetstream", jetstream, "through a file stream and an ordered consumer, one message an update");
  app.add_option("--messages", messages, "updates");
  app.add_option("--riders", riders, "riders they are of");
  CLI11_PARSE(app, argc, argv);
  try {
    run(url, jetstream, messages, riders);
  } catch (const std::exception& e) {
    std::cerr << "bench-raw: " << e.what() << '\n';
    return 1;
  }
  return 0;
}

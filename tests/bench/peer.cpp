#include "tests/bench/peer.hpp"

#include "messages/json.hpp"
#include "messages/subjects.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>
#include <stdexcept>

namespace alleycat::bench {

namespace {

constexpr std::size_t most_at_once = 500;

} // namespace

peer::peer(const peer_settings& set) : set_{set} {
  natsOptions* options = nullptr;
  natsOptions_Create(&options);
  natsOptions_SetURL(options, set.nats.c_str());
  natsOptions_SetIOBufSize(options, 256 * 1024); // as a node does
  natsOptions_SetSendAsap(options, true);        // likewise: it publishes nothing but standings
  const auto status = natsConnection_Connect(&connection_, options);
  natsOptions_Destroy(options);
  if (status != NATS_OK)
    throw std::runtime_error{"cannot connect to NATS"};
}

peer::~peer() {
  natsSubscription_Destroy(subscription_);
  natsConnection_Close(connection_);
  natsConnection_Destroy(connection_);
}

void peer::run(const volatile bool& stopping) {
  if (natsConnection_QueueSubscribeSync(&subscription_, connection_, std::string{all_updates}.c_str(), "ingest") !=
      NATS_OK)
    throw std::runtime_error{"cannot subscribe"};
  natsSubscription_SetPendingLimits(subscription_, -1, -1);
  natsConnection_Flush(connection_);
  std::cout << "ready" << std::endl;
  while (!stopping) {
    natsMsg* message = nullptr;
    // Something that waits already goes into the same batch; nothing waits for a batch to fill.
    const auto status = natsSubscription_NextMsg(&message, subscription_, batch_.empty() && !busy() ? 100 : 0);
    if (status == NATS_OK) {
      count(message);
      natsMsg_Destroy(message);
      if (batch_.size() < most_at_once)
        continue;
    }
    if (!batch_.empty())
      take(batch_);
    else
      settle();
    batch_.clear();
  }
}

void peer::count(natsMsg* message) {
  const std::string_view payload{natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
  if (decoder_.decode_any(payload, update_, why_) != refusal::none)
    return;
  auto& race = races_[{update_.cls, update_.race}];
  if (!race) {
    race = std::make_unique<peer_race>();
    race->key = {update_.cls, update_.race};
  }
  const auto [entry, first] = race->row_of.try_emplace(update_.racer, static_cast<std::uint32_t>(race->riders.size()));
  if (first)
    race->riders.push_back({update_.racer, update_.name, {}});
  const auto row = entry->second;
  auto& rider = race->riders[row];
  const auto output = output_of(update_.measured);
  rider.total = score{rider.total.value() + output.value()};
  const auto at = update_.second.value();
  if (at >= race->totals.size()) {
    race->totals.resize(at + 1U);
    race->outputs.resize(at + 1U);
    race->all_time.resize(at + 1U);
    race->reported.resize(at + 1U);
  }
  race->totals[at].resize(set_.race_size);
  race->outputs[at].resize(set_.race_size);
  race->all_time[at].resize(set_.race_size);
  race->totals[at][row] = rider.total;
  race->outputs[at][row] = output;
  ++race->reported[at];
  batch_.push_back({race.get(), row, update_.second, rider.total});
}

bool peer::complete(const peer_race& race, own_second second) const {
  return race.reported[second.value()] == set_.race_size;
}

void peer::publish(peer_race& race, own_second second, const std::vector<std::uint32_t>& order) {
  const auto& totals = race.totals[second.value()];
  table_.key = race.key;
  table_.owner_epoch = epoch{1};
  table_.second = second;
  table_.reported = set_.race_size;
  table_.rows.clear();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto row = order[i];
    const bool shares = i > 0 && totals[row] == totals[order[i - 1]];
    const auto rank = shares ? table_.rows.back().rank : static_cast<rank_t>(i + 1);
    const auto& rider = race.riders[row];
    table_.rows.push_back({.rank = rank,
                           .here_now_rank = rank,
                           .racer = rider.racer,
                           .name = rider.name,
                           .second = second,
                           .seconds = second.value(),
                           .output = race.outputs[second.value()][row],
                           .total = totals[row],
                           .finished = false,
                           .all_time_rank = race.all_time[second.value()][row]});
  }
  json_.clear();
  encode_standings(table_, json_);
  natsConnection_Publish(connection_, standings_subject(race.key).c_str(), json_.data(),
                         static_cast<int>(json_.size()));
  race.totals[second.value()] = {};
  race.outputs[second.value()] = {};
  race.all_time[second.value()] = {};
}

} // namespace alleycat::bench

namespace {

volatile bool stopping = false;

} // namespace

int main(int argc, char** argv) {
  alleycat::bench::peer_settings set;
  CLI::App app{
      "What somebody would build instead: the bare loop, or the Redis rival. Prints \"ready\", then takes updates."};
  app.add_option("--nats", set.nats, "NATS URL");
  app.add_option("--redis", set.redis, "path of the socket of Redis; without it the bare loop");
  app.add_option("--race-size", set.race_size, "riders of a race");
  app.add_option("--classes", set.classes, "classes");
  app.add_option("--history", set.history, "racers with a history in each class");
  app.add_option("--seconds", set.seconds, "seconds of the history");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGTERM, [](int) { stopping = true; });
  std::signal(SIGINT, [](int) { stopping = true; });
  try {
    const auto contender = set.redis.empty() ? make_bare_loop(set) : make_redis_rival(set);
    contender->run(stopping);
  } catch (const std::exception& e) {
    std::cerr << "bench-peer: " << e.what() << '\n';
    return 1;
  }
  return 0;
}

/// Writes the journal of one race as ingest actors write it at real pace: virtual time, the real ingest actors, the real
/// codec, a real stream.
///
/// Every rider sends once a second, each in a phase of their own or all in one; every update goes to a random ingest actor,
/// as a queue group does it. Prints one JSON line: batches, bytes, how long updates waited.
#include "actors/ingest.hpp"
#include "messages/journal_codec.hpp"
#include "messages/subjects.hpp"
#include "simulator/names.hpp"
#include "simulator/rider_model.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nats/nats.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>

using namespace alleycat;

namespace {

struct settings {
  std::string nats; ///< empty: nothing is stored
  std::uint16_t cls = 1;
  std::uint32_t race = 5'400'000;
  std::uint32_t riders = 1'000;
  std::uint16_t seconds = 300;
  std::uint32_t ingests = 3;
  std::uint32_t linger_ms = 2;
  std::uint32_t ack_ms = 1;    ///< from append to PubAck
  std::uint32_t spread_ms = 0; ///< in phase: riders are this far apart at most; 0 = uniform over the second
  std::uint64_t seed = 1;
};

void check(natsStatus status, const char* what) {
  if (status != NATS_OK)
    throw std::runtime_error{std::string{what} + ": " + natsStatus_GetText(status) + ", " + nats_GetLastError(nullptr)};
}

struct sent_batch {
  unix_ms at{};
  journal_batch batch;
};

/// What one ingest actor appends; confirms it a moment later.
class paced_journal : public journal_port {
public:
  paced_journal(const clock_port& clock, std::vector<sent_batch>& sent) : clock_{clock}, sent_{sent} {}

  /// Confirms what was appended `delay` ago or earlier.
  void confirm(milliseconds delay) {
    for (; next_ < pending_.size() && clock_.now() - pending_[next_].first >= delay; ++next_)
      acks_({pending_[next_].second, journal_ack::outcome::stored, journal_position{1}});
  }

  std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> acks) override {
    acks_ = std::move(acks);
    return std::make_unique<writer>(*this);
  }
  std::unique_ptr<journal_reader> open_reader(race_key, std::shared_ptr<handoff<journal_item>>,
                                              std::function<void()>) override {
    return nullptr;
  }
  void mark(race_key, const close_mark&, std::function<void(bool)>) override {}
  void purge(race_key) override {}
  void check(race_key, const journal_stamp&, std::function<void(stamp_check)> found) override {
    found(stamp_check::same);
  }
  void list(class_id, std::function<void(journal_listing)>) override {}
  std::uint32_t fill_percent(class_id) const override { return 0; }

private:
  struct writer : journal_writer {
    explicit writer(paced_journal& j) : journal{j} {}
    void append(race_key, const journal_batch& batch, std::uint64_t token) override {
      journal.pending_.emplace_back(journal.clock_.now(), token);
      journal.sent_.push_back({journal.clock_.now(), batch});
    }
    paced_journal& journal;
  };

  const clock_port& clock_;
  std::vector<sent_batch>& sent_;
  std::function<void(journal_ack)> acks_;
  std::vector<std::pair<unix_ms, std::uint64_t>> pending_;
  std::size_t next_ = 0;
};

/// The batches, in the order in which they were appended.
std::vector<sent_batch> ride(const settings& set) {
  rule_set rules;
  rules.race.admit = admission::any;
  rules.race.capacity = std::max(rules.race.capacity, set.riders);
  rules.race.ride_seconds = std::max<std::uint32_t>(rules.race.ride_seconds, set.seconds);
  rules.classes = shipped_classes();
  test::stage stage{rules};
  stage.step = std::chrono::milliseconds{1};
  const race_key key{class_id{set.cls}, race_id{set.race}};
  const auto start = rules.race.start_of(key.race);
  stage.clock.time = start;

  std::vector<sent_batch> sent;
  struct one_ingest {
    actor_context context;
    std::unique_ptr<paced_journal> journal;
    std::shared_ptr<handoff<arrival>> inbox = std::make_shared<handoff<arrival>>(1'000'000);
    ingest_actor actor;
  };
  std::vector<std::unique_ptr<one_ingest>> ingests;
  const auto registry =
      stage.keep(stage.system().spawn(test::kept_registry, std::make_shared<test::remembered_registry>()));
  for (std::uint32_t i = 0; i < set.ingests; ++i) {
    auto one = std::make_unique<one_ingest>();
    one->journal = std::make_unique<paced_journal>(stage.clock, sent);
    const auto& all = stage.context;
    one->context.rules = all.rules;
    one->context.clock = all.clock;
    one->context.results_log = all.results_log;
    one->context.publisher = all.publisher;
    one->context.answers = all.answers;
    one->context.ownership = all.ownership;
    one->context.log = all.log;
    one->context.counts = all.counts;
    one->context.names = all.names;
    one->context.journal = one->journal.get();
    one->context.journal_linger = milliseconds{set.linger_ms};
    one->actor = stage.keep(stage.system().spawn(ingest, &one->context, one->inbox, registry));
    ingests.push_back(std::move(one));
  }
  stage.settle();

  std::mt19937_64 random{set.seed};
  std::vector<std::vector<std::uint32_t>> riders_at(1'000); ///< [millisecond of the second]
  const auto spread = set.spread_ms == 0 ? 1'000U : std::min(set.spread_ms, 1'000U);
  for (std::uint32_t r = 0; r < set.riders; ++r)
    riders_at[random() % spread].push_back(r);
  std::vector<sim::rider_model> models;
  std::vector<std::string> names;
  for (std::uint32_t r = 0; r < set.riders; ++r) {
    models.emplace_back(set.seed, key.cls, racer_id{r + 1});
    names.push_back(sim::rider_name(racer_id{r + 1}));
  }
  for (std::uint16_t second = 1; second <= set.seconds; ++second) {
    for (std::uint32_t ms = 0; ms < 1'000; ++ms) {
      stage.pass(stage.step);
      for (const auto r : riders_at[ms]) {
        update u;
        u.cls = key.cls;
        u.race = key.race;
        u.racer = racer_id{r + 1};
        u.second = own_second{second};
        u.device_timestamp = stage.clock.time;
        u.measured = models[r].at(u.second);
        u.name = names[r];
        auto& to = *ingests[random() % set.ingests];
        arrival a{std::move(u), refusal::none, "", ""};
        if (to.inbox->push(a) == handoff<arrival>::outcome::wake)
          caf::anon_send(to.actor, arrived{});
        stage.settle();
      }
      for (const auto& one : ingests)
        one->journal->confirm(milliseconds{set.ack_ms});
      stage.settle();
    }
  }
  for (auto last = 0U; last < set.linger_ms + 100; ++last) {
    stage.pass(stage.step);
    for (const auto& one : ingests)
      one->journal->confirm(milliseconds{set.ack_ms});
    stage.settle();
  }
  stage.clear();
  return sent;
}

/// @returns the stream's bytes before and after
std::pair<std::uint64_t, std::uint64_t> store(const settings& set, const std::vector<sent_batch>& sent) {
  natsConnection* connection = nullptr;
  check(natsConnection_ConnectTo(&connection, set.nats.c_str()), "connect");
  jsCtx* js = nullptr;
  check(natsConnection_JetStream(&js, connection, nullptr), "JetStream");
  const auto stream = journal_stream(class_id{set.cls});
  const auto bytes = [&] {
    jsStreamInfo* info = nullptr;
    check(js_GetStreamInfo(&info, js, stream.c_str(), nullptr, nullptr), "stream info");
    const auto result = info->State.Bytes;
    jsStreamInfo_Destroy(info);
    return result;
  };
  const auto before = bytes();
  const auto subject = journal_subject({class_id{set.cls}, race_id{set.race}});
  std::string buffer;
  for (const auto& one : sent) {
    encode(one.batch, buffer);
    check(js_PublishAsync(js, subject.c_str(), buffer.data(), static_cast<int>(buffer.size()), nullptr), "publish");
  }
  jsPubOptions wait;
  jsPubOptions_Init(&wait);
  wait.MaxWait = 60'000;
  check(js_PublishAsyncComplete(js, &wait), "PubAcks");
  const auto after = bytes();
  jsCtx_Destroy(js);
  natsConnection_Destroy(connection);
  nats_Close();
  return {before, after};
}

void run(const settings& set) {
  const auto sent = ride(set);
  std::vector<std::int64_t> waits;
  std::size_t payload = 0;
  for (const auto& one : sent) {
    payload += encode(one.batch).size();
    for (const auto& u : one.batch)
      waits.push_back((one.at - u.device_timestamp).count());
  }
  std::sort(waits.begin(), waits.end());
  const auto at = [&](double part) {
    return waits[std::min(waits.size() - 1, static_cast<std::size_t>(part * static_cast<double>(waits.size())))];
  };
  const auto updates = static_cast<double>(waits.size());
  std::cout << fmt::format(R"({{"updates":{},"batches":{},"perBatch":{:.2f},"payloadPerUpdate":{:.1f},"waitP50":{},)"
                           R"("waitP99":{},"waitMax":{})",
                           waits.size(), sent.size(), updates / static_cast<double>(sent.size()),
                           static_cast<double>(payload) / updates, at(0.5), at(0.99), waits.back());
  if (!set.nats.empty()) {
    const auto [before, after] = store(set, sent);
    std::cout << fmt::format(R"(,"storedPerUpdate":{:.1f})", static_cast<double>(after - before) / updates);
  }
  std::cout << "}\n";
}

} // namespace

int main(int argc, char** argv) {
  settings set;
  CLI::App app{"Writes the journal of one race as ingest actors write it at real pace."};
  app.add_option("--nats", set.nats, "NATS URL; without it nothing is stored");
  app.add_option("--class", set.cls, "class");
  app.add_option("--race", set.race, "race id");
  app.add_option("--riders", set.riders, "riders");
  app.add_option("--seconds", set.seconds, "seconds ridden");
  app.add_option("--ingests", set.ingests, "ingest actors that share the updates");
  app.add_option("--linger", set.linger_ms, "journal.linger_ms");
  app.add_option("--ack", set.ack_ms, "milliseconds until a batch is confirmed");
  app.add_option("--spread", set.spread_ms,
                 "riders send within so many milliseconds of each second; 0 = over all of it");
  app.add_option("--seed", set.seed, "of riders and phases");
  CLI11_PARSE(app, argc, argv);
  try {
    run(set);
  } catch (const std::exception& e) {
    std::cerr << "bench-paced-journal: " << e.what() << '\n';
    return 1;
  }
  return 0;
}

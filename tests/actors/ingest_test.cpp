#include "actors/defaults.hpp"
#include "actors/ingest.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

struct ingest_stage : stage {
  ingest_stage() {
    context.journal_linger = 10ms;
    actor = keep(system().spawn(ingest, &context, inbox, keep(system().spawn(kept_registry, registry))));
    settle();
    clock.time = race_start + 5'000ms;
  }

  void send(update u, const std::string& reply_to = "") {
    arrival a{std::move(u), refusal::none, "", reply_to};
    if (inbox->push(a) == handoff<arrival>::outcome::wake)
      caf::anon_send(actor, arrived{});
    settle();
  }

  std::shared_ptr<handoff<arrival>> inbox = std::make_shared<handoff<arrival>>(100'000);
  std::shared_ptr<remembered_registry> registry = std::make_shared<remembered_registry>();
  ingest_actor actor;
};

} // namespace

TEST_CASE("a bike hears ok when its update is stored, and not before") {
  ingest_stage s;
  s.send(update_at(8, 1), "_INBOX.a");
  s.pass(10ms);
  REQUIRE(s.journal.appends.size() == 1);
  CHECK(s.answers.ok.empty());
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::stored, journal_position{48'211}});
  s.settle();
  CHECK(s.answers.ok.at("_INBOX.a") == journal_position{48'211});
  CHECK(s.counts.updates_acknowledged.value() == 1);
}

TEST_CASE("updates of one race share a batch, in the order of arrival") {
  ingest_stage s;
  s.send(update_at(8, 1));
  s.send(update_at(9, 1));
  s.send(update_at(8, 2));
  CHECK(s.journal.appends.empty());
  s.pass(10ms);
  REQUIRE(s.journal.appends.size() == 1);
  const auto& batch = s.journal.appends[0].batch;
  REQUIRE(batch.size() == 3);
  CHECK(batch[0].racer == racer_id{8});
  CHECK(batch[1].racer == racer_id{9});
  CHECK(batch[2].second == own_second{2});
}

TEST_CASE("a full batch does not wait for the linger time") {
  ingest_stage s;
  for (std::uint32_t racer = 0; racer < defaults::batch_limit; ++racer)
    s.send(update_at(racer, 1));
  REQUIRE(s.journal.appends.size() == 1);
  CHECK(s.journal.appends[0].batch.size() == defaults::batch_limit);
}

TEST_CASE("where many ride, their updates wait for each other as long as the linger time for each node that shares "
          "them, no longer") {
  const auto nodes = GENERATE(as<std::size_t>{}, 1, 2);
  ingest_stage s;
  s.ownership.sharing = nodes;
  s.step = 1ms;
  s.context.journal_linger = 30ms;
  s.clear();
  s.actor = s.keep(s.system().spawn(ingest, &s.context, s.inbox, s.keep(s.system().spawn(kept_registry, s.registry))));
  s.settle();
  std::map<std::uint64_t, unix_ms> sent; // by racer and second
  std::size_t seen = 0;
  for (std::uint16_t second = 1; second <= 5; ++second)
    for (std::uint32_t i = 0; i < 200; ++i) {
      s.send(update_at(i, second));
      sent[std::uint64_t{i} << 16 | second] = s.clock.time;
      for (auto step = 0; step < 5; ++step) {
        s.pass(1ms);
        for (; seen < s.journal.appends.size(); ++seen) {
          const auto& append = s.journal.appends[seen];
          s.journal.acks({append.token, journal_ack::outcome::stored, journal_position{seen + 1}});
          for (const auto& u : append.batch)
            REQUIRE(s.clock.time - sent.at(std::uint64_t{u.racer.value()} << 16 | u.second.value()) <=
                    nodes * 30ms + 1ms);
        }
        s.settle();
      }
    }
  // The first quarter of a second, while nobody knows yet how many ride, and then six a batch for each node.
  CHECK(seen <= 50 + 950 / (6 * nodes) + 5);
}

TEST_CASE("the registry gets a hint for the first update of a race only") {
  ingest_stage s;
  s.send(update_at(8, 1));
  s.send(update_at(9, 1));
  CHECK(s.registry->hints == std::vector{the_race});
}

TEST_CASE("what ingest can judge is refused at once and counted") {
  ingest_stage s;
  s.send(update_at(8, 11), "_INBOX.second");
  auto elsewhere = update_at(8, 1);
  elsewhere.cls = class_id{9};
  s.send(elsewhere, "_INBOX.class");
  s.clock.time = race_start + 60'000ms;
  s.send(update_at(8, 1), "_INBOX.late");
  CHECK(s.answers.no.at("_INBOX.second") == refusal::bad_second);
  CHECK(s.answers.no.at("_INBOX.class") == refusal::unknown_class);
  CHECK(s.answers.no.at("_INBOX.late") == refusal::too_late);
  CHECK(s.counts.updates_refused[static_cast<std::size_t>(refusal::bad_second)].value() == 1);
  s.pass(20ms);
  CHECK(s.journal.appends.empty());
}

TEST_CASE("a batch that is not confirmed is sent again, the same one") {
  ingest_stage s;
  s.send(update_at(8, 1), "_INBOX.a");
  s.pass(2'200ms);
  REQUIRE(s.journal.appends.size() == 2);
  CHECK(s.journal.appends[0].token == s.journal.appends[1].token);
  CHECK(s.journal.appends[0].batch == s.journal.appends[1].batch);
  s.journal.acks({s.journal.appends[1].token, journal_ack::outcome::stored, journal_position{5}});
  s.journal.acks(
      {s.journal.appends[0].token, journal_ack::outcome::stored, journal_position{4}}); // the first one was only slow
  s.settle();
  CHECK(s.answers.ok.at("_INBOX.a") == journal_position{5});
  CHECK(s.counts.updates_unstored.value() == 0);
}

TEST_CASE("retries end 4 s before the race's deadline, with an answer") {
  ingest_stage s;
  s.clock.time = race_start + 10'000ms + 20'000ms - 6'000ms; // 1 s before ingest stops admitting
  s.send(update_at(8, 10), "_INBOX.a");
  s.pass(8'000ms);
  CHECK(s.answers.no.at("_INBOX.a") == refusal::not_stored);
  CHECK(s.counts.updates_unstored.value() == 0);
}

TEST_CASE("a PubAck that comes as the race ends is no ok: the batch may stand after the close mark") {
  ingest_stage s;
  s.clock.time = race_start + 10'000ms + 20'000ms - 6'000ms; // 1 s before ingest stops admitting
  s.send(update_at(8, 10), "_INBOX.a");
  s.pass(10ms);
  REQUIRE(s.journal.appends.size() == 1);
  s.clock.time = race_start + 30'000ms - 1'900ms;
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::stored, journal_position{5}});
  s.settle();
  CHECK(s.answers.ok.empty());
  CHECK(s.answers.no.at("_INBOX.a") == refusal::not_stored);
  CHECK(s.counts.updates_unstored.value() == 0);
}

TEST_CASE("what waits for a journal that stands still is not written behind the deadline") {
  ingest_stage s;
  s.clock.time = race_start + 10'000ms + 20'000ms - 6'000ms;
  for (std::uint16_t second = 1; second <= 5; ++second) {
    s.send(update_at(8, second), "_INBOX." + std::to_string(second));
    s.pass(20ms);
  }
  REQUIRE(s.journal.appends.size() == defaults::batches_in_flight);
  s.pass(8'000ms);
  for (const auto& sent : s.journal.appends)
    CHECK(sent.batch.front().second < own_second{5});
  CHECK(s.answers.no.at("_INBOX.5") == refusal::not_stored);
  CHECK(s.counts.updates_unstored.value() == 0);
}

TEST_CASE("a full journal answers busy") {
  ingest_stage s;
  s.send(update_at(8, 1), "_INBOX.a");
  s.pass(10ms);
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::full, {}});
  s.settle();
  CHECK(s.answers.no.at("_INBOX.a") == refusal::busy);
  CHECK(s.counts.batches_no_room.value() == 1);
}

TEST_CASE("a journal that is 90 percent full takes no updates: the rest belongs to close marks") {
  ingest_stage s;
  s.journal.fill = 89;
  s.send(update_at(8, 1), "_INBOX.a");
  s.journal.fill = 90;
  s.send(update_at(8, 2), "_INBOX.b");
  CHECK(s.answers.no.at("_INBOX.b") == refusal::busy);
  s.journal.fill = 50; // races were closed and purged
  s.send(update_at(8, 2), "_INBOX.c");
  s.pass(20ms);
  CHECK(s.answers.no.size() == 1);
  std::size_t written = 0;
  for (const auto& append : s.journal.appends)
    written += append.batch.size();
  CHECK(written == 2);
}

TEST_CASE("a batch that JetStream refuses for another reason than room is no answer: it is sent again") {
  ingest_stage s;
  s.send(update_at(8, 1), "_INBOX.a");
  s.pass(10ms);
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::failed, {}});
  s.settle();
  CHECK(s.answers.no.empty());
  CHECK(s.counts.batches_failed.value() == 1);
  s.pass(2'200ms);
  REQUIRE(s.journal.appends.size() == 2);
  s.journal.acks({s.journal.appends[1].token, journal_ack::outcome::stored, journal_position{5}});
  s.settle();
  CHECK(s.answers.ok.at("_INBOX.a") == journal_position{5});
}

TEST_CASE("a node whose clock is off takes no updates") {
  ingest_stage s;
  s.ownership.clock_agrees = false;
  s.send(update_at(8, 1), "_INBOX.a");
  CHECK(s.answers.no.at("_INBOX.a") == refusal::busy);
  s.ownership.clock_agrees = true;
  s.send(update_at(8, 1), "_INBOX.b");
  s.pass(20ms);
  CHECK(s.journal.appends.size() == 1);
}

TEST_CASE("beyond the limit of unstored updates bikes get busy, and nothing is lost") {
  ingest_stage s;
  for (std::uint32_t i = 0; i < defaults::unstored_limit; ++i) {
    arrival a{update_at(i, 1), refusal::none, "", ""};
    s.inbox->push(a);
  }
  s.send(update_at(1, 2), "_INBOX.a"); // into the inbox that has not been emptied: wakes nobody
  caf::anon_send(s.actor, arrived{});
  s.settle();
  s.send(update_at(1, 2), "_INBOX.b");
  CHECK(s.answers.no.at("_INBOX.b") == refusal::busy);
  CHECK(s.journal.appends.size() == defaults::batches_in_flight);
}

TEST_CASE("no more than four batches of a race are on their way, and the rest grows into one") {
  ingest_stage s;
  for (std::uint16_t second = 1; second <= 8; ++second) {
    s.send(update_at(8, second));
    s.pass(20ms);
  }
  REQUIRE(s.journal.appends.size() == 4);
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::stored, journal_position{1}});
  s.pass(20ms);
  REQUIRE(s.journal.appends.size() == 5);
  CHECK(s.journal.appends[4].batch.size() == 4);
}

TEST_CASE("a name is written with the first updates of a ride, and when it changes") {
  ingest_stage s;
  const auto named = [](std::uint16_t second, const char* name) {
    auto u = update_at(8, second);
    u.name = name;
    return u;
  };
  for (std::uint16_t second = 1; second <= 4; ++second)
    s.send(named(second, "Adell"));
  s.send(named(5, "Kathryn"));
  s.pass(10ms);
  journal_batch batch;
  for (const auto& append : s.journal.appends)
    batch.insert(batch.end(), append.batch.begin(), append.batch.end());
  REQUIRE(batch.size() == 5);
  CHECK(batch[0].name == "Adell");
  CHECK(batch[2].name == "Adell");
  CHECK(batch[3].name.empty());
  CHECK(batch[4].name == "Kathryn");
}

TEST_CASE("a leaving node commits what is pending and answers when all of it is stored") {
  ingest_stage s;
  s.send(update_at(8, 1), "_INBOX.a");
  caf::scoped_actor self{s.system()};
  auto request = self->request(s.actor, caf::infinite, flush_pending{});
  s.settle();
  REQUIRE(s.journal.appends.size() == 1);
  s.send(update_at(8, 2), "_INBOX.b");
  CHECK(s.answers.no.at("_INBOX.b") == refusal::busy);
  s.journal.acks({s.journal.appends[0].token, journal_ack::outcome::stored, journal_position{1}});
  s.settle();
  bool answered = false;
  request.receive([&](flushed x) { answered = x.unstored == 0; }, [](const caf::error&) {});
  CHECK(answered);
  CHECK(s.answers.ok.contains("_INBOX.a"));
}

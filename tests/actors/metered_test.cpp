#include "actors/histogram.hpp"
#include "actors/metered.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace alleycat;

namespace {

struct testing_config : caf::actor_system_config {
  explicit testing_config(bool virtual_time) {
    if (virtual_time)
      set("scheduler.policy", caf::atom("testing"));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

struct counted_state {
  int sum = 0;
  static inline const char* name = "counted";
};
/// A type that no actor of these tests has but the ones made here.
using counted = metered<actor_kind::retention, caf::stateful_actor<counted_state>>;

caf::behavior count(counted* self) {
  return {
      [=](int number) {
        self->state.sum += number;
        if (number < 0)
          self->quit();
        return self->state.sum;
      },
  };
}

const actor_meters& counts() {
  return actor_meters::of(actor_kind::retention);
}

/// What was counted since.
struct since {
  std::uint64_t processed = counts().processed(), rejected = counts().rejected_messages(),
                dropped = counts().dropped_messages(), waited = counts().waiting.read().count;
};

} // namespace

TEST_CASE("messages of an actor are counted when they come and when they are handled") {
  testing_config config{true};
  caf::actor_system system{config};
  auto& scheduler = static_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  const since before;
  auto actor = system.spawn(count);
  scheduler.run();
  CHECK(counts().running() == 1);
  for (const int number : {1, 2, 3})
    caf::anon_send(actor, number);
  CHECK(counts().mailbox_size() == 3);
  scheduler.run();
  CHECK(counts().mailbox_size() == 0);
  CHECK(counts().processed() == before.processed + 3);
  // One message at a time is watched: the first of the three.
  CHECK(counts().waiting.read().count == before.waited + 1);
  caf::anon_send(actor, -1);
  caf::anon_send(actor, 1);
  scheduler.run();
  CHECK(counts().running() == 0);
  caf::anon_send(actor, 1);
  CHECK(counts().rejected_messages() == before.rejected + 1);
  CHECK(counts().processed() == before.processed + 4);
  actor = nullptr;
  // The one behind the last that was handled.
  CHECK(counts().dropped_messages() == before.dropped + 1);
  CHECK(counts().mailbox_size() == 0);
}

TEST_CASE("no message is lost from the counts when threads send and threads handle") {
  testing_config config{false};
  caf::actor_system system{config};
  const since before;
  constexpr int senders = 4, each = 5'000;
  {
    std::vector<caf::actor> actors;
    for (int i = 0; i < 20; ++i)
      actors.push_back(system.spawn(count));
    std::vector<std::thread> threads;
    for (int t = 0; t < senders; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < each; ++i)
          caf::anon_send(actors[static_cast<std::size_t>(i) % actors.size()], 1);
      });
    for (auto& thread : threads)
      thread.join();
    for (const auto& actor : actors)
      caf::anon_send(actor, -1);
  }
  system.await_all_actors_done();
  CHECK(counts().running() == 0);
  CHECK(counts().processed() - before.processed + counts().dropped_messages() - before.dropped == senders * each + 20U);
  const auto processing = counts().processing.read();
  CHECK(processing.count == counts().processed());
  CHECK(processing.seconds > 0);
}

TEST_CASE("of racers one message in 16 is timed, and counts for 16; all are counted") {
  using racer_like = metered<actor_kind::racer, caf::stateful_actor<counted_state>>;
  testing_config config{true};
  caf::actor_system system{config};
  auto& scheduler = static_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  const auto& of = actor_meters::of(actor_kind::racer);
  const auto processed = of.processed();
  const auto timed = of.processing.read().count;
  const auto waited = of.waiting.read().count;
  const auto actor = system.spawn([](racer_like* self) -> caf::behavior {
    return {[=](int number) {
      if (number < 0)
        self->quit();
    }};
  });
  for (int i = 0; i < 159; ++i) {
    caf::anon_send(actor, 1);
    scheduler.run();
  }
  caf::anon_send(actor, -1);
  scheduler.run();
  CHECK(of.processed() == processed + 160);
  CHECK(of.processing.read().count == timed + 160);
  CHECK(of.waiting.read().count == waited + 160);
  CHECK(of.mailbox_size() == 0);
}

TEST_CASE("a histogram counts each observation in the first bucket that holds it") {
  static constexpr std::array bounds{0.001, 0.01};
  histogram took{bounds};
  took.observe(1ms); // a bound belongs to its bucket
  took.observe(1'000'001ns);
  took.observe(-5ns, 2); // of clocks that differ
  took.observe(1s);
  std::thread{[&] { took.observe(2ms); }}.join();
  const auto found = took.read();
  CHECK(found.counts[0] == 3);
  CHECK(found.counts[1] == 2);
  CHECK(found.counts[2] == 1);
  CHECK(found.count == 6);
  CHECK(found.seconds == Approx(1.004000001));
}

#include "actors/wakeup_batch.hpp"

#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alleycat {
namespace {

caf::behavior listener(caf::event_based_actor* self, std::vector<int>* heard, std::size_t me) {
  return {
      [=](int number) { (*heard)[me] += number; },
      [=](bool) { self->quit(); },
  };
}

/// Sends a number to many actors, which are idle, in one go.
caf::behavior sender(caf::event_based_actor* self, std::vector<caf::actor> listeners) {
  return {
      [self, listeners = std::move(listeners)](int number) {
        wakeup_batch context{*self->context()};
        for (const auto& each : listeners)
          caf::actor_cast<caf::abstract_actor*>(each)->enqueue(
              caf::make_mailbox_element(self->ctrl(), caf::make_message_id(), {}, number), &context);
      },
      [self](bool) { self->quit(); },
  };
}

constexpr std::size_t many = 2 * wakeup_batch::bundle_size + 1;

} // namespace

TEST_CASE("actors that are woken together all get their message, in a few jobs", "[wakeup_batch]") {
  test::stage s;
  std::vector<int> heard(many);
  std::vector<caf::actor> listeners;
  for (std::size_t i = 0; i < many; ++i)
    listeners.push_back(s.keep(s.system().spawn(listener, &heard, i)));
  const auto from = s.keep(s.system().spawn(sender, listeners));
  s.settle();
  for (int time = 1; time <= 3; ++time) {
    caf::anon_send(from, 1);
    s.scheduler().run_once();
    CHECK(s.scheduler().jobs.size() == 3);
    s.settle();
    CHECK(heard == std::vector<int>(many, time));
  }
}

TEST_CASE("actors that are woken together by several workers get every message", "[wakeup_batch]") {
  std::vector<int> heard(many);
  {
    caf::actor_system_config config;
    config.set("scheduler.max-threads", std::size_t{3});
    caf::actor_system system{config};
    std::vector<caf::actor> listeners;
    for (std::size_t i = 0; i < many; ++i)
      listeners.push_back(system.spawn(listener, &heard, i));
    const auto from = system.spawn(sender, listeners);
    for (int time = 0; time < 100; ++time)
      caf::anon_send(from, 1);
    caf::scoped_actor self{system};
    caf::anon_send(from, true); // behind the numbers, which an exit would overtake
    self->wait_for(from);
    for (const auto& each : listeners)
      caf::anon_send(each, true);
  }
  CHECK(heard == std::vector<int>(many, 100));
}

} // namespace alleycat

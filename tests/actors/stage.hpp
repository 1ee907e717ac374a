/// A stage for actors: virtual time, one thread, and ports that remember.
#pragma once

#include "actors/context.hpp"
#include "actors/errors.hpp"
#include "tests/actors/remembered_ports.hpp"
#include "tests/actors/the_race.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace alleycat::test {

using namespace std::chrono_literals;

class stage {
public:
  explicit stage(rule_set rules = short_rules()) : system_{config_} {
    context.rules = std::move(rules);
    context.ownership = &ownership;
    context.clock = &clock;
    context.journal = &journal;
    context.publisher = &publications;
    context.answers = &answers;
    context.log = &log;
    context.counts = &counts;
    for (const auto& cls : context.rules.classes)
      counts.classes[cls.id];
    context.names = &names;
    context.edits = &edits;
  }
  ~stage() { clear(); }

  caf::actor_system& system() { return system_; }
  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  /// Handles messages until nobody has any, also those that actors have put off without a pause.
  void settle() {
    do
      scheduler().run();
    while (scheduler().advance_time(caf::timespan{0}) != 0);
  }

  /// Time passes in steps of this: nothing that a test distinguishes may be finer.
  std::chrono::milliseconds step = 10ms;

  void pass(std::chrono::milliseconds span) {
    for (auto gone = 0ms; gone < span; gone += step) {
      clock.time += step;
      scheduler().advance_time(step);
      settle();
    }
  }

  /// Ends every actor given, so that the system can end.
  template <class Actor>
  Actor keep(Actor actor) {
    kept_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  /// Sends a request and runs until it is answered.
  template <class Answer, class Actor, class Message>
  caf::expected<Answer> ask(const Actor& whom, Message message) {
    caf::expected<Answer> result{caf::make_error(caf::sec::runtime_error, std::string{"no answer"})};
    caf::scoped_actor self{system_};
    auto request = self->request(whom, caf::infinite, std::move(message));
    settle();
    request.receive([&](Answer& answer) { result = std::move(answer); }, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  void clear() {
    for (const auto& actor : kept_)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::user_shutdown);
    kept_.clear();
    settle();
  }

  remembered_clock clock;
  remembered_journal journal;
  remembered_publications publications;
  remembered_answers answers;
  remembered_ownership ownership;
  remembered_log log;
  meters counts;
  name_book names;
  correction_book edits;
  actor_context context;

private:
  struct testing_config : caf::actor_system_config {
    testing_config() {
      add_error_category(*this);
      set("scheduler.policy", caf::atom("testing"));
      set("logger.verbosity", caf::atom("quiet"));
    }
    static void add_error_category(caf::actor_system_config& config) { alleycat::add_error_category(config); }
  };

  testing_config config_;
  caf::actor_system system_;
  std::vector<caf::strong_actor_ptr> kept_;
};

} // namespace alleycat::test

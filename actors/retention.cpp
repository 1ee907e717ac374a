#include "actors/retention.hpp"

#include "actors/defaults.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

/// Looks by which a node that does not own the lowest class is later.
constexpr int looks_later = 3;

/// Time between two looks: a thirtieth of what is kept, at least a second and at most a day.
milliseconds interval(milliseconds keep) {
  using namespace std::chrono_literals;
  return std::clamp<milliseconds>(keep / 30, 1s, 24h);
}

} // namespace

void retention_state::start(pointer self, const actor_context& env, retention_partners partners) {
  self_ = self;
  env_ = &env;
  kept_ = env.history_keep;
  partners_ = std::move(partners);
  // Soon after the start, or a node that is started each day would never look.
  wait(std::min<milliseconds>(defaults::first_prune, interval(kept_)));
}

void retention_state::wait(milliseconds time) {
  left_ = time;
  nap();
}

void retention_state::nap() {
  const auto now = std::min<milliseconds>(left_, defaults::prune_nap);
  left_ -= now;
  self_->delayed_send(self_, now, alleycat::look_at_clock{});
}

void retention_state::look_at_clock() {
  if (next_)
    return find(*std::exchange(next_, std::nullopt));
  if (left_ > milliseconds{0} && kept_ == env_->history_keep.load())
    return nap();
  look();
}

void retention_state::look() {
  kept_ = env_->history_keep;
  before_ = env_->clock->now() - kept_;
  // The owner of the lowest class prunes the streams; the others come later and find nothing there, unless it did not.
  if (!env_->ownership->owns(env_->rules.classes.front().id))
    before_ -= looks_later * interval(kept_);
  results_ = 0;
  rides_ = 0;
  find({});
}

void retention_state::find(race_key from) {
  self_->request(partners_.finder, defaults::close_deadline, find_old{before_, from})
      .then(
          [this](const old_race_search& search) {
            if (search.found)
              remove(*search.found, search.next);
            else if (search.next)
              pause(*search.next);
            else
              go_on({});
          },
          [this](const caf::error& e) { failed("find", e); });
}

void retention_state::pause(race_key next) {
  next_ = next;
  self_->delayed_send(self_, pause_without_finds, alleycat::look_at_clock{});
}

void retention_state::remove(const old_race& race, std::optional<race_key> next) {
  self_->request(partners_.results, defaults::close_deadline, remove_stored{race})
      .then(
          [this, race, next](removed) {
            failpoint("history.removed_stored");
            remove_here(race, next);
          },
          [this](const caf::error& e) { failed("stream", e); });
}

void retention_state::remove_here(const old_race& race, std::optional<race_key> next) {
  self_->request(partners_.store, defaults::close_deadline, remove_old{race})
      .then(
          [this, race, next](removed) {
            results_ += race.has_result ? 1 : 0;
            rides_ += race.leaving.size();
            env_->counts->results_removed.add(race.has_result ? 1 : 0);
            env_->counts->rides_removed.add(race.leaving.size());
            go_on(next);
          },
          [this](const caf::error& e) { failed("store", e); });
}

void retention_state::go_on(std::optional<race_key> next) {
  if (next)
    return find(*next);
  if (results_ + rides_ != 0)
    env_->log->info("history.pruned", {{"results", results_}, {"rides", rides_}, {"before", before_}});
  wait(interval(kept_));
}

void retention_state::failed(std::string_view step, const caf::error& why) {
  env_->log->warn("history.prune_delayed", {{"step", std::string{step}}, {"error", self_->system().render(why)}});
  wait(std::min<milliseconds>(defaults::first_prune, interval(kept_)));
}

retention_actor::behavior_type retention(retention_self* self, const actor_context* env, retention_partners partners) {
  self->state.start(self, *env, std::move(partners));
  return {
      [self](look_at_clock) { self->state.look_at_clock(); },
  };
}

} // namespace alleycat

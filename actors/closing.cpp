#include "actors/closing.hpp"

#include "actors/defaults.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <bit>
#include <utility>

namespace alleycat {

closing::closing(shard_actor::pointer self, const actor_context& env, term_ptr under, scoring rule,
                 closing_partners partners, std::function<void(race_key)> on_done)
    : self_{self}, env_{env}, term_{std::move(under)}, rule_{rule}, partners_{std::move(partners)}, on_done_{std::move(
                                                                                                        on_done)},
      to_result_{nullptr, {defaults::close_retry, defaults::longest_retry}}, to_disk_{nullptr,
                                                                                      {defaults::close_retry,
                                                                                       defaults::longest_retry}} {}

closing::~closing() {
  env_.counts->closes_delayed.add(-delayed_);
}

/// A race that waits for a step to succeed, and on the way to the disk those behind it.
void closing::count_delayed() {
  const auto waits = [](const road& of) { return of.again.failures() != 0; };
  const auto now = (waits(to_result_) ? 1 : 0) + (waits(to_disk_) ? 1 + static_cast<std::int64_t>(results_.size()) : 0);
  env_.counts->closes_delayed.add(now - std::exchange(delayed_, now));
}

void closing::add(const closed_race_ptr& race) {
  const auto key = race->result.key;
  const auto is_there = [key](const closed_race_ptr& other) { return other && other->result.key == key; };
  if (is_there(to_result_.race) || is_there(to_disk_.race) || std::any_of(results_.begin(), results_.end(), is_there))
    return;
  folded_[key.race] = race;
  folded_at_.try_emplace(key.race, env_.clock->steady());
}

void closing::go_on(std::optional<race_id> lowest_open, bool may_rank, unix_ms now) {
  to_result_.again.run_if_due(now);
  to_disk_.again.run_if_due(now);
  if (!may_rank || to_result_.race || folded_.empty() || !term_->running())
    return;
  const auto first = folded_.begin();
  if (lowest_open && *lowest_open < first->first)
    return;
  to_result_.race = first->second;
  folded_.erase(first);
  rank();
}

// -- to the result -----------------------------------------------------------------------------------------------------

void closing::rank() {
  self_->request(partners_.cls, defaults::close_deadline, rank_closed{to_result_.race})
      .then(
          [this](const closed_race_ptr& ranked) {
            advanced(to_result_);
            to_result_.race = ranked;
            settle_rides();
          },
          [this](const caf::error& e) { failed(to_result_, "rank", e, &closing::rank); });
}

void closing::settle_rides() {
  if (!term_->running())
    return;
  self_->request(partners_.results, defaults::close_deadline, alleycat::settle_rides{to_result_.race})
      .then(
          [this](const closed_race_ptr& settled) {
            advanced(to_result_);
            to_result_.race = settled;
            failpoint("closing.rides");
            settle_result();
          },
          [this](const caf::error& e) { failed(to_result_, "rides", e, &closing::settle_rides); });
}

void closing::settle_result() {
  if (!term_->running())
    return;
  self_->request(partners_.results, defaults::close_deadline, alleycat::settle_result{to_result_.race})
      .then(
          [this](const result_settled& settled) {
            advanced(to_result_);
            to_result_.race = settled.race;
            failpoint("closing.result");
            merge(settled.stored);
          },
          [this](const caf::error& e) { failed(to_result_, "result", e, &closing::settle_result); });
}

void closing::merge(const std::shared_ptr<const std::string>& stored) {
  // The result is in the stream, so the tables may show it before LMDB has it: they do not wait for a disk that hangs.
  self_->send(partners_.cls, to_result_.race);
  const auto race = std::exchange(to_result_.race, nullptr);
  env_.publisher->publish_result(*term_, race->result.key, *stored);
  env_.publisher->publish_closed(*term_, race->result);
  env_.counts->races_closed.add();
  if (const auto began = folded_at_.extract(race->result.key.race))
    env_.counts->close.observe(env_.clock->steady() - began.mapped());
  env_.log->info("race.closed", {{"class", race->result.key.cls},
                                 {"race", race->result.key.race},
                                 {"rides", race->rides.size()},
                                 {"finished", race->result.finished}});
  results_.push_back(race);
  count_delayed();
  next_to_disk();
  // The next race is ranked behind the merge: the class takes its messages in order.
  self_->send(self_, look_at_clock{});
}

// -- to the disk -------------------------------------------------------------------------------------------------------

void closing::next_to_disk() {
  if (to_disk_.race || results_.empty())
    return;
  to_disk_.race = results_.front();
  results_.pop_front();
  apply();
}

void closing::apply() {
  self_->request(partners_.store, defaults::close_deadline, apply_closed{to_disk_.race, rule_, true})
      .then(
          [this](merge_result) {
            advanced(to_disk_);
            failpoint("closing.applied");
            tell();
          },
          [this](const caf::error& e) { failed(to_disk_, "apply", e, &closing::apply); });
}

void closing::tell() {
  if (!term_->running())
    return;
  announce(to_disk_.race->result.key, [this](const caf::error& e) {
    if (e)
      return failed(to_disk_, "announce", e, &closing::tell);
    advanced(to_disk_);
    const auto key = std::exchange(to_disk_.race, nullptr)->result.key;
    env_.counts->races_merged.add();
    failpoint("closing.done");
    on_done_(key);
    next_to_disk();
  });
}

void closing::announce(race_key key, std::function<void(const caf::error&)> done) {
  self_->request(partners_.store, defaults::store_deadline, find_unannounced_bests{key})
      .then(
          [this, key, done](const unannounced_bests& bests) {
            if (!term_->running())
              return;
            self_
                ->request(partners_.results, defaults::close_deadline,
                          store_bests{key.cls, term_->owner_epoch(), bests})
                .then(
                    [this, key, done, announced = bests->size()](bests_stored) {
                      failpoint("closing.announced");
                      env_.counts->bests_announced.add(announced);
                      self_->request(partners_.store, defaults::store_deadline, keep_announced{key})
                          .then([done](ack) { done({}); }, done);
                    },
                    done);
          },
          done);
}

// -- failures ----------------------------------------------------------------------------------------------------------

void closing::failed(road& of, std::string_view step, const caf::error& why, void (closing::*todo)()) {
  of.again.failed(env_.clock->now(), [this, todo] { (this->*todo)(); });
  count_delayed();
  // The first time, then ever more rarely: a disk may be full for hours.
  if (std::has_single_bit(of.again.failures()))
    env_.log->warn("race.close_delayed", {{"class", of.race->result.key.cls},
                                          {"race", of.race->result.key.race},
                                          {"step", std::string{step}},
                                          {"failures", of.again.failures()},
                                          {"error", self_->system().render(why)}});
}

void closing::advanced(road& of) {
  of.again.succeeded();
  count_delayed();
}

} // namespace alleycat

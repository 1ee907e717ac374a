#include "actors/host.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

void host_state::start(pointer self, const actor_context& env, class_partners partners) {
  self_ = self;
  env_ = &env;
  partners_ = std::move(partners);
  for (const auto& course : env.rules.classes)
    classes_.emplace(course.id, self_->spawn(class_behavior, env_, course, partners_));
  self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
  self_->set_exit_handler([this](const caf::exit_msg& exit) { leave(exit.reason); });
  self_->delayed_send(self_, std::chrono::seconds{1}, alleycat::look_at_clock{});
  catch_up();
}

void host_state::catch_up() {
  self_->request(partners_.follower, defaults::load_deadline, alleycat::catch_up{})
      .then(
          [this](caught_up) {
            current_ = true;
            if (listed_)
              saw_journal(*std::exchange(listed_, std::nullopt));
          },
          [this](const caf::error&) { catch_up(); });
}

void host_state::saw(race_key key) {
  // The journal is listed every second: what is not looked at now will be then.
  if (current_ && !races_.contains(key) && !kept_.contains(key) && classes_.contains(key.cls) &&
      asked_.insert(key).second)
    ask_store(key);
}

void host_state::ask_store(race_key key) {
  self_->request(partners_.reader, defaults::store_deadline, find_applied{key})
      .then(
          [this, key](const applied_answer& answer) {
            if (answer.stamp) {
              merged_[key] = answer.stamp->stored;
              env_->journal->check(key, *answer.stamp, [me = caf::actor_cast<host_actor>(self_), key](bool same) {
                caf::anon_send(me, stamp_checked{key, same});
              });
            } else {
              asked_.erase(key);
              open(key);
            }
          },
          [this, key](const caf::error& e) {
            asked_.erase(key); // the next look at the journal asks again
            env_->log->warn("race.open_delayed",
                            {{"class", key.cls}, {"race", key.race}, {"error", self_->system().render(e)}});
          });
}

void host_state::checked(const stamp_checked& outcome) {
  const auto found = merged_.find(outcome.key);
  if (found == merged_.end())
    return;
  const auto stored = found->second;
  merged_.erase(found);
  asked_.erase(outcome.key);
  if (outcome.same) {
    kept_.emplace(outcome.key, stored);
    return;
  }
  env_->counts->streams_backwards.add();
  env_->log->warn("journal.went_backwards", {{"class", outcome.key.cls}, {"race", outcome.key.race}});
  open(outcome.key);
}

void host_state::open(race_key key) {
  auto actor = self_->spawn(race, env_, key, race_partners{self_, classes_.at(key.cls), partners_.results});
  self_->monitor(actor);
  race_status status;
  status.key = key;
  races_.emplace(key, open_race{std::move(actor), status});
  env_->counts->races_opened.add();
  env_->log->info("race.opened", {{"class", key.cls}, {"race", key.race}, {"epoch", env_->owner_epoch}});
  env_->publisher->publish_opened(key, env_->owner_epoch);
  count_open();
}

void host_state::saw_journal(const journal_subjects& subjects) {
  if (!current_) {
    listed_ = subjects;
    return;
  }
  for (const auto key : subjects.keys)
    saw(key);
  // A purged subject needs no memory.
  std::erase_if(kept_, [&](const auto& entry) {
    return !std::binary_search(subjects.keys.begin(), subjects.keys.end(), entry.first);
  });
  // What the journal did not answer in time is asked again.
  for (const auto& [key, stored] : std::exchange(merged_, {}))
    ask_store(key);
  journal_seen_ = true;
}

void host_state::take(const race_status& status) {
  if (const auto found = races_.find(status.key); found != races_.end())
    found->second.status = status;
  count_open();
}

void host_state::done(race_key key) {
  if (races_.erase(key) != 0)
    kept_.emplace(key, env_->clock->now());
  count_open();
}

void host_state::lost(const caf::down_msg& down) {
  const auto found = std::find_if(races_.begin(), races_.end(),
                                  [&](const auto& entry) { return entry.second.actor.address() == down.source; });
  if (found == races_.end())
    return;
  const auto key = found->first;
  races_.erase(found);
  env_->counts->races_restarted.add();
  env_->log->warn("race.lost",
                  {{"class", key.cls}, {"race", key.race}, {"reason", self_->system().render(down.reason)}});
  count_open();
}

void host_state::leave(const caf::error& why) {
  for (const auto& [key, entry] : races_)
    self_->send_exit(entry.actor, why);
  for (const auto& [id, course] : classes_)
    self_->send_exit(course, why);
  self_->quit(why);
}

void host_state::count_open() {
  std::int64_t live = 0;
  for (const auto& [key, entry] : races_)
    live += entry.status.live;
  env_->counts->races_open.set(static_cast<std::int64_t>(races_.size()));
  env_->counts->riders_live.set(live);
}

void host_state::look_at_clock() {
  const auto keep = std::chrono::duration_cast<std::chrono::milliseconds>(defaults::purge_after).count();
  const auto now = env_->clock->now();
  for (auto& [key, closed] : kept_)
    if (now - closed > keep) {
      env_->log->info("race.purged", {{"class", key.cls}, {"race", key.race}});
      env_->journal->purge(key);
      closed = now; // asked for; again in an hour should it fail
    }
  self_->delayed_send(self_, std::chrono::seconds{1}, alleycat::look_at_clock{});
}

open_races host_state::open() const {
  open_races result;
  result.ready = journal_seen_ && asked_.empty();
  for (const auto& [key, entry] : races_) {
    result.races.push_back(entry.status);
    result.ready = result.ready && entry.status.caught_up;
  }
  return result;
}

caf::result<race_actor> host_state::find(race_key key) const {
  const auto found = races_.find(key);
  if (found == races_.end())
    return caf::make_error(ec::unknown_race, std::string{"the race is not open"});
  return found->second.actor;
}

caf::result<class_actor> host_state::find(class_id cls) const {
  const auto found = classes_.find(cls);
  if (found == classes_.end())
    return caf::make_error(ec::unknown_class, "there is no class " + std::to_string(cls.value()));
  return found->second;
}

host_actor::behavior_type host(host_actor::stateful_pointer<host_state> self, const actor_context* env,
                               class_partners partners) {
  self->state.start(self, *env, std::move(partners));
  return {
      [self](const race_hint& x) { self->state.saw(x.key); },
      [self](const journal_subjects& x) { self->state.saw_journal(x); },
      [self](const stamp_checked& x) { self->state.checked(x); },
      [self](const race_status& x) { self->state.take(x); },
      [self](const race_done& x) { self->state.done(x.key); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](get_open_races) { return self->state.open(); },
      [self](const find_race& x) { return self->state.find(x.key); },
      [self](const find_class& x) { return self->state.find(x.cls); },
  };
}

} // namespace alleycat

#include "actors/shard.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/pace.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

/// Closed races that are looked at when a term begins.
constexpr std::size_t races_looked_at = 500;

} // namespace

void shard_state::start(pointer self, const actor_context& env, term_ptr under, const class_rules& rules,
                        shard_partners partners) {
  self_ = self;
  env_ = &env;
  term_ = std::move(under);
  rules_ = rules;
  partners_ = std::move(partners);
  const auto me = caf::actor_cast<shard_actor>(self_);
  class_ = self_->spawn<caf::monitored>(class_behavior, env_, term_, rules_,
                                        class_partners{partners_.store, partners_.follower, me, partners_.results});
  closing_ = std::make_unique<closing>(self_, env, term_, rules_.score,
                                       closing_partners{class_, partners_.results, partners_.store},
                                       [this](race_key key) { done(key); });
  self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
  self_->set_exit_handler([this](const caf::exit_msg& exit) { leave(exit.reason); });
  catch_up();
  look_at_clock();
}

void shard_state::catch_up() {
  catching_up_ = true;
  self_->request(partners_.follower, defaults::load_deadline, alleycat::catch_up{})
      .then(
          [this](caught_up) {
            current_ = true;
            list_journal(env_->clock->now());
          },
          [this](const caf::error& e) {
            env_->log->warn("shard.delayed", {{"class", term_->cls()}, {"error", self_->system().render(e)}});
            catching_up_ = false; // the next tick asks again
          });
}

void shard_state::begin(epoch owner_epoch) {
  term_->begin(owner_epoch);
  // Every race that a former owner may have begun to close is in a listing that is asked for from now on.
  listing_wanted_ = listings_asked_ + 1;
  ready_ = false;
  good_ = false;
  list_journal(env_->clock->now());
  report();
}

// -- the journal -------------------------------------------------------------------------------------------------------

void shard_state::list_journal(unix_ms now) {
  const bool waits = listing_since_ && now - *listing_since_ < defaults::listing_deadline;
  if (waits && listings_asked_ >= listing_wanted_)
    return;
  listing_since_ = now;
  env_->journal->list(term_->cls(),
                      [me = caf::actor_cast<shard_actor>(self_), number = ++listings_asked_](journal_listing listing) {
                        listing.number = number;
                        caf::anon_send(me, std::move(listing));
                      });
}

void shard_state::saw_journal(const journal_listing& listing) {
  if (listing.number == listings_asked_)
    listing_since_.reset();
  if (!current_)
    return; // it is listed again
  fill_percent_ = listing.fill_percent();
  for (const auto& [key, messages] : listing.subjects) {
    if (const auto found = races_.find(key); found != races_.end()) {
      found->second.stored = true;
      self_->send(found->second.actor, journal_extent{messages});
    } else {
      saw(key, true);
    }
  }
  // A purged subject needs no memory.
  const auto is_gone = [&](race_key key) {
    const auto at = std::lower_bound(listing.subjects.begin(), listing.subjects.end(), key,
                                     [](const auto& entry, race_key k) { return entry.first < k; });
    return at == listing.subjects.end() || at->first != key;
  };
  std::erase_if(applied_, [&](const auto& entry) { return is_gone(entry.first); });
  std::erase_if(purged_, [&](const auto& entry) { return is_gone(entry.first); });
  // What the journal did not answer in time is asked again.
  for (const auto& [key, stored] : std::exchange(applied_at_, {}))
    ask_store(key, true);
  listing_seen_ = std::max(listing_seen_, listing.number);
  if (term_->running() && !good_ && listing_seen_ >= listing_wanted_) {
    good_ = true;
    make_good();
  }
  report();
}

void shard_state::on_hint(race_key key) {
  if (key.cls == term_->cls())
    saw(key, false);
}

void shard_state::saw(race_key key, bool stored) {
  // The journal is listed every second: what is not looked at now will be then.
  if (current_ && !races_.contains(key) && !applied_.contains(key) && asked_.insert(key).second)
    ask_store(key, stored);
}

void shard_state::ask_store(race_key key, bool stored) {
  self_->request(partners_.reader, defaults::store_deadline, find_applied{key})
      .then(
          [this, key, stored](const applied_answer& answer) {
            if (answer.stamp) {
              applied_at_[key] = answer.stamp->stored;
              env_->journal->check(key, *answer.stamp,
                                   [me = caf::actor_cast<shard_actor>(self_), key](stamp_check found) {
                                     caf::anon_send(me, stamp_checked{key, found});
                                   });
            } else {
              asked_.erase(key);
              open(key, stored);
            }
          },
          [this, key](const caf::error& e) {
            asked_.erase(key); // the next look at the journal asks again
            env_->log->warn("race.open_delayed",
                            {{"class", key.cls}, {"race", key.race}, {"error", self_->system().render(e)}});
          });
}

void shard_state::checked(const stamp_checked& outcome) {
  const auto found = applied_at_.find(outcome.key);
  if (found == applied_at_.end())
    return;
  const auto stored = found->second;
  applied_at_.erase(found);
  asked_.erase(outcome.key);
  switch (outcome.found) {
  case stamp_check::same:
    applied_.emplace(outcome.key, stored);
    break;
  case stamp_check::gone:
    // Purged before; a batch that was under way then has come after it. It is too late for it: purged again.
    applied_.emplace(outcome.key, unix_ms{});
    break;
  case stamp_check::other:
    env_->counts->streams_backwards.add();
    env_->log->warn("journal.went_backwards", {{"class", outcome.key.cls}, {"race", outcome.key.race}});
    open(outcome.key, true);
    break;
  }
  report();
}

void shard_state::purge_due(unix_ms now) {
  if (!term_->running())
    return;
  const auto keep =
      fill_percent_ >= defaults::purge_at_once_percent ? milliseconds{0} : milliseconds{defaults::purge_after};
  for (const auto& [key, closed] : applied_) {
    auto& asked = purged_[key];
    if (now - closed <= keep || now - asked < defaults::purge_again)
      continue;
    env_->log->info("race.purged", {{"class", key.cls}, {"race", key.race}});
    env_->journal->purge(key);
    asked = now;
  }
}

// -- races -------------------------------------------------------------------------------------------------------------

void shard_state::open(race_key key, bool stored) {
  auto actor =
      self_->spawn<caf::monitored>(race, env_, term_, key, race_partners{caf::actor_cast<shard_actor>(self_), class_});
  race_status status;
  status.key = key;
  races_.emplace(key, open_race{std::move(actor), status, stored, env_->clock->now()});
  if (term_->running()) {
    env_->counts->races_opened.add();
    env_->log->info("race.opened", {{"class", key.cls}, {"race", key.race}, {"epoch", term_->owner_epoch()}});
    env_->publisher->publish_opened(*term_, key);
  }
  report();
}

void shard_state::on_status(const race_status& status) {
  const auto found = races_.find(status.key);
  if (found == races_.end())
    return;
  found->second.status = status;
  found->second.stored = found->second.stored || status.read != 0;
  report();
}

void shard_state::on_folded(const closed_race_ptr& race) {
  if (const auto found = races_.find(race->result.key); found != races_.end())
    found->second.status.closed = true;
  closing_->add(race);
  go_on();
}

void shard_state::on_class(const class_status& status) {
  class_loaded_ = status.loaded;
  report();
}

std::optional<race_id> shard_state::lowest_open() const {
  for (const auto& [key, entry] : races_)
    if (entry.stored && !entry.status.closed)
      return key.race;
  // One whose fate is not known may have to be opened.
  return asked_.empty() ? std::nullopt : std::optional{asked_.begin()->race};
}

void shard_state::done(race_key key) {
  const auto found = races_.find(key);
  if (found == races_.end())
    return;
  self_->send(found->second.actor, race_over{});
  races_.erase(found);
  applied_.emplace(key, env_->clock->now());
  report();
}

/// A hint tells of a race before anything of it is stored. What never was needs no race.
void shard_state::drop_hint_without_race(unix_ms now) {
  std::erase_if(races_, [&](const auto& entry) {
    const auto& [key, race] = entry;
    if (race.stored || now - race.opened < defaults::hint_lives)
      return false;
    self_->send(race.actor, race_over{});
    return true;
  });
}

void shard_state::lost(const caf::down_msg& down) {
  if (class_.address() == down.source)
    return leave(caf::make_error(ec::not_ready, std::string{"the class actor ended"}));
  const auto found = std::find_if(races_.begin(), races_.end(),
                                  [&](const auto& entry) { return entry.second.actor.address() == down.source; });
  if (found == races_.end())
    return;
  const auto key = found->first;
  races_.erase(found);
  actor_meters::of(actor_kind::race).restarted();
  env_->log->warn("race.lost",
                  {{"class", key.cls}, {"race", key.race}, {"reason", self_->system().render(down.reason)}});
  report();
}

// -- the term ----------------------------------------------------------------------------------------------------------

void shard_state::make_good() {
  self_->request(partners_.archive, defaults::store_deadline, list_races{term_->cls(), std::nullopt, races_looked_at})
      .then([this](const race_list& found) { republish(found.races); },
            [this](const caf::error& e) {
              good_ = false; // the next listing tries again
              env_->log->warn("shard.unfinished", {{"class", term_->cls()}, {"error", self_->system().render(e)}});
            });
}

void shard_state::republish(const std::vector<race_summary>& closed) {
  const auto now = env_->clock->now();
  for (const auto& race : closed) {
    if (now - race.closed <= defaults::publish_again)
      self_->request(partners_.results, defaults::close_deadline, find_stored_result{race.key})
          .then(
              [this, key = race.key](const stored_payload& found) {
                if (found.payload)
                  env_->publisher->publish_result(*term_, key, *found.payload);
              },
              [](const caf::error&) {}); // who waits for it asks: it is stored
    if (now - race.closed <= defaults::announce_again)
      closing_->announce(race.key, [this, key = race.key](const caf::error& e) {
        if (e)
          env_->log->warn("class.announce_failed",
                          {{"class", key.cls}, {"race", key.race}, {"error", self_->system().render(e)}});
      });
  }
}

ack shard_state::end() {
  term_->end();
  leave(caf::exit_reason::user_shutdown);
  return {};
}

void shard_state::leave(const caf::error& why) {
  term_->end();
  for (const auto& [key, entry] : races_)
    self_->send_exit(entry.actor, why);
  self_->send_exit(class_, why);
  self_->quit(why);
}

void shard_state::look_at_clock() {
  const auto now = env_->clock->now();
  if (!current_ && !catching_up_)
    catch_up();
  list_journal(now);
  drop_hint_without_race(now);
  purge_due(now);
  go_on();
  self_->delayed_send(self_, until_next_beat(now, defaults::shard_tick), alleycat::look_at_clock{});
}

void shard_state::go_on() {
  closing_->go_on(lowest_open(), listing_seen_ >= listing_wanted_, env_->clock->now());
}

// -- for others --------------------------------------------------------------------------------------------------------

bool shard_state::is_ready() const {
  return current_ && class_loaded_ && listing_seen_ >= listing_wanted_ && asked_.empty() &&
         std::all_of(races_.begin(), races_.end(),
                     [](const auto& entry) { return !entry.second.stored || entry.second.status.caught_up; });
}

void shard_state::report() {
  // Once ready it stays so: a race that opens later is not a class that is away.
  ready_ = ready_ || is_ready();
  shard_status status{term_->cls(), term_->owner_epoch(), term_->running(), ready_, {}};
  for (const auto& [key, entry] : races_)
    if (entry.stored)
      status.races.push_back(entry.status);
  self_->send(partners_.registry, std::move(status));
}

caf::result<race_actor> shard_state::find(race_key key) const {
  const auto found = races_.find(key);
  if (found == races_.end())
    return caf::make_error(ec::unknown_race, std::string{"the race is not open"});
  return found->second.actor;
}

shard_actor::behavior_type shard(shard_self* self, const actor_context* env, term_ptr under, class_rules rules,
                                 shard_partners partners) {
  self->state.start(self, *env, std::move(under), rules, std::move(partners));
  return {
      [self](begin_term x) { self->state.begin(x.owner_epoch); },
      [self](end_term) { return self->state.end(); },
      [self](const race_hint& x) { self->state.on_hint(x.key); },
      [self](go_on) { self->state.go_on(); },
      [self](const journal_listing& x) { self->state.saw_journal(x); },
      [self](const stamp_checked& x) { self->state.checked(x); },
      [self](const race_status& x) { self->state.on_status(x); },
      [self](const closed_race_ptr& x) { self->state.on_folded(x); },
      [self](const class_status& x) { self->state.on_class(x); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](const find_race& x) { return self->state.find(x.key); },
      [self](const find_class&) { return self->state.cls(); },
  };
}

} // namespace alleycat

#include "actors/race.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace alleycat {

void race_state::start(pointer self, const actor_context& env, term_ptr under, race_key key, race_partners partners) {
  self_ = self;
  env_ = &env;
  term_ = std::move(under);
  partners_ = std::move(partners);
  opened_ = env.clock->now();
  race_ = std::make_unique<race_fold>(env.rules, key);
  life_ = std::make_unique<race_lifecycle>(env.rules.race, key.race, opened_);
  policy_ = std::make_unique<standings_policy>(env.standings_min_interval.load(),
                                               [this](row_index row) { return race_->furthest(row); });
  reported_.key = key;
  inbox_ = std::make_shared<handoff<journal_item>>(defaults::inbox_limit);
  auto me = caf::actor_cast<race_actor>(self);
  reader_ = env.journal->open_reader(key, inbox_, [me] { caf::anon_send(me, arrived{}); });
  self_->delayed_send(self_, defaults::race_tick, alleycat::look_at_clock{});
}

race_state::~race_state() {
  if (env_ == nullptr)
    return;
  auto& counts = env_->counts->classes.at(race_->key().cls);
  const auto slot = race_->key().race.value() % class_meters::slots;
  counts.race_lag_ms[slot].set(0);
  counts.race_overdue_ms[slot].set(0);
}

/// What waits in the journal, as far as is known: by what came with the last message, or by the last listing.
void race_state::note_lag(unix_ms now) {
  const auto since = behind_ || !caught_up_ ? last_stored_ : behind_since_;
  auto& counts = env_->counts->classes.at(race_->key().cls);
  const auto slot = race_->key().race.value() % class_meters::slots;
  counts.race_lag_ms[slot].set(since == unix_ms{} ? 0 : std::max(milliseconds{0}, now - since).count());
  const auto& rules = env_->rules.race;
  counts.race_overdue_ms[slot].set(rules.admit == admission::any
                                       ? 0
                                       : std::max(milliseconds{0}, now - rules.deadline_of(race_->key().race)).count());
}

void race_state::take_items() {
  inbox_->take(items_);
  const auto now = env_->clock->now();
  read_ += items_.size();
  for (auto& item : items_) {
    if (item.backwards) {
      // What was folded is not what the journal says: the host makes the race again, from the start.
      env_->counts->streams_backwards.add();
      env_->log->warn("journal.went_backwards", {{"class", race_->key().cls}, {"race", race_->key().race}});
      self_->quit(caf::make_error(ec::journal_went_backwards));
      return;
    }
    if (!item.content) {
      race_->skip(item.position);
      env_->counts->journal_undecodable.add();
    } else {
      if (caught_up_ && oldest_ == unix_ms{})
        oldest_ = item.stored;
      race_->apply({item.position, item.stored, std::move(*item.content)});
      life_->saw_update(now);
    }
    last_stored_ = item.stored;
    behind_ = item.behind != 0;
    if (item.behind == 0 && !caught_up_) {
      caught_up_ = true;
      note_outcomes();
      rebuilt_updates_ = std::accumulate(noted_.begin(), noted_.end(), std::uint64_t{0});
      env_->log->info("race.rebuilt", {{"class", race_->key().cls},
                                       {"race", race_->key().race},
                                       {"updates", rebuilt_updates_},
                                       {"racers", race_->racers()},
                                       {"milliseconds", now - opened_}});
    }
  }
  items_.clear();
  if (reported_.read == 0)
    report_status(); // from now on it is a race, not only a hint
  note_outcomes();
  publish_if_due(now);
  hand_over();
}

void race_state::note_outcomes() {
  if (!term_->running())
    return; // counted when the term begins
  env_->counts->marks_early.add(race_->early_marks() - std::exchange(early_marks_, race_->early_marks()));
  const auto& outcomes = race_->outcomes();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto news = outcomes[i] - noted_[i];
    if (news == 0)
      continue;
    env_->counts->updates_folded.add(news);
    if (i == static_cast<std::size_t>(refusal::none))
      env_->counts->updates_accepted.add(news);
    else
      env_->counts->updates_refused[i].add(news);
  }
  noted_ = outcomes;
}

void race_state::look_at_clock() {
  const auto now = env_->clock->now();
  note_lag(now);
  if (caught_up_ && term_->running() && life_->should_mark(*race_, now))
    mark(now);
  note_outcomes();
  publish_if_due(now);
  if (now - told_ >= defaults::racer_interval)
    tell_untold(now);
  hand_over();
  report_status();
  self_->delayed_send(self_, defaults::race_tick, alleycat::look_at_clock{});
}

void race_state::mark(unix_ms now) {
  env_->log->info("race.marked", {{"class", race_->key().cls}, {"race", race_->key().race}});
  failpoint("race.mark");
  env_->journal->mark(race_->key(), {term_->owner_epoch(), now}, [counts = env_->counts](bool stored) {
    if (stored)
      counts->marks_acknowledged.add();
  });
}

void race_state::saw_extent(std::uint64_t messages) {
  const auto now = env_->clock->now();
  if (messages <= read_) {
    behind_since_ = {};
  } else if (behind_since_ == unix_ms{} || read_then_ != read_) {
    behind_since_ = now;
    read_then_ = read_;
  } else if (now - behind_since_ >= defaults::reader_deadline) {
    env_->counts->readers_reopened.add();
    env_->log->warn(
        "race.reader_reopened",
        {{"class", race_->key().cls}, {"race", race_->key().race}, {"read", read_}, {"messages", messages}});
    reader_->reopen();
    behind_since_ = now;
  }
}

void race_state::report_status() {
  const race_status status{race_->key(),
                           static_cast<std::uint32_t>(race_->racers()),
                           race_->closed() ? 0U : static_cast<std::uint32_t>(policy_->live()),
                           race_->furthest(),
                           read_,
                           caught_up_,
                           race_->closed()};
  if ((status.read == 0) == (reported_.read == 0) && status.racers == reported_.racers &&
      status.live == reported_.live && status.second == reported_.second && status.caught_up == reported_.caught_up &&
      status.closed == reported_.closed)
    return;
  reported_ = status;
  self_->send(partners_.shard, status);
}

// -- the end -----------------------------------------------------------------------------------------------------------

void race_state::hand_over() {
  if (!race_->closed() || !caught_up_ || handed_over_ || !term_->running())
    return;
  life_->saw_mark();
  failpoint("race.mark_read");
  handed_over_ = true;
  report_status();
  ending_ = std::make_unique<race_ending>(*race_, term_->owner_epoch());
  work_on_ending();
}

void race_state::work_on_ending() {
  ending_->go_on(defaults::rides_at_once);
  if (!ending_->done()) {
    // By the clock: what an actor sends itself it handles in the same turn.
    self_->delayed_send(self_, std::chrono::milliseconds{0}, work_on{});
    return;
  }
  self_->send(partners_.shard, std::make_shared<const closed_race>(ending_->take()));
  ending_.reset();
}

void race_state::leave() {
  tell_untold(env_->clock->now());
  // By a message behind the last tick: an exit would overtake it.
  for (const auto& rider : racers_)
    self_->send(rider, race_over{});
  self_->quit();
}

race_actor::behavior_type race(race_self* self, const actor_context* env, term_ptr under, race_key key,
                               race_partners partners) {
  self->state.start(self, *env, std::move(under), key, std::move(partners));
  return {
      [self](arrived) { self->state.take_items(); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](standings_due) { self->state.look_at_standings(); },
      [self](ranks_due) { self->state.look_for_ranks(); },
      [self](work_on) { self->state.work_on_ending(); },
      [self](journal_extent x) { self->state.saw_extent(x.messages); },
      [self](race_over) { self->state.leave(); },
      [self](get_standings) { return self->state.current(); },
      [self](const get_moment& x) { return self->state.moment(x); },
      [self](set_ghost& x) { return self->state.take_ghost(std::move(x)); },
  };
}

} // namespace alleycat

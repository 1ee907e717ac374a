#include "actors/race.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/racer.hpp"
#include "actors/wakeup_batch.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <bit>
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

// -- publishing --------------------------------------------------------------------------------------------------------

void race_state::publish_if_due(unix_ms now) {
  if (const bool complete = life_->complete(*race_, now); std::exchange(complete_, complete) != complete)
    policy_->changed();
  for (; seen_deltas_ < race_->deltas().size(); ++seen_deltas_) {
    const auto& news = race_->deltas()[seen_deltas_];
    if (news.accepted.empty())
      policy_->changed();
    else
      policy_->reported(news.row, now);
  }
  if (!caught_up_ || publishing_ || !term_->running())
    return;
  // The mark ends all waiting: what came before it goes out at once.
  const auto due = race_->closed() && !race_->deltas().empty() ? now : policy_->due_at();
  if (!due)
    return;
  if (*due > now) {
    look_again(*due, now);
    return;
  }
  publishing_ = true;
  const auto p = compose(now);
  policy_->published(now);
  // Before the questions that wait at the class. CAF 0.17.6 forgets the priority when it is given a chrono duration.
  self_->request<caf::message_priority::high>(partners_.cls, caf::duration{defaults::rank_deadline}, batch_for(*p))
      .then(
          [this, p](const rank_answer& answer) {
            take_ranks(*p, answer);
            send(*p);
          },
          [this, p](const caf::error&) {
            p->table.all_time_stale = true;
            p->tick.all_time_stale = true;
            env_->counts->standings_stale.add();
            send(*p);
          });
}

void race_state::look_again(unix_ms at, unix_ms now) {
  if (looks_at_ != unix_ms{} && looks_at_ <= at)
    return;
  looks_at_ = at;
  self_->delayed_send(self_, at - now, standings_due{});
}

void race_state::look_at_standings() {
  looks_at_ = {};
  publish_if_due(env_->clock->now());
}

std::shared_ptr<race_state::publication> race_state::compose(unix_ms now) {
  auto p = std::make_shared<publication>();
  p->tick = {race_->key(), term_->owner_epoch(), race_->as_of(), now, std::exchange(oldest_, {}), false, {}};
  seen_deltas_ = 0;
  p->table = describe(now);
  std::vector<rank_t> here_now(race_->racers());
  for (const auto& row : p->table.rows)
    here_now[*race_->find(row.racer)] = row.here_now_rank;
  auto all_news = race_->take_deltas();
  p->tick.riders.reserve(all_news.size());
  for (auto& news : all_news) {
    const auto rank = here_now[news.row];
    p->tick.riders.push_back(compose_rider_tick(std::move(news), rank));
  }
  return p;
}

standings_ptr race_state::current() const {
  return std::make_shared<const standings>(describe(env_->clock->now()));
}

own_second race_state::usual_second(unix_ms now) const {
  std::vector<own_second> riding;
  for (std::size_t i = 0; i < race_->racers(); ++i) {
    const auto row = static_cast<row_index>(i);
    if (policy_->is_live(row, now) && race_->furthest(row) != race_->rules().last_second())
      riding.push_back(race_->furthest(row));
  }
  return reached_by_half(std::move(riding), race_->racers() == 0 ? own_second{1} : race_->furthest());
}

caf::result<moment_answer> race_state::moment(const get_moment& x) {
  if (!caught_up_)
    return caf::make_error(ec::not_ready, std::string{"the race is being read again"});
  const auto now = env_->clock->now();
  const auto asked = x.second ? x.second->value() : std::uint16_t{0};
  std::erase_if(moments_, [&](const auto& kept) { return now - kept.second->at >= defaults::moment_kept; });
  if (const auto known = moments_.find(asked); known != moments_.end())
    return moment_answer{known->second};
  auto found = std::make_shared<race_moment>(moment_of(*race_, x.second ? *x.second : usual_second(now)));
  env_->edits->show_names(found->rows, env_->rules.race.start_of(race_->key().race));
  found->owner_epoch = term_->owner_epoch();
  found->at = now;
  if (race_->closed() || life_->complete(*race_, now)) {
    found->phase = race_phase::complete;
    found->final_at = life_->final_at();
  }
  rank_batch batch{race_->key(), term_->owner_epoch(), {}};
  batch.items.reserve(found->ranked);
  for (std::size_t i = 0; i < found->ranked; ++i) {
    const auto racer = found->rows[i].racer;
    batch.items.push_back({found->second, racer, race_->score_at(*race_->find(racer), found->second)});
  }
  auto promise = self_->make_response_promise<moment_answer>();
  auto answer = [this, asked, found, promise]() mutable {
    if (moments_.size() < defaults::moments_kept)
      moments_.insert_or_assign(asked, found);
    promise.deliver(moment_answer{found});
  };
  self_->request(partners_.cls, defaults::rank_deadline, std::move(batch))
      .then(
          [found, answer](const rank_answer& ranks) mutable {
            for (std::size_t i = 0; i < found->ranked && i < ranks.places.size(); ++i) {
              found->rows[i].all_time_rank = ranks.places[i].rank;
              found->all_time_of = std::max(found->all_time_of, ranks.places[i].of);
            }
            answer();
          },
          [found, answer](const caf::error&) mutable {
            found->all_time_stale = true;
            answer();
          });
  return promise;
}

standings race_state::describe(unix_ms now) const {
  standings table;
  table.key = race_->key();
  table.owner_epoch = term_->owner_epoch();
  table.as_of = race_->as_of();
  table.published = now;
  // "closed" is the word of the result, once it is stored.
  if (race_->closed() || life_->complete(*race_, now)) {
    table.phase = race_phase::complete;
    table.final_at = life_->final_at();
  }
  table.second = race_->furthest();
  table.reported = static_cast<std::uint32_t>(race_->reached(race_->furthest()));
  table.finished = static_cast<std::uint32_t>(race_->finished());
  table.rows = race_->ranking();
  for (auto& row : table.rows)
    if (const auto at = *race_->find(row.racer); at < all_time_ranks_.size())
      row.all_time_rank = all_time_ranks_[at];
  env_->edits->show_names(table.rows, env_->rules.race.start_of(race_->key().race));
  return table;
}

rider_tick race_state::compose_rider_tick(ride_delta&& news, rank_t here_now_rank) const {
  rider_tick rider;
  const auto row = news.row;
  rider.racer = race_->racer(row);
  rider.second = race_->furthest(row);
  rider.output = race_->output(row, rider.second);
  rider.total = race_->total(row, rider.second);
  rider.value = race_->score_at(row, rider.second);
  rider.accepted = std::move(news.accepted);
  rider.refused = news.refused;
  rider.wants_view = env_->rules.race.views == view_policy::all ||
                     (env_->rules.race.views == view_policy::asked && race_->wants_view(row));
  rider.here_now_rank = here_now_rank;
  rider.here_now_of = static_cast<std::uint32_t>(race_->ranked(rider.second));
  if (rider.wants_view) {
    const auto place = race_->place(row, rider.second);
    const auto from = std::max(view_top_rows, place > view_rows_around ? place - view_rows_around : 0);
    rider.here_now = race_->here_now(rider.second, 0, view_top_rows);
    const auto end = std::max(from, place + view_rows_around + 1);
    const auto around = race_->here_now(rider.second, from, end - from);
    rider.here_now.insert(rider.here_now.end(), around.begin(), around.end());
  }
  return rider;
}

rank_batch race_state::batch_for(const publication& p) const {
  rank_batch batch{race_->key(), term_->owner_epoch(), {}};
  batch.items.reserve(p.tick.riders.size());
  for (const auto& rider : p.tick.riders)
    batch.items.push_back({rider.second, rider.racer, rider.value, rider.wants_view});
  return batch;
}

void race_state::take_ranks(publication& p, const rank_answer& answer) {
  all_time_ranks_.resize(race_->racers());
  for (std::size_t i = 0; i < p.tick.riders.size() && i < answer.places.size(); ++i) {
    auto& rider = p.tick.riders[i];
    rider.all_time = answer.places[i];
    rider.around = answer.around[i];
    all_time_ranks_[*race_->find(rider.racer)] = rider.all_time.rank;
  }
  for (auto& row : p.table.rows)
    row.all_time_rank = all_time_ranks_[*race_->find(row.racer)];
}

void race_state::send(publication& p) {
  publishing_ = false;
  env_->publisher->publish(*term_, p.table);
  env_->counts->standings_published.add();
  if (p.tick.oldest != unix_ms{})
    env_->counts->standings_delay.observe(env_->clock->now() - p.tick.oldest);
  tell_racers(std::move(p.tick));
  publish_if_due(env_->clock->now());
}

void race_state::tell_racers(race_tick&& news) {
  const auto tick = std::make_shared<const race_tick>(std::move(news));
  for (const auto& [racer, times] : race_->take_turned_away())
    publish_turned_away(racer, times, tick->published);
  wakeup_batch context{*self_->context()};
  for (std::uint32_t i = 0; i < tick->riders.size(); ++i) {
    const auto row = *race_->find(tick->riders[i].racer);
    for (auto next = racers_.size(); next <= row; ++next) {
      const auto id = race_->racer(static_cast<row_index>(next));
      if (const auto& rider = race_->name(static_cast<row_index>(next));
          !rider.empty() && !env_->edits->forgotten(id, env_->rules.race.start_of(race_->key().race)))
        env_->names->set(id, rider);
      racers_.push_back(self_->spawn<caf::linked>(racer, env_, term_, id));
      if (const auto ghost = ghosts_.extract(id))
        self_->send(racers_.back(), ghost.mapped());
    }
    caf::actor_cast<caf::abstract_actor*>(racers_[row])
        ->enqueue(caf::make_mailbox_element(self_->ctrl(), caf::make_message_id(), {}, tick, i), &context);
  }
}

void race_state::publish_turned_away(racer_id racer, std::uint32_t times, unix_ms now) const {
  if (env_->rules.race.views == view_policy::off)
    return;
  rider_view view;
  view.key = race_->key();
  view.racer = racer;
  view.owner_epoch = term_->owner_epoch();
  view.as_of = race_->as_of();
  view.published = now;
  view.refused[static_cast<std::size_t>(refusal::race_full)] = times;
  env_->publisher->publish(*term_, view);
}

ghost_set race_state::take_ghost(set_ghost&& x) {
  auto ghost = x.curve.scores.empty() ? nullptr : std::make_shared<const ghost_curve>(std::move(x.curve));
  const auto row = race_->find(x.racer);
  if (row && race_->furthest(*row) == race_->rules().last_second())
    return {false}; // the ride is over
  if (row && *row < racers_.size()) {
    self_->send(racers_[*row], std::move(ghost));
    return {true};
  }
  if (!row && !x.not_riding_yet)
    return {false};
  if (ghosts_.size() >= env_->rules.race.capacity && !ghosts_.contains(x.racer))
    return {false};
  ghosts_[x.racer] = std::move(ghost);
  return {true};
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
      [self](work_on) { self->state.work_on_ending(); },
      [self](journal_extent x) { self->state.saw_extent(x.messages); },
      [self](race_over) { self->state.leave(); },
      [self](get_standings) { return self->state.current(); },
      [self](const get_moment& x) { return self->state.moment(x); },
      [self](set_ghost& x) { return self->state.take_ghost(std::move(x)); },
  };
}

} // namespace alleycat

// What a race says: standings, the news of its riders, answers about itself.
#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/race.hpp"
#include "actors/racer.hpp"
#include "actors/wakeup_batch.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace alleycat {

void race_state::publish_if_due(unix_ms now) {
  if (const bool complete = life_->complete(*race_, now); std::exchange(complete_, complete) != complete)
    policy_->changed();
  const auto& news = race_->news();
  for (; seen_accepted_ < news.accepted.size(); ++seen_accepted_)
    policy_->reported(news.accepted[seen_accepted_].row, now);
  if (!news.refused.empty())
    policy_->changed();
  if (!caught_up_ || composed_ || !term_->running())
    return;
  // The mark ends all waiting: what came before it goes out at once.
  const auto due = race_->closed() && !news.empty() ? now : policy_->due_at();
  if (!due)
    return;
  if (*due > now) {
    look_again(*due, now);
    return;
  }
  composed_ = compose(now);
  ++tables_composed_;
  policy_->published(now);
  // Before the questions that wait at the class. Without a deadline of CAF's, which would wake its clock twice for every table.
  self_->request<caf::message_priority::high>(partners_.cls, caf::infinite, batch_for(*composed_))
      .then(
          [this, table = tables_composed_](const rank_answer& answer) {
            if (composed_ && table == tables_composed_)
              take_ranks(answer);
          },
          [this, table = tables_composed_](const caf::error&) {
            if (composed_ && table == tables_composed_)
              do_without_ranks();
          });
  ranks_due_ = env_->clock->steady() + defaults::rank_deadline;
  if (!std::exchange(awaits_ranks_, true))
    self_->delayed_send(self_, defaults::rank_deadline, ranks_due{});
}

void race_state::look_for_ranks() {
  awaits_ranks_ = false;
  if (!composed_)
    return;
  if (const auto left = ranks_due_ - env_->clock->steady(); left > steady_ns::duration{0}) {
    awaits_ranks_ = true;
    self_->delayed_send(self_, left, ranks_due{});
  } else {
    do_without_ranks();
  }
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

std::unique_ptr<race_state::publication> race_state::compose(unix_ms now) {
  auto p = std::make_unique<publication>();
  p->order = race_->live_order();
  p->table = describe(p->order, now);
  auto& tick = p->tick;
  tick.key = race_->key();
  tick.owner_epoch = term_->owner_epoch();
  tick.as_of = race_->as_of();
  tick.published = now;
  tick.oldest = std::exchange(oldest_, {});
  const auto news = race_->take_news();
  sort_news(*race_, news, p->order, tick);
  seen_accepted_ = 0;
  std::size_t at = 0;
  for (auto& rider : tick.riders) {
    while (p->order[at] != rider.row)
      ++at;
    describe(rider, p->table.rows[at]);
    if (wants_view(rider.row)) {
      rider.view = static_cast<std::uint32_t>(tick.views.size());
      tick.views.push_back({surroundings_of(rider), {}});
    }
  }
  if (tick.views.empty())
    untold_.add(news);
  return p;
}

standings_ptr race_state::current() const {
  return std::make_shared<const standings>(describe(race_->live_order(), env_->clock->now()));
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
  rank_batch batch{race_->key(), term_->owner_epoch(), {}, {}};
  batch.scores.reserve(found->ranked);
  for (std::size_t i = 0; i < found->ranked; ++i) {
    const auto racer = found->rows[i].racer;
    batch.scores.push_back({found->second, racer, race_->score_at(*race_->find(racer), found->second)});
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

standings race_state::describe(std::span<const row_index> order, unix_ms now) const {
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
  table.rows = race_->ranking(order);
  show_all_time(table, order);
  env_->edits->show_names(table.rows, env_->rules.race.start_of(race_->key().race));
  return table;
}

void race_state::show_all_time(standings& table, std::span<const row_index> order) const {
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    if (order[i] < all_time_ranks_.size())
      table.rows[i].all_time_rank = all_time_ranks_[order[i]];
}

void race_state::describe(rider_tick& rider, const standing& place) const {
  rider.second = place.second;
  rider.output = place.output;
  rider.total = place.total;
  rider.value = race_->score_at(rider.row, rider.second);
  rider.here_now_rank = place.here_now_rank;
  rider.here_now_of = static_cast<std::uint32_t>(race_->ranked(rider.second));
}

bool race_state::wants_view(row_index row) const {
  const auto views = env_->rules.race.views;
  return views == view_policy::all || (views == view_policy::asked && race_->wants_view(row));
}

std::vector<here_now_row> race_state::surroundings_of(const rider_tick& rider) const {
  auto rows = race_->here_now(rider.second, 0, view_top_rows);
  const auto place = race_->place(rider.row, rider.second);
  const auto from = std::max(view_top_rows, place > view_rows_around ? place - view_rows_around : 0);
  const auto end = std::max(from, place + view_rows_around + 1);
  const auto around = race_->here_now(rider.second, from, end - from);
  rows.insert(rows.end(), around.begin(), around.end());
  return rows;
}

rank_batch race_state::batch_for(const publication& p) const {
  rank_batch batch{race_->key(), term_->owner_epoch(), {}, {}};
  batch.scores.reserve(p.tick.riders.size());
  for (const auto& rider : p.tick.riders) {
    if (rider.wants_view())
      batch.with_rows.push_back(static_cast<std::uint32_t>(batch.scores.size()));
    batch.scores.push_back({rider.second, rider.racer, rider.value});
  }
  return batch;
}

void race_state::take_ranks(const rank_answer& answer) {
  auto& p = *composed_;
  all_time_ranks_.resize(race_->racers());
  for (std::size_t i = 0; i < p.tick.riders.size() && i < answer.places.size(); ++i) {
    auto& rider = p.tick.riders[i];
    rider.all_time = answer.places[i];
    all_time_ranks_[rider.row] = rider.all_time.rank;
  }
  for (std::size_t i = 0; i < p.tick.views.size() && i < answer.around.size(); ++i)
    p.tick.views[i].around = answer.around[i];
  show_all_time(p.table, p.order);
  send();
}

void race_state::do_without_ranks() {
  composed_->table.all_time_stale = true;
  composed_->tick.all_time_stale = true;
  env_->counts->standings_stale.add();
  send();
}

void race_state::send() {
  const auto sent = std::exchange(composed_, nullptr);
  auto& p = *sent;
  env_->publisher->publish(*term_, p.table);
  env_->counts->standings_published.add();
  if (p.tick.oldest != unix_ms{})
    env_->counts->standings_delay.observe(env_->clock->now() - p.tick.oldest);
  for (const auto& [racer, times] : race_->take_turned_away())
    publish_turned_away(racer, times, p.tick.published);
  meet_riders();
  const auto now = env_->clock->now();
  if (!p.tick.views.empty()) {
    tell_untold(now);
    tell_racers(std::move(p.tick));
  } else if (now - told_ >= defaults::racer_interval) {
    tell_untold(now);
  }
  publish_if_due(now);
}

void race_state::meet_riders() {
  while (racers_.size() < race_->racers()) {
    const auto row = static_cast<row_index>(racers_.size());
    const auto id = race_->racer(row);
    if (const auto& rider = race_->name(row);
        !rider.empty() && !env_->edits->forgotten(id, env_->rules.race.start_of(race_->key().race)))
      env_->names->set(id, rider);
    racers_.push_back(self_->spawn<caf::linked>(racer, env_, term_, id));
    if (const auto ghost = ghosts_.extract(id))
      self_->send(racers_.back(), ghost.mapped());
  }
}

void race_state::tell_untold(unix_ms now) {
  if (untold_.empty())
    return;
  // A rider's first table may still wait for its ranks.
  meet_riders();
  told_ = now;
  race_tick tick;
  tick.key = race_->key();
  tick.owner_epoch = term_->owner_epoch();
  std::vector<row_index> rows(racers_.size());
  std::iota(rows.begin(), rows.end(), row_index{0});
  sort_news(*race_, untold_, rows, tick);
  untold_.clear();
  tell_racers(std::move(tick));
}

void race_state::tell_racers(race_tick&& news) {
  const auto tick = std::make_shared<const race_tick>(std::move(news));
  wakeup_batch context{*self_->context()};
  for (std::uint32_t i = 0; i < tick->riders.size(); ++i)
    caf::actor_cast<caf::abstract_actor*>(racers_[tick->riders[i].row])
        ->enqueue(caf::make_mailbox_element(self_->ctrl(), caf::make_message_id(), {}, tick, i), &context);
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

} // namespace alleycat

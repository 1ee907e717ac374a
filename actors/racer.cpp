#include "actors/racer.hpp"

#include <caf/all.hpp>

namespace alleycat {

void racer_state::start(const actor_context& env, term_ptr under, racer_id racer) {
  env_ = &env;
  term_ = std::move(under);
  racer_ = racer;
  arrived_.resize(env.rules.race.ride_seconds);
}

void racer_state::take(const race_tick& tick, const rider_tick& news) {
  for (const auto s : tick.accepted_of(news))
    arrived_[s.value() - 1U] = true;
  for (const auto reason : tick.refused_of(news))
    ++refused_[static_cast<std::size_t>(reason)];
  env_->counts->racer_seconds.add(news.accepted.count);
  if (!news.wants_view())
    return;
  env_->publisher->publish(*term_, view_of(tick, news));
  env_->counts->views_published.add();
  if (tick.oldest != unix_ms{})
    env_->counts->view_delay.observe((env_->clock->now() - tick.oldest) * 1'000'000);
}

rider_view racer_state::view_of(const race_tick& tick, const rider_tick& news) const {
  rider_view view;
  view.key = tick.key;
  view.racer = racer_;
  view.second = news.second;
  view.output = news.output;
  view.total = news.total;
  view.owner_epoch = tick.owner_epoch;
  view.as_of = tick.as_of;
  view.published = tick.published;
  view.here_now = {news.here_now_rank, news.here_now_of, {}};
  for (const auto& row : tick.views[news.view].here_now)
    view.here_now.rows.push_back({row.rank, row.racer, env_->names->of(row.racer), row.at});
  view.all_time_stale = tick.all_time_stale;
  if (!tick.all_time_stale) {
    view.all_time = {news.all_time.rank, news.all_time.of, {}};
    for (const auto& row : tick.views[news.view].around)
      view.all_time.rows.push_back({row.rank, row.racer, env_->names->of(row.racer), row.best});
    if (const auto best = news.all_time.own_best; best.value() != 0)
      view.best = view_best{best, std::int64_t{news.value.value()} - best.value(), news.value > best};
  }
  view.ghost = ghost_at(news.second, news.value);
  view.missing = missing(news.second);
  view.refused = refused_;
  return view;
}

std::optional<view_ghost> racer_state::ghost_at(own_second second, score value) const {
  if (!ghost_ || second.value() > ghost_->scores.size())
    return std::nullopt;
  const auto there = ghost_->scores[second.value() - 1U];
  if (there.value() == 0)
    return std::nullopt;
  return view_ghost{kind_text(ghost_->choice), ghost_->racer, there,
                    std::int64_t{value.value()} - std::int64_t{there.value()}};
}

std::vector<own_second> racer_state::missing(own_second furthest) const {
  std::vector<own_second> result;
  for (std::uint16_t s = 1; s < furthest.value() && result.size() < view_missing_limit; ++s)
    if (!arrived_[s - 1U])
      result.emplace_back(s);
  return result;
}

racer_actor::behavior_type racer(racer_self* self, const actor_context* env, term_ptr under, racer_id id) {
  self->state.start(*env, std::move(under), id);
  return {
      [self](const race_tick_ptr& tick, std::uint32_t index) { self->state.take(*tick, tick->riders[index]); },
      [self](const ghost_curve_ptr& ghost) { self->state.race_against(ghost); },
      [self](race_over) { self->quit(); },
  };
}

} // namespace alleycat

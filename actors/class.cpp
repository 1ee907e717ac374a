#include "actors/class.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/pages.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

caf::error not_loaded() {
  return caf::make_error(ec::not_ready, std::string{"the class is being loaded"});
}

} // namespace

void class_state::start(pointer self, const actor_context& env, const class_rules& course, class_partners partners) {
  self_ = self;
  env_ = &env;
  course_ = course;
  partners_ = std::move(partners);
  table_ = all_time_table{env.rules.race.ride_seconds};
  load();
}

void class_state::load() {
  self_->request(partners_.follower, defaults::load_deadline, catch_up{})
      .then([this](caught_up) { read_bests(); }, [this](const caf::error& e) { load_failed(e); });
}

void class_state::read_bests() {
  self_->request(partners_.store, defaults::load_deadline, load_class{course_.id})
      .then(
          [this](const class_records_ptr& records) {
            take(*records);
            tell_rest();
          },
          [this](const caf::error& e) { load_failed(e); });
}

void class_state::load_failed(const caf::error& why) {
  env_->log->warn("class.load_delayed", {{"class", course_.id}, {"error", self_->system().render(why)}});
  self_->delayed_send(self_, defaults::load_retry, look_at_clock{});
}

void class_state::take(const std::vector<racer_bests>& records) {
  for (const auto& bests : records) {
    table_.load(bests);
    if (bests.record)
      board_.load(bests.racer, *bests.record);
  }
  table_.sort();
  board_.sort();
  loaded_ = true;
  env_->log->info("class.loaded", {{"class", course_.id}, {"racers", table_.racers()}, {"records", board_.size()}});
}

caf::result<rank_answer> class_state::rank(const rank_batch& batch) const {
  env_->counts->rank_requests.add();
  if (!loaded_)
    return not_loaded();
  rank_answer answer;
  answer.owner_epoch = env_->owner_epoch;
  answer.places.reserve(batch.items.size());
  answer.around.resize(batch.items.size());
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    const auto& item = batch.items[i];
    answer.places.push_back(table_.place(item.second, item.value, item.racer));
    if (item.with_rows)
      answer.around[i] = table_.neighbours(item.second, item.value, item.racer, view_top_rows, view_rows_around);
  }
  return answer;
}

caf::result<closed_race_ptr> class_state::rank_rides(const closed_race& race) const {
  if (!loaded_)
    return not_loaded();
  auto ranked = std::make_shared<closed_race>(race);
  auto& rides = ranked->rides;
  for (auto& ride : rides) {
    const auto scores = scores_of(ride, course_.score);
    for (std::size_t i = 0; i < scores.size(); ++i)
      if (scores[i].value() != 0)
        ride.seconds[i].all_time_rank =
            table_.place(own_second{static_cast<std::uint16_t>(i + 1)}, scores[i], ride.racer).rank;
  }
  for (auto& row : ranked->result.rows) {
    const auto ride = std::lower_bound(rides.begin(), rides.end(), row.racer,
                                       [](const ride_record& r, racer_id racer) { return r.racer < racer; });
    if (!ride->seconds.empty())
      row.all_time_rank = ride->seconds.back().all_time_rank;
  }
  return closed_race_ptr{std::move(ranked)};
}

caf::typed_response_promise<merge_result> class_state::merge(const closed_race_ptr& race) {
  auto promise = self_->make_response_promise<merge_result>();
  if (!loaded_) {
    promise.deliver(not_loaded());
    return promise;
  }
  failpoint("class.merge");
  // The result is in the stream, so the tables may show it before LMDB has it: they do not wait for a disk that hangs or is
  // full. Merging is idempotent: asked again, or with a race that was applied before the tables were read, it does no harm.
  take(*race);
  self_->request(partners_.store, defaults::close_deadline, apply_closed{race, course_.score, true})
      .then(
          [this, key = race->result.key, promise](merge_result outcome) {
            failpoint("class.changelog");
            announce(key, [this, promise, outcome](const caf::error& why) mutable {
              if (why) {
                promise.deliver(why);
                return;
              }
              env_->counts->races_merged.add();
              promise.deliver(outcome);
            });
          },
          [promise](caf::error& e) mutable { promise.deliver(std::move(e)); });
  return promise;
}

void class_state::announce(race_key key, std::function<void(const caf::error&)> done) {
  self_->request(partners_.store, defaults::store_deadline, find_unannounced_bests{key})
      .then(
          [this, key, done](const unannounced_bests& news) {
            self_->request(partners_.results, defaults::close_deadline, store_bests{course_.id, news})
                .then(
                    [this, key, done, told = news->size()](bests_stored) {
                      failpoint("class.announced");
                      env_->counts->bests_announced.add(told);
                      self_->request(partners_.store, defaults::store_deadline, keep_announced{key})
                          .then([done](ack) { done({}); }, [done](const caf::error& e) { done(e); });
                    },
                    [done](const caf::error& e) { done(e); });
          },
          [done](const caf::error& e) { done(e); });
}

void class_state::tell_rest() {
  self_->request(partners_.store, defaults::store_deadline, find_unannounced{course_.id})
      .then(
          [this](const unannounced_races& races) {
            for (const auto key : races.keys)
              announce(key, [this, key](const caf::error& why) {
                if (why)
                  env_->log->warn("class.announce_failed",
                                  {{"class", key.cls}, {"race", key.race}, {"error", self_->system().render(why)}});
              });
          },
          [this](const caf::error& e) {
            env_->log->warn("class.announce_failed", {{"class", course_.id}, {"error", self_->system().render(e)}});
          });
}

void class_state::take(const closed_race& race) {
  for (const auto& ride : race.rides)
    if (!ride.name.empty())
      env_->names->set(ride.racer, ride.name);
  const auto former = board_.page(0, 1);
  env_->counts->bests_beaten.add(table_.merge(race.rides, course_.score));
  const auto improved = board_.merge(race.rides, course_.score);
  env_->counts->records_broken.add(improved.size());
  if (improved.empty())
    return;
  publish_leaderboard();
  const auto leader = board_.page(0, 1);
  if (former.empty() || leader.front().record.best > former.front().record.best)
    env_->publisher->publish_record(course_.id, leader.front().racer, leader.front().record);
}

void class_state::publish_leaderboard() const {
  env_->publisher->publish_leaderboard(course_.id, board_.page(0, defaults::leaderboard_rows), board_.size());
}

caf::result<leaderboard_answer> class_state::page(const get_leaderboard& x) const {
  if (!loaded_)
    return not_loaded();
  return page_of(board_, x.page);
}

caf::result<all_time_answer> class_state::page(const get_all_time& x) const {
  if (!loaded_)
    return not_loaded();
  const auto from = first_place(x.page, [&](racer_id racer) { return table_.place_of(x.second, racer); });
  return all_time_answer{table_.ranked(x.second),
                         from ? table_.page(x.second, *from, x.page.limit) : std::vector<best_row>{}};
}

caf::result<ghost_source> class_state::find(const ghost_choice& choice) const {
  if (!loaded_)
    return not_loaded();
  ghost_source source;
  if (choice.kind == ghost_kind::median) {
    source.curve = table_.median();
    source.found = table_.racers() != 0;
  } else if (choice.kind == ghost_kind::racer) {
    const auto record = board_.record_of(racer_id{choice.number});
    source = {record.has_value(), racer_id{choice.number}, record.value_or(final_score{}), {}};
  } else if (const auto rows = board_.page(choice.kind == ghost_kind::rank ? choice.number - 1 : 0, 1); !rows.empty()) {
    source = {true, rows[0].racer, rows[0].record, {}};
  }
  return source;
}

class_actor::behavior_type class_behavior(class_actor::stateful_pointer<class_state> self, const actor_context* env,
                                          class_rules course, class_partners partners) {
  self->state.start(self, *env, course, std::move(partners));
  env->counts->class_actors.add(1);
  self->attach_functor([env] { env->counts->class_actors.add(-1); });
  return {
      [self](look_at_clock) { self->state.load(); },
      [self](const rank_batch& x) { return self->state.rank(x); },
      [self](const rank_closed& x) { return self->state.rank_rides(*x.race); },
      [self](const merge_closed& x) { return self->state.merge(x.race); },
      [self](const get_leaderboard& x) { return self->state.page(x); },
      [self](const get_all_time& x) { return self->state.page(x); },
      [self](const find_ghost& x) { return self->state.find(x.choice); },
  };
}

} // namespace alleycat

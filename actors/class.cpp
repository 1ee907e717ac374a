#include "actors/class.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/pages.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace alleycat {

namespace {

caf::error not_loaded() {
  return caf::make_error(ec::not_ready, std::string{"the class is being loaded"});
}

} // namespace

void class_state::start(pointer self, const actor_context& env, term_ptr under, const class_rules& rules,
                        class_partners partners) {
  self_ = self;
  env_ = &env;
  term_ = std::move(under);
  rules_ = rules;
  partners_ = std::move(partners);
  table_ = all_time_table{env.rules.race.ride_seconds};
  self_->send(partners_.follower, feed_class{rules_.id});
  load();
}

class_state::~class_state() {
  if (env_ == nullptr)
    return;
  auto& counts = env_->counts->classes.at(rules_.id);
  counts.racers.set(0);
  counts.records.set(0);
}

void class_state::note_size() const {
  auto& counts = env_->counts->classes.at(rules_.id);
  counts.racers.set(static_cast<std::int64_t>(table_.racers()));
  counts.records.set(static_cast<std::int64_t>(board_.size()));
}

void class_state::look_at_clock() {
  if (!loaded_)
    return load();
  for (const auto& e : std::exchange(early_edits_, {}))
    take_bests_of(e);
  announce(std::exchange(untold_, {}));
}

void class_state::load() {
  self_->request(partners_.follower, defaults::load_deadline, catch_up{})
      .then([this](caught_up) { read_bests(); }, [this](const caf::error& e) { load_failed(e); });
}

void class_state::read_bests() {
  self_->request(partners_.store, defaults::load_deadline, load_class{rules_.id})
      .then([this](const class_records_ptr& records) { take(*records); },
            [this](const caf::error& e) { load_failed(e); });
}

void class_state::load_failed(const caf::error& why) {
  env_->log->warn("class.load_delayed", {{"class", rules_.id}, {"error", self_->system().render(why)}});
  self_->delayed_send(self_, defaults::load_retry, alleycat::look_at_clock{});
}

void class_state::take(const std::vector<racer_bests>& records) {
  std::vector<racer_bests> corrected;
  for (const auto& bests : records) {
    if (env_->edits->hidden(bests.racer))
      continue;
    if (const auto since = env_->edits->bests_since(rules_.id, bests.racer); since != 0) {
      corrected.push_back(bests);
      corrected.back().edits = since;
    }
    table_.load(bests);
    if (bests.record)
      board_.load(bests.racer, *bests.record);
  }
  table_.sort();
  board_.sort();
  loaded_ = true;
  for (const auto& race : std::exchange(early_, {}))
    for (auto merge = merge_of(race); !merge();)
      continue;
  // Whoever owned the class when they were corrected may not have told.
  announce(std::move(corrected));
  for (const auto& e : std::exchange(early_edits_, {}))
    take_bests_of(e);
  note_size();
  self_->send(partners_.shard, class_status{true});
  env_->log->info("class.loaded", {{"class", rules_.id}, {"racers", table_.racers()}, {"records", board_.size()}});
}

caf::result<rank_answer> class_state::rank(const rank_batch& batch) const {
  env_->counts->rank_requests.add();
  if (!loaded_)
    return not_loaded();
  rank_answer answer;
  answer.owner_epoch = term_->owner_epoch();
  answer.places = table_.places(batch.scores);
  answer.around.reserve(batch.with_rows.size());
  for (const auto at : batch.with_rows) {
    const auto& [second, racer, value] = batch.scores[at];
    answer.around.push_back(table_.neighbours(second, value, racer, view_top_rows, view_rows_around));
  }
  return answer;
}

// -- a portion at a time -----------------------------------------------------------------------------------------------

void class_state::work(portion todo) {
  works_.push_back(std::move(todo));
  if (works_.size() == 1)
    work_on();
}

void class_state::work_on() {
  if (works_.front()())
    works_.pop_front();
  // By the clock: what an actor sends itself it handles in the same turn.
  if (!works_.empty())
    self_->delayed_send(self_, std::chrono::milliseconds{0}, alleycat::work_on{});
}

caf::result<closed_race_ptr> class_state::rank_rides(const closed_race_ptr& race) {
  if (!loaded_)
    return not_loaded();
  auto promise = self_->make_response_promise<closed_race_ptr>();
  work(ranks_of(race, promise));
  return promise;
}

class_state::portion class_state::ranks_of(closed_race_ptr race, caf::typed_response_promise<closed_race_ptr> promise) {
  struct progress {
    std::shared_ptr<closed_race> ranked;
    std::optional<all_time_table::passage> through;
  };
  auto at = std::make_shared<progress>();
  at->ranked = std::make_shared<closed_race>();
  at->ranked->result = race->result;
  at->ranked->stamp = race->stamp;
  at->ranked->differs = race->differs;
  at->ranked->rides.reserve(race->rides.size());
  return [this, at, race = std::move(race), promise]() mutable {
    auto& rides = at->ranked->rides;
    if (const auto left = race->rides.size() - rides.size(); left != 0 && !at->through) {
      const auto from = race->rides.begin() + static_cast<std::ptrdiff_t>(rides.size());
      rides.insert(rides.end(), from, from + static_cast<std::ptrdiff_t>(std::min(left, defaults::rides_at_once)));
      if (rides.size() != race->rides.size())
        return false;
    }
    if (!at->through) {
      env_->correct(*at->ranked);
      env_->edits->show_names(at->ranked->result.rows);
      at->through = table_.begin_ranks(rides, rules_.score);
    }
    table_.rank_on(*at->through, rides, defaults::seconds_at_once);
    if (!at->through->done())
      return false;
    take_ranks(at->ranked->result, rides);
    promise.deliver(closed_race_ptr{std::move(at->ranked)});
    return true;
  };
}

void class_state::merge(const closed_race_ptr& race) {
  if (loaded_)
    work(merge_of(race));
  else if (early_.size() < defaults::early_races)
    early_.push_back(race); // the tables that are being read may be older than it
}

class_state::portion class_state::merge_of(closed_race_ptr race) {
  return [this, race = std::move(race), through = std::optional<all_time_table::passage>{}]() mutable {
    const auto began = env_->clock->steady();
    if (!through) {
      race = as_corrected(race);
      for (const auto& ride : race->rides)
        if (!ride.name.empty())
          env_->names->set(ride.racer, ride.name);
      failpoint("class.merge");
      merging_ = {};
      through = table_.begin_merge(race->rides, rules_.score);
    }
    table_.merge_on(*through, defaults::seconds_at_once);
    merging_ += env_->clock->steady() - began;
    if (!through->done())
      return false;
    merged(*race, *through);
    return true;
  };
}

/// What it was made from may be older than a correction.
closed_race_ptr class_state::as_corrected(const closed_race_ptr& race) const {
  if (!env_->corrected(*race))
    return race;
  auto other = std::make_shared<closed_race>(*race);
  env_->correct(*other);
  std::erase_if(other->rides, [this](const ride_record& ride) { return env_->edits->hidden(ride.racer); });
  return other;
}

void class_state::merged(const closed_race& race, const all_time_table::passage& by) {
  const auto began = env_->clock->steady();
  const auto former = board_.page(0, 1);
  env_->counts->bests_beaten.add(by.beaten());
  const auto improved = board_.merge(race.rides, rules_.score);
  env_->counts->records_broken.add(improved.size());
  env_->counts->merge.observe(merging_ + env_->clock->steady() - began);
  note_size();
  if (improved.empty())
    return;
  publish_leaderboard();
  const auto leader = board_.page(0, 1);
  if (former.empty() || leader.front().record.best > former.front().record.best)
    env_->publisher->publish_record(*term_, leader.front().racer, leader.front().record);
}

void class_state::on_edit(const edit_ptr& e) {
  if (loaded_)
    take_bests_of(e);
  else
    early_edits_.push_back(e);
}

void class_state::take_bests_of(const edit_ptr& e) {
  self_->request(partners_.store, defaults::load_deadline, find_bests{rules_.id, e->racer})
      .then(
          [this, e](const bests_answer& found) {
            work([this, e, bests = found.bests] {
              put_right(*e, bests);
              return true;
            });
          },
          [this, e](const caf::error& why) {
            env_->log->warn("class.load_delayed", {{"class", rules_.id}, {"error", self_->system().render(why)}});
            early_edits_.push_back(e);
            self_->delayed_send(self_, defaults::load_retry, alleycat::look_at_clock{});
          });
}

void class_state::put_right(const edit& by, const std::optional<racer_bests>& bests) {
  const bool shown = bests && !env_->edits->hidden(by.racer);
  if (by.kind != edit_kind::rename) {
    table_.replace(by.racer, shown ? bests->at : std::vector<score>{});
    board_.replace(by.racer, shown ? bests->record : std::nullopt);
    note_size();
  }
  if (bests && bests->edits != 0)
    announce({*bests});
  publish_leaderboard();
}

void class_state::announce(std::vector<racer_bests> bests) {
  if (bests.empty() || term_->over())
    return;
  if (!term_->running()) {
    // Preloading: nothing leaves.
    untold_.insert(untold_.end(), bests.begin(), bests.end());
    self_->delayed_send(self_, defaults::load_retry, alleycat::look_at_clock{});
    return;
  }
  // Should it fail, the next owner does it.
  self_
      ->request(partners_.results, defaults::close_deadline,
                store_bests{rules_.id, term_->owner_epoch(),
                            std::make_shared<const std::vector<racer_bests>>(std::move(bests))})
      .then([](bests_stored) {},
            [this](const caf::error& e) {
              env_->log->warn("class.tell_failed", {{"class", rules_.id}, {"error", self_->system().render(e)}});
            });
}

void class_state::publish_leaderboard() const {
  env_->publisher->publish_leaderboard(*term_, board_.page(0, defaults::leaderboard_rows), board_.size());
}

caf::result<leaderboard_answer> class_state::page(const get_leaderboard& x) const {
  if (!loaded_)
    return not_loaded();
  auto answer = page_of(board_, x.page);
  answer.owner_epoch = term_->owner_epoch();
  return answer;
}

caf::result<all_time_answer> class_state::page(const get_all_time& x) const {
  if (!loaded_)
    return not_loaded();
  const auto from = first_place(
      x.page, [&](racer_id racer) { return table_.place_of(x.second, racer); },
      [&](const table_place& after) { return table_.up_to(x.second, after.value, after.racer); });
  all_time_answer answer{table_.ranked(x.second), {}};
  if (from)
    answer.rows = table_.page(x.second, *from, x.page.limit);
  answer.more = from && *from + answer.rows.size() < answer.of;
  return answer;
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

class_actor::behavior_type class_behavior(class_self* self, const actor_context* env, term_ptr under, class_rules rules,
                                          class_partners partners) {
  self->state.start(self, *env, std::move(under), rules, std::move(partners));
  return {
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](const edited& x) { self->state.on_edit(x.content); },
      [self](const rank_batch& x) { return self->state.rank(x); },
      [self](const rank_closed& x) { return self->state.rank_rides(x.race); },
      [self](work_on) { self->state.work_on(); },
      [self](const closed_race_ptr& x) { self->state.merge(x); },
      [self](const get_leaderboard& x) { return self->state.page(x); },
      [self](const get_all_time& x) { return self->state.page(x); },
      [self](const find_ghost& x) { return self->state.find(x.choice); },
  };
}

} // namespace alleycat

#include "actors/editor.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/pace.hpp"

#include <caf/all.hpp>

#include <utility>

namespace alleycat {

namespace {

/// While somebody waits for the stream's end, it is asked for this often.
constexpr milliseconds end_asked_again{100};
/// Effects that are remembered, for whoever asks a little later.
constexpr std::size_t effects_kept = 200;

} // namespace

void take_edit(const actor_context& env, const edit& e) {
  env.edits->apply(e);
  if (e.kind == edit_kind::forget)
    env.names->forget(e.racer);
  env.edits->read([&](const corrections& all) {
    if (all.hidden(e.racer))
      env.names->show(e.racer, std::string{});
    else if (const auto* given = all.given_name(e.racer))
      env.names->show(e.racer, *given);
    else
      env.names->show(e.racer, std::nullopt);
  });
}

void editor_state::start(pointer self, const actor_context& env, store_actor store, results_actor streams) {
  self_ = self;
  env_ = &env;
  store_ = std::move(store);
  streams_ = std::move(streams);
  clean_at_ = env.clock->now() + defaults::clean_after;
  read_cursor();
  self_->delayed_send(self_, defaults::follow_tick, alleycat::look_at_clock{});
}

void editor_state::read_cursor() {
  self_->request(store_, defaults::load_deadline, find_cursor{record_stream::edits})
      .then(
          [this](const cursor_answer& found) {
            again_.succeeded();
            open(found.cursor);
          },
          [this](const caf::error& e) {
            env_->log->warn("editor.delayed", {{"error", self_->system().render(e)}});
            again_.failed(env_->clock->now(), [this] { read_cursor(); });
          });
}

void editor_state::open(const stream_cursor& after) {
  tail_.open(*env_->results_log, record_stream::edits, after, caf::actor_cast<editor_actor>(self_), env_->clock->now());
}

void editor_state::take_items() {
  if (!writing_)
    work();
}

void editor_state::work() {
  while (auto item = tail_.next()) {
    if (item->backwards) {
      // What was taken stays taken: an edit that comes again changes nothing.
      env_->counts->streams_backwards.add();
      env_->log->warn("editor.went_backwards", {{"sequence", tail_.done().sequence}});
      tail_.done({});
      continue;
    }
    if (auto* found = std::get_if<edit>(&item->content)) {
      const auto e = std::make_shared<edit>(std::move(*found));
      take_edit(*env_, *e);
      return write(e, item->at);
    }
    env_->counts->results_log_undecodable.add();
    env_->log->warn("editor.undecodable", {{"sequence", item->at.sequence}});
    tail_.done(item->at);
  }
}

void editor_state::write(const edit_ptr& e, const stream_cursor& at) {
  writing_ = true;
  self_->request(store_, defaults::close_deadline, apply_edit{e, at})
      .then(
          [this, e, at](const edit_effect& effect) {
            writing_ = false;
            again_.succeeded();
            tail_.done(at);
            wrote(e, effect);
            work();
          },
          [this, e, at](const caf::error& why) {
            env_->log->warn("editor.delayed", {{"error", self_->system().render(why)}});
            again_.failed(env_->clock->now(), [this, e, at] { write(e, at); });
          });
}

void editor_state::wrote(const edit_ptr& e, const edit_effect& effect) {
  env_->counts->edits_applied.add();
  env_->log->info("edit.applied",
                  {{"kind", std::string{to_string(e->kind)}}, {"racer", e->racer}, {"sequence", e->sequence}});
  if (follower_)
    self_->send(follower_, edited{e});
  effects_.insert_or_assign(e->sequence, effect);
  if (effects_.size() > effects_kept)
    effects_.erase(effects_.begin());
  const auto [from, to] = asked_for_.equal_range(e->sequence);
  for (auto each = from; each != to; ++each)
    each->second.deliver(effect);
  asked_for_.erase(from, to);
}

caf::typed_response_promise<edit_effect> editor_state::wait_for(std::uint64_t sequence) {
  auto promise = self_->make_response_promise<edit_effect>();
  if (const auto known = effects_.find(sequence); known != effects_.end())
    promise.deliver(known->second);
  else if (sequence <= tail_.done().sequence)
    promise.deliver(edit_effect{});
  else
    asked_for_.emplace(sequence, promise);
  return promise;
}

// -- catching up -------------------------------------------------------------------------------------------------------

caf::typed_response_promise<caught_up> editor_state::wait() {
  auto promise = self_->make_response_promise<caught_up>();
  tail_.wait(promise, env_->clock->now());
  return promise;
}

void editor_state::found_end(const stream_end& end) {
  if (tail_.answers(end) && !writing_ && tail_.reached(end))
    tail_.tell(env_->clock->now());
}

void editor_state::look_at_clock() {
  const auto now = env_->clock->now();
  again_.run_if_due(now);
  take_items();
  clean_if_due(now);
  if (tail_.somebody_waits() || (tail_.somebody_asked() && now - tail_.asked_at() > end_asked_again))
    tail_.ask_end(now);
  const bool busy = tail_.somebody_asked() || tail_.somebody_waits() || again_.waiting();
  self_->delayed_send(self_, busy ? defaults::follow_tick : until_next_beat(now, defaults::follow_rest),
                      alleycat::look_at_clock{});
}

// -- the streams -------------------------------------------------------------------------------------------------------

caf::typed_response_promise<cleaned_streams> editor_state::clean() {
  auto promise = self_->make_response_promise<cleaned_streams>();
  const auto failed = [promise](caf::error& e) mutable { promise.deliver(std::move(e)); };
  self_->request(store_, defaults::close_deadline, find_cleanups{})
      .then(
          [this, promise, failed](const cleanups& todo) mutable {
            if (todo.riders.empty() && todo.results.empty()) {
              promise.deliver(cleaned_streams{});
              return;
            }
            self_->request(streams_, defaults::clean_deadline, clean_streams{todo, env_->rules.race})
                .then(
                    [this, promise, failed](const cleaned_streams& done) mutable {
                      env_->log->info("edit.streams_cleaned", {{"rides", done.rides},
                                                               {"results", done.results},
                                                               {"bests", done.bests},
                                                               {"edits", done.edits}});
                      self_->request(store_, defaults::close_deadline, keep_cleaned{done.what})
                          .then([promise, done](ack) mutable { promise.deliver(done); }, failed);
                    },
                    failed);
          },
          failed);
  return promise;
}

void editor_state::clean_if_due(unix_ms now) {
  if (cleaning_ || now < clean_at_)
    return;
  const bool mine = env_->ownership->owns(env_->rules.classes.front().id);
  clean_at_ = now + (mine ? milliseconds{defaults::clean_interval} : milliseconds{defaults::clean_later});
  cleaning_ = true;
  self_->request(caf::actor_cast<editor_actor>(self_), 2 * defaults::clean_deadline, clean_now{})
      .then([this](const cleaned_streams&) { cleaning_ = false; },
            [this](const caf::error& e) {
              cleaning_ = false;
              env_->log->warn("editor.clean_delayed", {{"error", self_->system().render(e)}});
            });
}

editor_actor::behavior_type editor(editor_self* self, const actor_context* env, store_actor store,
                                   results_actor streams) {
  self->state.start(self, *env, std::move(store), std::move(streams));
  return {
      [self](arrived) { self->state.take_items(); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](const stream_end& x) { self->state.found_end(x); },
      [self](follow_edits) { self->state.tell(caf::actor_cast<follower_actor>(self->current_sender())); },
      [self](clean_now) { return self->state.clean(); },
      [self](catch_up) { return self->state.wait(); },
      [self](const await_edit& x) { return self->state.wait_for(x.sequence); },
  };
}

} // namespace alleycat

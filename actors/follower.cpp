#include "actors/follower.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/pace.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace alleycat {

namespace {

/// A question about the stream's end that was not answered for this long is asked again.
constexpr milliseconds ask_again{1'000};
constexpr milliseconds tell_progress{1'000};

} // namespace

void follower_state::start(pointer self, const actor_context& env, store_actor store, calendar_actor calendar,
                           editor_actor editor) {
  self_ = self;
  env_ = &env;
  store_ = std::move(store);
  calendar_ = std::move(calendar);
  editor_ = std::move(editor);
  told_at_ = env.clock->now();
  self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
  self_->send(editor_, follow_edits{});
  read_edits();
  self_->delayed_send(self_, defaults::follow_tick, alleycat::look_at_clock{});
}

void follower_state::read_edits() {
  self_->request(editor_, defaults::load_deadline, catch_up{})
      .then([this](caught_up) { read_cursors(); },
            [this](const caf::error& e) {
              env_->log->warn("follower.delayed", {{"error", self_->system().render(e)}});
              again_.failed(env_->clock->now(), [this] { read_edits(); });
            });
}

void follower_state::read_cursors() {
  const auto again = [this](const caf::error& e) {
    env_->log->warn("follower.delayed", {{"error", self_->system().render(e)}});
    again_.failed(env_->clock->now(), [this] { read_cursors(); });
  };
  self_->request(store_, defaults::load_deadline, find_cursor{record_stream::results})
      .then(
          [this, again](const cursor_answer& results) {
            if (results.cursor.sequence != 0) {
              again_.succeeded();
              return open(record_stream::results, results.cursor);
            }
            self_->request(store_, defaults::load_deadline, find_cursor{record_stream::bests})
                .then(
                    [this](const cursor_answer& bests) {
                      again_.succeeded();
                      open(record_stream::bests, bests.cursor);
                    },
                    again);
          },
          again);
}

void follower_state::open(record_stream stream, const stream_cursor& after) {
  kept_ = after;
  tail_.open(*env_->results_log, stream, after, caf::actor_cast<follower_actor>(self_), env_->clock->now());
}

const class_rules* follower_state::rules_of(class_id cls) const {
  const auto& classes = env_->rules.classes;
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const auto& c) { return c.id == cls; });
  return found == classes.end() ? nullptr : &*found;
}

// -- taking ------------------------------------------------------------------------------------------------------------

void follower_state::take_items() {
  // While a write is under way the rest stays in the inbox, which is bounded.
  if (!writing_)
    work();
}

void follower_state::work() {
  while (auto item = tail_.next()) {
    take(*item);
    if (writing_)
      return;
  }
  if (bests_waiting_ != 0)
    merge_bests();
}

/// A stream may hold rides of rules under which a ride was longer; nothing here has room for their seconds.
bool follower_state::too_long(const results_log_item& item) const {
  const auto longest = env_->rules.race.ride_seconds;
  if (const auto* ride = std::get_if<ride_record>(&item.content))
    return ride->seconds.size() > longest;
  if (const auto* entry = std::get_if<stored_bests>(&item.content))
    return entry->bests.at.size() > longest;
  return false;
}

void follower_state::take(results_log_item& item) {
  if (item.backwards)
    return start_again();
  ++count_;
  left_ = item.behind;
  env_->counts->results_log_read.add();
  env_->counts->results_log_left.set(static_cast<std::int64_t>(left_));
  if (too_long(item)) {
    env_->counts->results_log_undecodable.add();
    env_->log->warn("follower.ride_too_long", {{"sequence", item.at.sequence}});
  } else if (auto* ride = std::get_if<ride_record>(&item.content)) {
    take(std::move(*ride), item);
  } else if (auto* result = std::get_if<stored_result>(&item.content)) {
    take(std::move(*result));
  } else if (auto* entry = std::get_if<stored_bests>(&item.content)) {
    take(std::move(*entry));
  } else {
    env_->counts->results_log_undecodable.add();
    env_->log->warn("follower.undecodable", {{"sequence", item.at.sequence}});
  }
  tail_.done(item.at);
  if (!writing_ && tail_.stream() == record_stream::results)
    merge_held_rides(item.at.stored);
}

void follower_state::start_again() {
  env_->counts->streams_backwards.add();
  env_->log->warn("follower.went_backwards",
                  {{"stream", std::string{tail_.stream() == record_stream::results ? "results" : "bests"}},
                   {"sequence", tail_.done().sequence}});
  rides_.clear();
  tail_.done({});
  // Until it is read again nothing of it counts as read.
  write<ack>(store_cursor{tail_.stream(), {}});
}

void follower_state::take(ride_record&& ride, const results_log_item& item) {
  if (rules_of(ride.key.cls) == nullptr)
    return;
  const auto [entry, first] = rides_.try_emplace(ride.key);
  if (first)
    entry->second.before = tail_.done();
  entry->second.newest = item.at.stored;
  entry->second.rides.push_back(std::move(ride));
}

void follower_state::take(stored_result&& found) {
  const auto* rules = rules_of(found.result.key.cls);
  if (rules == nullptr)
    return;
  auto race = std::make_shared<closed_race>();
  race->result = std::move(found.result);
  race->stamp = found.stamp;
  if (auto rides = rides_.extract(race->result.key))
    race->rides = std::move(rides.mapped().rides);
  std::sort(race->rides.begin(), race->rides.end(), [](const auto& a, const auto& b) { return a.racer < b.racer; });
  race->differs = env_->correct(*race);
  for (const auto& ride : race->rides)
    if (!ride.name.empty())
      env_->names->set(ride.racer, ride.name);
  write<merge_result>(apply_closed{std::move(race), rules->score, false});
}

bool follower_state::merge_held_rides(unix_ms now) {
  const auto old = std::find_if(rides_.begin(), rides_.end(), [&](const auto& entry) {
    // Young ones may belong to a close that was cut short: whoever finishes it ranks them before they are merged.
    const auto closed = entry.second.rides.front().closed;
    return now - entry.second.newest > defaults::held_rides_after &&
           now - closed > std::min<milliseconds>(env_->history_keep.load(), defaults::unfinished_close);
  });
  if (old == rides_.end())
    return false;
  auto rides = std::make_shared<std::vector<ride_record>>(std::move(old->second.rides));
  rides_.erase(old);
  std::sort(rides->begin(), rides->end(), [](const auto& a, const auto& b) { return a.racer < b.racer; });
  env_->correct(*rides);
  if (rides->empty())
    return false;
  const auto rule = rules_of(rides->front().key.cls)->score;
  write<merge_result>(apply_rides{std::move(rides), rule});
  return true;
}

void follower_state::take(stored_bests&& entry) {
  if (rules_of(entry.cls) == nullptr)
    return;
  // Made of rides that do not count any more; the class's owner has told anew.
  if (entry.bests.edits < env_->edits->bests_since(entry.cls, entry.bests.racer))
    return;
  bests_[entry.cls].push_back(std::move(entry.bests));
  if (++bests_waiting_ >= defaults::bests_batch)
    merge_bests();
}

void follower_state::merge_bests() {
  auto batch = bests_.extract(bests_.begin());
  bests_waiting_ -= batch.mapped().size();
  write<applied_bests>(
      apply_bests{batch.key(), std::make_shared<const std::vector<racer_bests>>(std::move(batch.mapped()))});
}

template <class Answer, class Message>
void follower_state::write(Message message) {
  writing_ = true;
  self_->request(store_, defaults::close_deadline, message)
      .then(
          [this, message](const Answer&) {
            writing_ = false;
            again_.succeeded();
            if constexpr (std::is_same_v<Message, apply_closed>)
              pass_on(message.race);
            work();
          },
          [this, message](const caf::error& e) {
            env_->log->warn("follower.delayed", {{"error", self_->system().render(e)}});
            again_.failed(env_->clock->now(), [this, message] { write<Answer>(message); });
          });
}

void follower_state::pass_on(const closed_race_ptr& race) {
  self_->send(calendar_, race);
  const auto [from, to] = fed_.equal_range(race->result.key.cls);
  for (auto fed = from; fed != to; ++fed)
    self_->send(fed->second, race);
}

void follower_state::pass_on(const edited& e) {
  self_->send(calendar_, e);
  for (const auto& [cls, to] : fed_)
    self_->send(to, e);
}

void follower_state::feed(class_id cls, class_actor to) {
  self_->monitor(to);
  fed_.emplace(cls, std::move(to));
}

void follower_state::lost(const caf::down_msg& down) {
  std::erase_if(fed_, [&](const auto& entry) { return entry.second.address() == down.source; });
}

// -- catching up -------------------------------------------------------------------------------------------------------

caf::typed_response_promise<caught_up> follower_state::wait() {
  auto promise = self_->make_response_promise<caught_up>();
  self_->request(editor_, defaults::load_deadline, catch_up{})
      .then([this, promise](caught_up) { tail_.wait(promise, env_->clock->now()); },
            [promise](caf::error& e) mutable { promise.deliver(std::move(e)); });
  return promise;
}

void follower_state::found_end(const stream_end& end) {
  if (!tail_.answers(end))
    return;
  sent_ = end.sent;
  left_ = end.pending;
  env_->counts->results_log_left.set(static_cast<std::int64_t>(left_));
  if (tail_.reached(end) && !writing_ && bests_waiting_ == 0 && !merge_held_rides(env_->clock->now()))
    end_of(end.stream);
}

void follower_state::end_of(record_stream stream) {
  if (stream == record_stream::bests) {
    env_->log->info("follower.bests_read", {{"entries", count_}});
    store_cursor_now();
    return open(record_stream::results, {});
  }
  if (!current_)
    env_->log->info("follower.current", {{"messages", count_}, {"sequence", tail_.done().sequence}});
  current_ = true;
  env_->counts->follower_current.set(1);
  tail_.tell(env_->clock->now());
}

stream_cursor follower_state::safe_cursor() const {
  auto mark = tail_.done();
  for (const auto& [key, waiting] : rides_)
    if (waiting.before.sequence < mark.sequence)
      mark = waiting.before;
  return mark;
}

void follower_state::store_cursor_now() {
  const auto mark = safe_cursor();
  if (mark == kept_)
    return;
  kept_ = mark;
  kept_at_ = env_->clock->now();
  write<ack>(store_cursor{tail_.stream(), mark});
}

void follower_state::look_at_clock() {
  const auto now = env_->clock->now();
  again_.run_if_due(now);
  const bool waits = tail_.somebody_asked() || !current_;
  if (waits && ((left_ == 0 && !tail_.is_asking()) || now - tail_.asked_at() > ask_again))
    tail_.ask_end(now);
  if (!writing_ && now - kept_at_ > defaults::cursor_interval)
    store_cursor_now();
  if (!current_ && now - told_at_ > tell_progress) {
    told_at_ = now;
    env_->log->info("follower.reading",
                    {{"taken", count_}, {"left", left_}, {"sequence", tail_.done().sequence}, {"sent", sent_}});
  }
  const bool busy = waits || again_.waiting() || tail_.somebody_waits();
  self_->delayed_send(self_, busy ? defaults::follow_tick : until_next_beat(now, defaults::follow_rest),
                      alleycat::look_at_clock{});
}

follow_progress follower_state::progress() const {
  return {current_, left_, count_};
}

follower_actor::behavior_type follower(follower_self* self, const actor_context* env, store_actor store,
                                       calendar_actor calendar, editor_actor editor) {
  self->state.start(self, *env, std::move(store), std::move(calendar), std::move(editor));
  return {
      [self](arrived) { self->state.take_items(); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](const stream_end& x) { self->state.found_end(x); },
      [self](const edited& x) { self->state.pass_on(x); },
      [self](const feed_class& x) { self->state.feed(x.cls, caf::actor_cast<class_actor>(self->current_sender())); },
      [self](catch_up) { return self->state.wait(); },
      [self](get_follow_progress) { return self->state.progress(); },
  };
}

} // namespace alleycat

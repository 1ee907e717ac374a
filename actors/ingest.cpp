#include "actors/ingest.hpp"

#include "actors/defaults.hpp"
#include "actors/pace.hpp"
#include "racing/admission.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

constexpr milliseconds forget_race_after{60'000};
constexpr std::uint8_t name_repeats = 3;
/// A timer that is set already serves for what is due so little earlier.
constexpr milliseconds timer_slack{4};

} // namespace

void ingest_state::start(pointer self, const actor_context& env, std::shared_ptr<handoff<arrival>> inbox,
                         registry_actor registry) {
  self_ = self;
  env_ = &env;
  inbox_ = std::move(inbox);
  registry_ = std::move(registry);
  auto me = caf::actor_cast<ingest_actor>(self);
  writer_ = env.journal->open_writer([me](journal_ack ack) { caf::anon_send(me, ack); });
  self_->delayed_send(self_, defaults::ingest_tick, alleycat::look_at_clock{});
}

void ingest_state::take_arrivals() {
  inbox_->take(arrivals_);
  const auto now = env_->clock->now();
  env_->counts->updates_received.add(arrivals_.size());
  const auto steady = env_->clock->steady();
  for (auto& a : arrivals_)
    take(a, now, steady);
  arrivals_.clear();
  commit_due(now);
  env_->counts->updates_unstored.set(static_cast<std::int64_t>(unstored_));
}

void ingest_state::take(arrival& a, unix_ms now, steady_ns steady) {
  if (a.reason != refusal::none)
    return refuse(a.reply_to, a.reason, a.why);
  auto& u = a.content;
  if (const auto reason = judge(u, env_->rules, now); reason != refusal::none)
    return refuse(a.reply_to, reason, explain(reason, u, env_->rules));
  if (const auto why = busy_with(u.cls); !why.empty())
    return refuse(a.reply_to, refusal::busy, why);

  const race_key key{u.cls, u.race};
  auto known = races_.find(key);
  const bool first = known == races_.end();
  if (first)
    known = races_.try_emplace(key, env_->journal_linger.load(), env_->ownership->nodes()).first;
  auto& race = known->second;
  if (first)
    self_->send(registry_, race_hint{key});
  race.last_use = now;
  auto& rider = race.rider(u.racer);
  write_name_or_not(rider, u.name);
  if (!std::exchange(race.lingers, true))
    lingering_.push_back(&*known);
  race.policy.arrived(rider.round, now);
  race.pending.push_back({u.racer, u.second, u.device_timestamp, u.measured, u.wants_view, std::move(u.name)});
  if (planted_fault("ack_early") && !a.reply_to.empty())
    env_->answers->stored(std::exchange(a.reply_to, {}), journal_position{1});
  race.waiting.push_back({std::move(a.reply_to), steady});
  ++unstored_;
  if (race.pending.size() >= defaults::batch_limit && race.in_flight < defaults::batches_in_flight)
    commit(key, race);
}

std::string_view ingest_state::busy_with(class_id cls) const {
  if (flushing_)
    return "this node is leaving";
  if (unstored_ >= defaults::unstored_limit)
    return "the journal does not keep up";
  if (env_->journal->fill_percent(cls) >= defaults::busy_from_percent)
    return "the journal is nearly full: what is left of it belongs to the races' ends";
  if (!env_->ownership->may_ingest())
    return "the clocks of this node and of the journal differ by more than a second";
  return {};
}

ingest_state::known_rider& ingest_state::open_race::rider(racer_id racer) {
  if (const auto known = row_of.find(racer))
    return riders[*known];
  row_of.insert(racer, static_cast<racer_index::row>(riders.size()));
  return riders.emplace_back();
}

void ingest_state::write_name_or_not(known_rider& rider, std::string& sent) {
  if (sent.empty())
    return;
  if (rider.name != sent) {
    rider.name = sent;
    rider.times = 1;
  } else if (rider.times < name_repeats) {
    ++rider.times;
  } else {
    sent.clear();
  }
}

void ingest_state::commit_due(unix_ms now) {
  std::optional<unix_ms> next;
  for (auto* const entry : lingering_) {
    auto& [key, race] = *entry;
    while (!race.pending.empty() && race.in_flight < defaults::batches_in_flight &&
           (race.pending.size() >= defaults::batch_limit || race.policy.due() <= now))
      commit(key, race);
    // A race with too many batches on their way is looked at again when one of them is settled.
    if (!race.pending.empty() && race.in_flight < defaults::batches_in_flight)
      next = std::min(next.value_or(race.policy.due()), race.policy.due());
  }
  forget_empty();
  if (next)
    wake_at(*next, now);
}

void ingest_state::wake_at(unix_ms due, unix_ms now) {
  // Setting a timer wakes CAF's clock. While updates come, they are looked at anyway.
  if (wake_up_ && *wake_up_ <= due + timer_slack)
    return;
  wake_up_ = due;
  if (due <= now)
    self_->send(self_, linger_over{due});
  else
    self_->delayed_send(self_, due - now, linger_over{due});
}

void ingest_state::commit_due(linger_over which) {
  if (wake_up_ != which.due)
    return;
  wake_up_.reset();
  commit_due(env_->clock->now());
}

void ingest_state::commit_all() {
  for (auto& [key, race] : races_)
    while (!race.pending.empty() && race.in_flight < defaults::batches_in_flight)
      commit(key, race);
  forget_empty();
}

void ingest_state::forget_empty() {
  std::erase_if(lingering_, [](auto* entry) {
    entry->second.lingers = !entry->second.pending.empty();
    return !entry->second.lingers;
  });
}

void ingest_state::commit(race_key key, open_race& race) {
  sent_batch sent{key, {}, {}, env_->clock->now(), env_->clock->steady()};
  if (race.pending.size() <= defaults::batch_limit) {
    sent.batch.swap(race.pending);
    sent.waiting.swap(race.waiting);
    race.pending.reserve(sent.batch.size());
    race.waiting.reserve(sent.batch.size());
  } else {
    const auto cut = static_cast<std::ptrdiff_t>(defaults::batch_limit);
    sent.batch.assign(std::make_move_iterator(race.pending.begin()),
                      std::make_move_iterator(race.pending.begin() + cut));
    sent.waiting.assign(std::make_move_iterator(race.waiting.begin()),
                        std::make_move_iterator(race.waiting.begin() + cut));
    race.pending.erase(race.pending.begin(), race.pending.begin() + cut);
    race.waiting.erase(race.waiting.begin(), race.waiting.begin() + cut);
  }
  if (race.pending.empty())
    race.policy.committed();
  if (!is_before_deadline(key, defaults::retry_margin)) {
    give_up(sent, refusal::not_stored, "the journal did not keep up until the race's deadline");
    less_unstored(sent.batch.size());
    return;
  }
  ++race.in_flight;
  const auto token = next_token_++;
  env_->counts->batches_sent.add();
  failpoint("ingest.append");
  writer_->append(key, sent.batch, token);
  in_flight_.emplace(token, std::move(sent));
}

void ingest_state::settle(const journal_ack& ack) {
  const auto found = in_flight_.find(ack.token);
  if (found == in_flight_.end())
    return; // a repeated batch confirmed twice
  const auto& batch = found->second;
  failpoint("ingest.answer");
  switch (ack.what) {
  case journal_ack::outcome::stored:
    if (!is_before_deadline(batch.key, defaults::answer_margin)) {
      give_up(batch, refusal::not_stored, "the journal confirmed too late: the race may have ended before");
      break;
    }
    env_->counts->batches_stored.add();
    env_->counts->updates_acknowledged.add(batch.batch.size());
    observe_stored(batch);
    for (const auto& [reply_to, since] : batch.waiting)
      if (!reply_to.empty())
        env_->answers->stored(reply_to, ack.position);
    break;
  case journal_ack::outcome::full:
    env_->counts->batches_no_room.add();
    give_up(batch, refusal::busy, "the journal is full");
    break;
  case journal_ack::outcome::failed:
    // Nothing was stored: sent again like one that was not answered.
    env_->counts->batches_failed.add();
    return;
  }
  finish(found);
}

void ingest_state::finish(std::map<std::uint64_t, sent_batch>::iterator batch) {
  const auto settled = batch->second.batch.size();
  const auto race = races_.find(batch->second.key);
  in_flight_.erase(batch);
  --race->second.in_flight;
  if (!race->second.pending.empty())
    commit_due(env_->clock->now());
  less_unstored(settled);
}

void ingest_state::observe_stored(const sent_batch& batch) const {
  const auto now = env_->clock->steady();
  env_->counts->journal_commit.observe(now - batch.sent_steady);
  // Updates that came together waited equally long.
  for (auto first = batch.waiting.begin(); first != batch.waiting.end();) {
    const auto next =
        std::find_if(first, batch.waiting.end(), [&](const waiter& other) { return other.since != first->since; });
    env_->counts->acknowledgement.observe(now - first->since, static_cast<std::uint64_t>(next - first));
    first = next;
  }
}

void ingest_state::note_oldest() const {
  const auto now = env_->clock->steady();
  auto oldest = now;
  for (const auto& [token, batch] : in_flight_)
    oldest = std::min(oldest, batch.waiting.front().since);
  for (const auto& [key, race] : races_)
    if (!race.waiting.empty())
      oldest = std::min(oldest, race.waiting.front().since);
  env_->counts->oldest_unstored_ms.set(std::chrono::duration_cast<milliseconds>(now - oldest).count());
}

void ingest_state::less_unstored(std::size_t settled) {
  unstored_ -= settled;
  env_->counts->updates_unstored.set(static_cast<std::int64_t>(unstored_));
  if (flushing_ && unstored_ == 0 && flush_promise_.pending())
    flush_promise_.deliver(flushed{0});
}

bool ingest_state::is_before_deadline(race_key key, milliseconds margin) const {
  const auto& rules = env_->rules.race;
  return rules.admit == admission::any || env_->clock->now() <= rules.deadline_of(key.race) - margin;
}

void ingest_state::give_up(const sent_batch& batch, refusal reason, std::string_view why) {
  // A name in a lost batch must be written again with the next update.
  auto& race = races_.at(batch.key);
  for (const auto& u : batch.batch)
    if (!u.name.empty())
      race.rider(u.racer).times = 0;
  for (const auto& [reply_to, since] : batch.waiting)
    refuse(reply_to, reason, why);
}

void ingest_state::look_at_clock() {
  const auto now = env_->clock->now();
  for (auto i = in_flight_.begin(); i != in_flight_.end();) {
    const auto current = i++;
    auto& batch = current->second;
    if (now - batch.sent < defaults::ack_deadline)
      continue;
    if (!is_before_deadline(batch.key, defaults::retry_margin)) {
      give_up(batch, refusal::not_stored, "the journal did not confirm before the race's deadline");
      finish(current);
      continue;
    }
    batch.sent = now;
    batch.sent_steady = env_->clock->steady();
    env_->counts->batches_resent.add();
    writer_->append(batch.key, batch.batch, current->first);
  }
  note_oldest();
  std::erase_if(races_, [&](const auto& entry) {
    const auto& race = entry.second;
    return race.in_flight == 0 && race.pending.empty() && now - race.last_use > forget_race_after;
  });
  self_->delayed_send(self_, unstored_ == 0 ? until_next_beat(now, defaults::ingest_rest) : defaults::ingest_tick,
                      alleycat::look_at_clock{});
}

void ingest_state::refuse(const std::string& reply_to, refusal reason, std::string_view why) {
  env_->counts->updates_refused[static_cast<std::size_t>(reason)].add();
  if (!reply_to.empty())
    env_->answers->refused(reply_to, reason, why);
}

caf::typed_response_promise<flushed> ingest_state::flush() {
  flushing_ = true;
  flush_promise_ = self_->make_response_promise<flushed>();
  take_arrivals();
  commit_all();
  if (unstored_ == 0)
    flush_promise_.deliver(flushed{0});
  return flush_promise_;
}

ingest_actor::behavior_type ingest(ingest_self* self, const actor_context* env, std::shared_ptr<handoff<arrival>> inbox,
                                   registry_actor registry) {
  self->state.start(self, *env, std::move(inbox), std::move(registry));
  return {
      [self](arrived) { self->state.take_arrivals(); },
      [self](linger_over which) { self->state.commit_due(which); },
      [self](const journal_ack& ack) { self->state.settle(ack); },
      [self](look_at_clock) { self->state.look_at_clock(); },
      [self](flush_pending) { return self->state.flush(); },
  };
}

} // namespace alleycat

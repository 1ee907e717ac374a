#include "cluster/ownership.hpp"

#include "cluster/rule_text.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace alleycat {

ownership::ownership(ownership_settings settings)
    : set_{std::move(settings)}, members_{set_.name, set_.protocol, set_.rules_digest, set_.timing}, pulse_{
                                                                                                         set_.timing} {
  for (const auto cls : set_.classes)
    places_[entity::of(cls)].wanted = true;
}

// -- inputs ------------------------------------------------------------------------------------------------------------

void ownership::begin(steady_ms now) {
  const auto gap = now - now_;
  const bool paused = began_ && gap >= set_.timing.pause;
  began_ = true;
  now_ = std::max(now_, now);
  if (paused && incarnation_ != 0 && !over_) {
    if (trust_ != trust::suspect)
      emit(trust_changed{trust_ = trust::suspect});
    suspect_ = true;
    suspect_read_ = false;
    suspect_counter_ = pulse_.last_counter() + 1;
    suspect_token_ = ++token_;
    reread_at_ = now_ + set_.timing.reread;
    emit(read_entries{token_});
    beat(drain_since_ ? member_state::draining : member_state::serving);
  }
  members_.advance(now_, !paused && pulse_.counting(now_));
}

commands ownership::finish() {
  review();
  return std::exchange(out_, {});
}

commands ownership::tick(steady_ms now) {
  begin(now);
  return finish();
}

commands ownership::take(steady_ms now, const bucket_event& event) {
  begin(now);
  if (!over_)
    std::visit([this](const auto& x) { take_event(x); }, event);
  return finish();
}

commands ownership::listed(steady_ms now, const std::vector<race_key>& races) {
  begin(now);
  std::vector<entity> open;
  open.reserve(races.size());
  for (const auto key : races)
    open.push_back(entity::of(key));
  std::sort(open.begin(), open.end());
  for (const auto& what : open)
    places_[what];
  for (auto& [what, at] : places_)
    if (!what.is_class()) {
      at.wanted = std::binary_search(open.begin(), open.end(), what);
      if (at.wanted || at.running)
        at.unlisted_since.reset();
      else if (!at.unlisted_since)
        at.unlisted_since = members_.observed();
      else if (members_.observed() - *at.unlisted_since >= set_.timing.sweep && !is_held(what))
        claims_.end(what);
    }
  std::erase_if(places_, [this](const auto& entry) {
    const auto& [what, at] = entry;
    if (what.is_class() || at.wanted || at.running || at.trying || at.hand || !claims_.keys(what).empty())
      return false;
    claims_.forget(what);
    return true;
  });
  return finish();
}

commands ownership::hint(steady_ms now, race_key race) {
  begin(now);
  places_[entity::of(race)].wanted = true;
  return finish();
}

commands ownership::ended(steady_ms now, race_key race) {
  begin(now);
  const auto what = entity::of(race);
  claims_.end(what);
  auto& at = places_[what];
  at.running.reset();
  at.hand.reset();
  at.ended_here = true;
  return finish();
}

commands ownership::outside(steady_ms now, epoch highest) {
  begin(now);
  if (outside_ == look::asked) {
    claims_.saw_outside(highest);
    outside_ = look::known;
    // Maybe what was found belongs to this very bucket, and its generation is still on its way to us: wait for a heartbeat
    // that was stored after it.
    outside_counter_ = pulse_.last_counter() + (highest == epoch{} ? 0 : 1);
    if (highest != epoch{})
      beat(drain_since_ ? member_state::draining : member_state::serving);
  }
  return finish();
}

commands ownership::noted(steady_ms now, std::uint64_t generation) {
  begin(now);
  noted_ = std::max(noted_, generation);
  return finish();
}

commands ownership::met(steady_ms now, const entity& what, epoch at) {
  begin(now);
  places_[what];
  claims_.saw_outside(what, at);
  return finish();
}

commands ownership::recovered(steady_ms now, const entity& what) {
  begin(now);
  if (const auto found = places_.find(what); found != places_.end())
    found->second.ready = found->second.running.has_value();
  return finish();
}

commands ownership::preloaded(steady_ms now, const entity& what, const std::string& by) {
  begin(now);
  if (const auto found = places_.find(what); found != places_.end())
    if (auto& hand = found->second.hand; hand && hand->to == by)
      hand->preloaded = true;
  return finish();
}

commands ownership::stopped(steady_ms now, const entity& what) {
  begin(now);
  if (const auto found = places_.find(what); found != places_.end())
    if (auto& hand = found->second.hand; hand && hand->at == step::stopping)
      hand->at = step::releasing;
  return finish();
}

commands ownership::connection_down(steady_ms now, const std::string& member) {
  begin(now);
  members_.connection_down(member);
  return finish();
}

commands ownership::drain(steady_ms now) {
  begin(now);
  if (!drain_since_ && !over_) {
    drain_since_ = now_;
    if (incarnation_ != 0)
      beat(member_state::draining);
  }
  return finish();
}

// -- what the bucket tells ---------------------------------------------------------------------------------------------

void ownership::take_event(const create_outcome& outcome) {
  const auto found = attempts_.find(outcome.key);
  if (found == attempts_.end() || found->second.at != stage::creating)
    return;
  if (outcome.outcome == creation::created) {
    learn({outcome.key, found->second.value});
    return;
  }
  found->second.at = stage::reading;
  emit(read_entry{outcome.key});
}

void ownership::take_event(const read_outcome& outcome) {
  const auto found = attempts_.find(outcome.entry.key);
  if (found == attempts_.end() || found->second.at != stage::reading)
    return;
  if (outcome.outcome == finding::found) {
    learn(outcome.entry);
    return;
  }
  found->second.at = outcome.outcome == finding::absent ? stage::create_later : stage::read_later;
  found->second.again = now_ + set_.timing.retry;
}

void ownership::take_event(const entries_read& read) {
  if (incarnation_ == 0)
    incarnation_ = next_incarnation(own_seen_, set_.starts, set_.salt);
  entries_read_ = true;
  suspect_read_ = suspect_read_ || (suspect_ && read.token >= suspect_token_);
}

void ownership::take_event(const bucket_lost&) {
  claims_.lose_bucket();
  attempts_.clear();
  for (auto& [what, at] : places_)
    at.trying = false;
  entries_read_ = false;
  rules_seen_ = false;
  outside_ = look::needed;
  // Stale clocks begin anew with the first heartbeat that comes back.
  pulse_.begin_anew();
}

void ownership::learn(const bucket_entry& entry) {
  // A copy: what the entry refers to may be settled away.
  const auto told = entry;
  settle(told.key);
  if (const auto key = parse_bucket_key(told.key))
    std::visit([&](const auto& k) { learn_key(k, told); }, *key);
}

void ownership::learn_key(const node_key& key, const bucket_entry& entry) {
  const auto beat = entry.deleted ? std::nullopt : parse_heartbeat(key.name, entry.value);
  if (!beat)
    return;
  if (key.name != set_.name) {
    members_.saw(*beat);
    return;
  }
  saw_own_name(beat->incarnation);
  if (incarnation_ == 0 || beat->incarnation != incarnation_)
    return;
  const bool was_stale = pulse_.stale(now_);
  pulse_.came_back(beat->counter);
  if (was_stale && !pulse_.stale(now_))
    members_.restart_clocks();
}

void ownership::learn_key(const claim_key& key, const bucket_entry& entry) {
  places_[key.what];
  if (entry.deleted) {
    claims_.saw_deleted(key);
    return;
  }
  // One that we do not understand: nobody's, but its epoch is used.
  const auto what = parse_claim(entry.value).value_or(claim{"", 0, true, ""});
  claims_.saw(key, what);
  if (what.owner == set_.name)
    saw_own_name(what.incarnation);
  else if (!what.release)
    members_.saw_owner(what.owner, what.incarnation);
}

void ownership::learn_key(const generation_key& key, const bucket_entry&) {
  claims_.saw_generation(key.number);
}

void ownership::learn_key(const rules_key&, const bucket_entry& entry) {
  rules_seen_ = true;
  if (entry.deleted || entry.value == set_.rules)
    return;
  std::string why = "the rules of this node are not those of the cluster:";
  for (const auto& words : rule_differences(set_.rules, entry.value))
    why += "\n  " + words;
  refuse(why);
}

/// Another process has our name when it has a higher incarnation than we.
void ownership::saw_own_name(std::uint64_t incarnation) {
  own_seen_ = std::max(own_seen_, incarnation);
  if (incarnation_ != 0 && incarnation > incarnation_)
    refuse("another process runs under the name " + set_.name + ", and was started later");
}

// -- what is written ---------------------------------------------------------------------------------------------------

void ownership::create(const std::string& key, std::string value, std::optional<entity> what) {
  const auto [at, fresh] = attempts_.try_emplace(key, attempt{std::move(value), what, stage::creating, 0});
  if (fresh)
    emit(create_entry{key, at->second.value});
}

void ownership::settle(const std::string& key) {
  const auto found = attempts_.find(key);
  if (found == attempts_.end())
    return;
  if (found->second.what)
    places_[*found->second.what].trying = false;
  attempts_.erase(found);
}

void ownership::try_again() {
  std::vector<std::string> given_up;
  for (auto& [key, tried] : attempts_) {
    if (now_ < tried.again)
      continue;
    if (tried.at == stage::create_later)
      given_up.push_back(key); // to be decided anew
    else if (tried.at == stage::read_later) {
      tried.at = stage::reading;
      emit(read_entry{key});
    }
  }
  for (const auto& key : given_up)
    settle(key);
}

void ownership::beat(member_state state) {
  heartbeat out;
  out.name = set_.name;
  out.incarnation = incarnation_;
  out.counter = pulse_.beat(now_);
  out.address = set_.address;
  out.started = set_.started;
  out.rules = set_.rules_digest;
  out.protocol = set_.protocol;
  out.state = state;
  out.load = load_;
  out.load.classes = out.load.races = 0;
  for (const auto& [what, at] : places_)
    if (at.running)
      ++(what.is_class() ? out.load.classes : out.load.races);
  emit(put_entry{to_text(node_key{set_.name}), to_text(out)});
}

void ownership::refuse(const std::string& why) {
  for (auto& [what, at] : places_)
    if (at.running)
      stop(what, at, stop_reason::lost);
  emit(give_up{why});
  over_ = true;
}

// -- queries -----------------------------------------------------------------------------------------------------------

std::optional<ownership::owner> ownership::owner_of(const entity& what) const {
  const auto* latest = claims_.latest(what);
  if (latest == nullptr || latest->what.release || claims_.is_over(what))
    return std::nullopt;
  if (!ours(latest->what) &&
      (latest->what.owner == set_.name || !members_.stands(latest->what.owner, latest->what.incarnation)))
    return std::nullopt;
  return owner{latest->what.owner, latest->what.incarnation, latest->at};
}

std::vector<ownership::owned> ownership::own() const {
  std::vector<owned> all;
  for (const auto& [what, at] : places_)
    if (at.running)
      all.push_back({what, *at.running, at.ready});
  return all;
}

std::vector<entity> ownership::known() const {
  std::vector<entity> all;
  for (const auto& [what, at] : places_)
    if (at.wanted && !claims_.is_over(what))
      all.push_back(what);
  return all;
}

bool ownership::is_held(const entity& what) const {
  const auto* latest = claims_.latest(what);
  return latest != nullptr && latest->holds && owner_of(what);
}

bool ownership::is_current(const entity& what, epoch at) const {
  const auto* latest = claims_.latest(what);
  return latest == nullptr || at >= latest->at;
}

steady_ms ownership::trusted_until() const {
  return trust_ == trust::suspect ? std::numeric_limits<steady_ms>::min() : now_ + set_.timing.pause;
}

} // namespace alleycat

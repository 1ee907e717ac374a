#include "cluster/ownership.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

constexpr int most_strikes = 5;
constexpr int most_retry_doublings = 3;
constexpr std::size_t most_unreadable = 100;

} // namespace

ownership::ownership(ownership_settings settings)
    : set_{std::move(settings)}, members_{set_.name, set_.protocol, set_.rules_digest, set_.timing}, pulse_{
                                                                                                         set_.timing} {
  ALLEYCAT_CHECK(is_node_name(set_.name));
  ALLEYCAT_CHECK(consistent(set_.timing));
  for (const auto cls : set_.classes)
    places_[cls];
}

// -- inputs ------------------------------------------------------------------------------------------------------------

void ownership::begin(steady_time now) {
  ALLEYCAT_CHECK(!began_ || now >= now_);
  const bool paused = began_ && now - now_ >= set_.timing.pause;
  if (!began_)
    began_ = struck_at_ = now;
  now_ = now;
  if (paused)
    wake();
  members_.advance(now_, !paused && pulse_.counting(now_));
}

/// This process did not run for a while.
void ownership::wake() {
  if (ready_since_)
    ready_since_ = now_;
  if (incarnation_ == 0 || over_)
    return;
  if (trust_ != trust::suspect)
    emit(trust_changed{trust_ = trust::suspect});
  suspect_ = true;
  suspect_read_ = false;
  suspect_counter_ = pulse_.last_counter() + 1;
  suspect_token_ = ++token_;
  reread_at_ = now_ + set_.timing.reread;
  emit(read_entries{token_});
  beat();
}

commands ownership::finish() {
  review();
  check_places();
  return std::exchange(out_, {});
}

void ownership::check_places() const {
  ALLEYCAT_CHECK(trust_ != trust::fresh || (incarnation_ != 0 && entries_read_ && !suspect_));
  std::size_t claiming = 0;
  for (const auto& [cls, here] : places_) {
    claiming += here.claiming ? 1 : 0;
    if (here.running)
      ALLEYCAT_CHECK(!over_ && here.running->first != epoch{} && here.running->owner_epoch >= here.running->first);
    if (here.hand && !over_)
      ALLEYCAT_CHECK((here.hand->stage == step::offered) == here.running.has_value());
  }
  for (const auto& [key, tried] : attempts_)
    if (tried.cls) {
      ALLEYCAT_CHECK(places_.at(*tried.cls).claiming);
      --claiming;
    }
  ALLEYCAT_CHECK(claiming == 0);
}

commands ownership::tick(steady_time now) {
  begin(now);
  return finish();
}

commands ownership::on_bucket(steady_time now, std::span<const bucket_event> events) {
  begin(now);
  for (const auto& event : events)
    if (!over_)
      std::visit([this](const auto& x) { on_event(x); }, event);
  return finish();
}

commands ownership::outside(steady_time now, epoch highest) {
  begin(now);
  if (outside_ == look::asked) {
    claims_.saw_outside(highest);
    outside_ = look::known;
    if (highest == epoch{}) {
      outside_counter_ = pulse_.last_counter();
    } else if (!over_) {
      // Maybe what was found belongs to this very bucket, and its generation is still on its way to us: wait for a heartbeat
      // that was stored after it.
      outside_counter_ = pulse_.last_counter() + 1;
      beat();
    }
  }
  return finish();
}

commands ownership::noted(steady_time now, std::uint64_t generation) {
  begin(now);
  noted_ = std::max(noted_, generation);
  return finish();
}

commands ownership::met(steady_time now, class_id cls, epoch owner_epoch) {
  begin(now);
  claims_.saw_outside(cls, owner_epoch);
  return finish();
}

commands ownership::health(steady_time now, bool fit, bool ready) {
  begin(now);
  const bool changed = fit != fit_ || ready != ready_;
  fit_ = fit;
  ready_ = ready;
  if (!fit && !unfit_since_)
    unfit_since_ = now_;
  if (fit)
    unfit_since_.reset();
  if (fit && ready && !ready_since_)
    ready_since_ = now_;
  if (!fit || !ready)
    ready_since_.reset();
  if (changed && incarnation_ != 0 && !over_)
    beat();
  return finish();
}

commands ownership::recovered(steady_time now, class_id cls, epoch owner_epoch) {
  begin(now);
  if (const auto found = places_.find(cls); found != places_.end())
    if (auto& running = found->second.running; running && owner_epoch >= running->first) {
      running->ready = true;
      found->second.failures = 0;
    }
  return finish();
}

commands ownership::preloaded(steady_time now, class_id cls, const std::string& by) {
  begin(now);
  if (const auto found = places_.find(cls); found != places_.end())
    if (auto& hand = found->second.hand; hand && hand->to == by)
      hand->preloaded = true;
  return finish();
}

commands ownership::stopped(steady_time now, class_id cls, epoch owner_epoch) {
  begin(now);
  if (const auto found = places_.find(cls); found != places_.end())
    if (auto& hand = found->second.hand; hand && hand->stage == step::stopping && owner_epoch == hand->owner_epoch)
      hand->stage = step::releasing;
  return finish();
}

commands ownership::connection_down(steady_time now, const std::string& member) {
  begin(now);
  members_.connection_down(member);
  return finish();
}

commands ownership::drain(steady_time now) {
  begin(now);
  if (!drain_since_ && !over_) {
    drain_since_ = now_;
    if (incarnation_ != 0)
      beat();
  }
  return finish();
}

// -- what the bucket tells ---------------------------------------------------------------------------------------------

void ownership::on_event(const create_outcome& outcome) {
  const auto found = attempts_.find(outcome.key);
  if (found == attempts_.end() || found->second.step != stage::creating)
    return;
  if (outcome.outcome == creation::created) {
    learn({outcome.key, found->second.value, false, {}});
    return;
  }
  found->second.step = stage::reading;
  emit(read_entry{outcome.key});
}

void ownership::on_event(const read_outcome& outcome) {
  const auto found = attempts_.find(outcome.entry.key);
  if (found == attempts_.end() || found->second.step != stage::reading)
    return;
  if (outcome.outcome == finding::found) {
    learn(outcome.entry);
    return;
  }
  auto& tried = found->second;
  tried.step = outcome.outcome == finding::absent ? stage::create_later : stage::read_later;
  tried.retry_at = now_ + set_.timing.retry * (1 << std::min(tried.failures++, most_retry_doublings));
}

void ownership::on_event(const entries_begin&) {
  claims_.begin_reading();
}

void ownership::on_event(const entries_read& read) {
  if (incarnation_ == 0)
    incarnation_ = next_incarnation(own_seen_, set_.starts, set_.salt);
  claims_.end_reading();
  entries_read_ = true;
  suspect_read_ = suspect_read_ || (suspect_ && read.token >= suspect_token_);
}

void ownership::on_event(const bucket_lost&) {
  claims_.lose_bucket();
  attempts_.clear();
  for (auto& [cls, here] : places_)
    here.claiming = false;
  entries_read_ = false;
  rules_.clear();
  bucket_format_ = 1;
  outside_ = look::needed;
  bucket_lost_at_ = members_.observed();
  // Stale clocks restart with the first heartbeat that comes back.
  pulse_.restart();
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
    claims_.saw_highest(beat->highest);
    return;
  }
  saw_own_name(beat->incarnation);
  if (incarnation_ == 0 || beat->incarnation != incarnation_)
    return;
  const bool was_stale = pulse_.stale(now_);
  pulse_.came_back(beat->counter);
  if (was_stale && !pulse_.stale(now_))
    members_.restart_clocks();
  if (!joined_)
    joined_ = members_.observed();
}

void ownership::learn_key(const claim_key& key, const bucket_entry& entry) {
  if (entry.deleted) {
    claims_.saw_deleted(key);
    return;
  }
  const auto readable = parse_claim(entry.value);
  if (!readable && unreadable_.size() < most_unreadable && unreadable_.insert(entry.key).second)
    emit(report_oddity{entry.key + " cannot be read: taken for somebody's claim"});
  const auto what = readable.value_or(claim{});
  claims_.saw(key, what);
  if (what.owner == set_.name)
    saw_own_name(what.incarnation);
  else if (!what.release && readable)
    members_.saw_owner(what.owner, what.incarnation);
}

void ownership::learn_key(const generation_key& key, const bucket_entry&) {
  claims_.saw_generation(key.number);
}

void ownership::learn_key(const rules_key& key, const bucket_entry& entry) {
  if (!rules_.contains(key.number))
    rules_seen_at_ = members_.observed();
  rules_[key.number] = entry.deleted ? std::nullopt : std::optional{entry.value};
}

void ownership::learn_key(const format_key& key, const bucket_entry&) {
  bucket_format_ = std::max(bucket_format_, key.number);
  format_ = std::max(format_, key.number);
}

/// Another process has our name when it has a higher incarnation than we.
void ownership::saw_own_name(std::uint64_t incarnation) {
  own_seen_ = std::max(own_seen_, incarnation);
  if (incarnation_ != 0 && incarnation > incarnation_)
    refuse("another process runs under the name " + set_.name + ", and was started later");
}

// -- what is written ---------------------------------------------------------------------------------------------------

void ownership::create(const std::string& key, std::string value, std::optional<class_id> cls) {
  ALLEYCAT_CHECK(entries_read_ && !over_);
  const auto [tried, fresh] = attempts_.try_emplace(key);
  if (!fresh)
    return;
  tried->second.value = std::move(value);
  tried->second.cls = cls;
  emit(create_entry{key, tried->second.value});
}

void ownership::settle(const std::string& key) {
  const auto found = attempts_.find(key);
  if (found == attempts_.end())
    return;
  if (found->second.cls)
    places_[*found->second.cls].claiming = false;
  attempts_.erase(found);
}

void ownership::retry_attempts() {
  std::vector<std::string> given_up;
  for (auto& [key, tried] : attempts_) {
    if (now_ < tried.retry_at)
      continue;
    if (tried.step == stage::create_later)
      given_up.push_back(key); // to be decided anew
    else if (tried.step == stage::read_later) {
      tried.step = stage::reading;
      emit(read_entry{key});
    }
  }
  for (const auto& key : given_up)
    settle(key);
}

heartbeat ownership::own_heartbeat(member_state state) const {
  heartbeat beat;
  beat.name = set_.name;
  beat.incarnation = incarnation_;
  beat.counter = pulse_.last_counter();
  beat.address = set_.address;
  beat.started = set_.started;
  beat.version = set_.version;
  beat.rules = set_.rules_digest;
  beat.agreed = agreed_;
  beat.protocol = set_.protocol;
  beat.reads = set_.reads;
  beat.writes = format_;
  beat.state = state;
  beat.fit = fit_;
  beat.ready = ready_;
  beat.steady = steady();
  beat.highest = claims_.highest();
  beat.clock_ahead_ms = static_cast<std::int32_t>(clock_ahead_.count());
  beat.load = load_;
  beat.load.classes = static_cast<std::uint32_t>(own().size());
  return beat;
}

void ownership::beat(member_state state) {
  ALLEYCAT_CHECK(incarnation_ != 0 && !over_);
  pulse_.beat(now_);
  const auto out = own_heartbeat(state);
  shown_ = fitness_of(out);
  emit(put_entry{to_text(node_key{set_.name}), to_text(out)});
}

bool ownership::steady() const {
  return ready_since_ && now_ - *ready_since_ >= with_strikes(set_.timing.steady);
}

/// Trouble that shows at several classes at once is one strike.
void ownership::strike() {
  if (now_ - struck_at_ >= set_.timing.beat || strikes_ == 0)
    strikes_ = std::min(strikes_ + 1, most_strikes);
  struck_at_ = now_;
}

void ownership::refuse(const std::string& why) {
  for (auto& [cls, here] : places_)
    if (here.running)
      stop(cls, here, stop_reason::lost);
  emit(give_up{why});
  over_ = true;
}

// -- queries -----------------------------------------------------------------------------------------------------------

std::optional<ownership::owner> ownership::owner_of(class_id cls) const {
  const auto* latest = claims_.latest(cls);
  if (latest == nullptr || latest->what.release || latest->what.owner.empty())
    return std::nullopt;
  const auto& what = latest->what;
  if (!ours(what) && (what.owner == set_.name || !members_.stands(what.owner, what.incarnation)))
    return std::nullopt;
  return owner{what.owner, what.incarnation, latest->owner_epoch, what.since};
}

std::vector<ownership::owned> ownership::own() const {
  std::vector<owned> all;
  for (const auto& [cls, here] : places_)
    if (here.running)
      all.push_back({cls, here.running->owner_epoch, here.running->ready});
  return all;
}

bool ownership::is_current(class_id cls, epoch owner_epoch) const {
  const auto* latest = claims_.latest(cls);
  return latest == nullptr || owner_epoch >= latest->owner_epoch;
}

std::vector<ownership::member_view> ownership::members_seen() const {
  const auto living = [](const heartbeat& beat) {
    return beat.state != member_state::serving ? life::draining : beat.fit ? life::live : life::unfit;
  };
  std::vector<member_view> all;
  for (const auto& [name, who] : members_.all())
    if (!who.last.address.empty() && who.last.state != member_state::left)
      all.push_back({who.last, who.alive ? living(who.last) : life::dead});
  const auto own = own_heartbeat(drain_since_ ? member_state::draining : member_state::serving);
  const auto after = [&](const member_view& other) { return other.last.name > set_.name; };
  all.insert(std::find_if(all.begin(), all.end(), after), {own, living(own)});
  return all;
}

steady_time ownership::trusted_until() const {
  return trust_ == trust::suspect || over_ ? steady_time::min()
                                           : std::min(now_ + set_.timing.pause, pulse_.proven_until());
}

} // namespace alleycat

#include "cluster/ownership.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

/// Claims of a class that stay in the bucket, for people who look.
constexpr std::size_t claims_kept = 8;
constexpr milliseconds erase_pause{60'000};

} // namespace

/// Everything that follows from what is known now.
void ownership::review() {
  if (over_)
    return;
  retry_attempts();
  if (incarnation_ != 0 && pulse_.due(now_))
    beat();
  notice_peers();
  for (auto& sentence : claims_.take_reports())
    emit(report_oddity{std::move(sentence)});
  stop_overtaken();
  agree();
  if (over_)
    return;
  judge_trust();
  if (trust_ == trust::fresh) {
    let_go_of_what_fails();
    for (auto& [cls, here] : places_)
      decide(cls, here);
    balance();
  }
  if (drain_since_)
    drain_on();
  if (strikes_ > 0 && now_ - struck_at_ >= set_.timing.forgive) {
    --strikes_;
    struck_at_ = now_;
  }
}

void ownership::notice_peers() {
  for (auto& change : members_.take_changes())
    if (change.up)
      emit(peer_up{change.last, members_.speaks_with_us(change.last)});
    else
      emit(peer_down{change.last});
  std::vector<std::string> old;
  for (const auto& [name, who] : members_.all())
    if (!who.alive && members_.observed() - who.silent_since >= set_.timing.forget)
      old.push_back(name);
  for (const auto& name : old) {
    members_.forget(name);
    // One of us is enough.
    if (serving() && (members_.contenders().empty() || set_.name < members_.contenders().front().name))
      emit(erase_entry{to_text(node_key{name})});
  }
}

void ownership::stop_overtaken() {
  for (auto& [cls, here] : places_) {
    if (!here.running && !here.hand)
      continue;
    const auto* latest = claims_.latest(cls);
    const auto mine = here.running ? here.running->owner_epoch : here.hand->owner_epoch;
    // Somebody else by our own epoch: the bucket was lost, and nobody there had ever heard of ours.
    const auto* rival = claims_.in_bucket({cls, mine});
    const bool overtaken = latest != nullptr && latest->owner_epoch > mine && !ours(latest->what) &&
                           !(latest->what.release && latest->what.owner.empty());
    if (!overtaken && (rival == nullptr || ours(*rival)))
      continue;
    drop_offer(cls, here);
    if (!here.running)
      continue;
    stop(cls, here, stop_reason::fenced);
    strike();
  }
}

void ownership::judge_trust() {
  if (suspect_ && suspect_read_ && pulse_.last_back() >= suspect_counter_)
    suspect_ = false;
  if (suspect_ && !suspect_read_ && now_ >= reread_at_) {
    reread_at_ = now_ + set_.timing.reread;
    emit(read_entries{++token_});
  }
  const bool known = entries_read_ && generation_ready() && agreed_ != 0 && joined_ && !pulse_.stale(now_);
  const auto judged = suspect_ ? trust::suspect : known ? trust::fresh : trust::stale;
  if (judged == trust_)
    return;
  emit(trust_changed{trust_ = judged});
  calm_from_ = members_.observed();
}

void ownership::decide(class_id cls, place& here) {
  if (here.running || here.hand) {
    go_on(cls, here);
    return;
  }
  const auto* latest = claims_.latest(cls);
  if (latest != nullptr && latest->holds && ours(latest->what) && !latest->what.release) {
    // Ours, though nobody waits for it any more: an answer that came late.
    if (drain_since_)
      claim_next(cls, here, true, "");
    else
      start(cls, here, latest->owner_epoch);
    return;
  }
  if (serving())
    claim_free(cls, here);
}

void ownership::go_on(class_id cls, place& here) {
  const auto* latest = claims_.latest(cls);
  if (here.running && latest != nullptr && latest->owner_epoch > here.running->owner_epoch && ours(latest->what) &&
      !latest->what.release)
    start(cls, here, latest->owner_epoch);
  if (here.running && latest != nullptr && !latest->holds)
    claim_next(cls, here, false, "");
  if (here.running && here.running->ready && now_ >= here.erase_from)
    erase_overtaken(cls, here);
  if (here.hand)
    hand_on(cls, here);
  else if (drain_since_)
    offer(cls, here, "");
}

void ownership::erase_overtaken(class_id cls, place& here) {
  here.erase_from = now_ + erase_pause;
  for (const auto& key : claims_.overtaken(cls, claims_kept))
    emit(erase_entry{to_text(key)});
}

/// Claims that cannot be read can only be those of a program that is newer.
bool ownership::may_be_of_a_newer_program() const {
  const auto& others = members_.all();
  return std::any_of(others.begin(), others.end(), [this](const auto& each) {
    const auto& last = each.second.last;
    return each.second.alive && (last.address.empty() || last.protocol != set_.protocol || last.reads > set_.reads);
  });
}

bool ownership::is_free(place& here, const claim_table::latest_claim* latest) const {
  if (latest == nullptr || latest->what.release)
    return true;
  const auto& what = latest->what;
  const bool stray = what.owner.empty();
  if (latest->holds && (!stray || may_be_of_a_newer_program()))
    here.void_since.reset();
  else if (!here.void_since)
    here.void_since = members_.observed();
  // Its owner would have claimed it anew: it does not know of its claim.
  else if (members_.observed() - *here.void_since >= set_.timing.death)
    return true;
  // A claim of ours that never began to hold is none.
  if (what.owner == set_.name)
    return what.incarnation < incarnation_ || !latest->holds;
  return !stray && !members_.stands(what.owner, what.incarnation);
}

/// @returns how long after the class became free it is our turn; nothing: never
std::optional<milliseconds> ownership::wait_in_line(class_id cls, const place& here) const {
  const auto& others = members_.contenders();
  if (shown_ == fitness::none)
    return std::nullopt;
  const auto* latest = claims_.latest(cls);
  const auto released = latest != nullptr && latest->what.release ? latest->what : claim{};
  const auto& named = released.to;
  if (named == set_.name)
    return milliseconds{0};
  milliseconds wait{0};
  bool higher = members_.observed() < here.stands_back && !others.empty(), ours_passed = false;
  auto line = others;
  line.push_back({set_.name, shown_});
  for (const auto& each : in_line_for(cls, std::move(line))) {
    ours_passed = ours_passed || each.name == set_.name;
    // Nobody waits for who has just let go of it.
    if (each.name == set_.name || each.name == released.owner)
      continue;
    if (each.name == named || (!ours_passed && each.tier == shown_))
      wait += set_.timing.next_in_line;
    else if (each.tier > shown_)
      higher = true;
  }
  return higher ? wait + set_.timing.lower_tier : wait;
}

void ownership::claim_free(class_id cls, place& here) {
  if (!is_free(here, claims_.latest(cls))) {
    here.free_since.reset();
    return;
  }
  if (here.claiming || !listened_long_enough())
    return;
  if (!here.free_since)
    here.free_since = members_.observed();
  if (const auto wait = wait_in_line(cls, here); wait && members_.observed() - *here.free_since >= *wait)
    claim_next(cls, here, false, "");
}

void ownership::claim_next(class_id cls, place& here, bool release, const std::string& to) {
  ALLEYCAT_CHECK(trust_ == trust::fresh);
  if (here.claiming)
    return;
  here.claiming = true;
  if (!release && !here.running) {
    const auto* latest = claims_.latest(cls);
    here.before = latest == nullptr ? "" : latest->what.owner;
    here.how = latest == nullptr || (latest->what.release && here.before.empty()) ? succession::first
               : latest->what.release                                             ? succession::handed_over
                                                                                  : succession::took_over;
  }
  const auto since = set_.started + (now_ - *began_);
  create(to_text(claim_key{cls, claims_.next(cls)}), to_text(claim{set_.name, incarnation_, release, to, since}), cls);
}

void ownership::start(class_id cls, place& here, epoch owner_epoch) {
  ALLEYCAT_CHECK(trust_ == trust::fresh && owner_epoch != epoch{});
  here.free_since.reset();
  if (here.running) {
    ALLEYCAT_CHECK(owner_epoch > here.running->owner_epoch);
    here.running->owner_epoch = owner_epoch;
    emit(start_class{cls, owner_epoch, succession::renewed, set_.name});
    return;
  }
  here.running = term{owner_epoch, owner_epoch, members_.observed(), false};
  emit(start_class{cls, owner_epoch, here.how, here.before});
}

void ownership::stop(class_id cls, place& here, stop_reason why) {
  ALLEYCAT_CHECK(here.running.has_value());
  emit(stop_class{cls, here.running->owner_epoch, why});
  here.running.reset();
}

} // namespace alleycat

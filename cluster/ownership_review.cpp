#include "cluster/ownership.hpp"

#include "cluster/rendezvous.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

/// Everything that follows from what is known now.
void ownership::review() {
  if (over_)
    return;
  try_again();
  if (incarnation_ != 0 && pulse_.due(now_))
    beat(drain_since_ ? member_state::draining : member_state::serving);
  notice_peers();
  stop_overtaken();
  agree();
  judge_trust();
  if (trust_ == trust::fresh) {
    for (auto& [what, at] : places_)
      decide(what, at);
    balance();
  }
  if (drain_since_)
    drain_on();
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
    if (serving() && (members_.candidates().empty() || set_.name < members_.candidates().front()))
      emit(erase_entry{to_text(node_key{name})});
  }
}

void ownership::stop_overtaken() {
  for (auto& [what, at] : places_) {
    if (!at.running && !at.hand)
      continue;
    const bool over = claims_.is_over(what);
    const auto* latest = claims_.latest(what);
    const auto by = at.running ? *at.running : at.hand->by;
    // Somebody else by our own epoch: the bucket was lost, and nobody there had ever heard of ours.
    const auto* rival = claims_.in_bucket({what, by});
    const bool overtaken = latest != nullptr && latest->at > by && !ours(latest->what);
    if (!over && !overtaken && (rival == nullptr || ours(*rival)))
      continue;
    at.hand.reset();
    if (at.running)
      stop(what, at, over ? stop_reason::ended : stop_reason::fenced);
  }
}

/// A bucket needs its generation and the rules.
void ownership::agree() {
  // Once an own heartbeat came back, what was stored before it has been told.
  if (!entries_read_ || suspect_ || pulse_.stale(now_))
    return;
  if (!claims_.generation_known()) {
    if (outside_ == look::needed) {
      outside_ = look::asked;
      emit(look_outside{});
    } else if (outside_ == look::known && pulse_.last_back() >= outside_counter_) {
      create(to_text(generation_key{claims_.wanted_generation()}), set_.name, std::nullopt);
    }
  } else if (noting_ < claims_.generation()) {
    noting_ = claims_.generation();
    emit(note_generation{noting_});
  }
  if (!rules_seen_)
    create(to_text(rules_key{}), set_.rules, std::nullopt);
}

void ownership::judge_trust() {
  if (suspect_ && suspect_read_ && pulse_.last_back() >= suspect_counter_)
    suspect_ = false;
  if (suspect_ && !suspect_read_ && now_ >= reread_at_) {
    reread_at_ = now_ + set_.timing.reread;
    emit(read_entries{++token_});
  }
  const auto judged = suspect_                                                      ? trust::suspect
                      : !entries_read_ || !generation_ready() || pulse_.stale(now_) ? trust::stale
                                                                                    : trust::fresh;
  if (judged == trust_)
    return;
  emit(trust_changed{trust_ = judged});
  calm_from_ = members_.observed();
}

void ownership::decide(const entity& what, place& at) {
  if (claims_.is_over(what)) {
    delete_keys(what, at);
    return;
  }
  if (at.running || at.hand) {
    go_on(what, at);
    return;
  }
  const auto* latest = claims_.latest(what);
  if (latest != nullptr && latest->holds && ours(latest->what) && !latest->what.release) {
    // Ours, though nobody waits for it any more: an answer that came late.
    if (drain_since_)
      claim_next(what, at, true, "");
    else
      start(what, at, latest->at);
    return;
  }
  if (serving())
    claim_free(what, at);
}

void ownership::go_on(const entity& what, place& at) {
  const auto* latest = claims_.latest(what);
  if (at.running && latest != nullptr && latest->at > *at.running && !latest->what.release)
    start(what, at, latest->at);
  if (at.running && latest != nullptr && !latest->holds)
    claim_next(what, at, false, "");
  if (at.hand)
    go_on_handing(what, at);
  else if (drain_since_)
    offer(what, at, "");
}

bool ownership::is_free(place& at, const claim_table::held* latest) const {
  if (latest == nullptr || latest->what.release)
    return true;
  if (latest->holds)
    at.void_since.reset();
  else if (!at.void_since)
    at.void_since = members_.observed();
  // Its owner would have claimed it anew: it does not know of its claim.
  else if (members_.observed() - *at.void_since >= set_.timing.death)
    return true;
  // A claim of ours that never began to hold is none.
  if (latest->what.owner == set_.name)
    return latest->what.incarnation < incarnation_ || !latest->holds;
  return !members_.stands(latest->what.owner, latest->what.incarnation);
}

std::vector<std::string> ownership::line_for(const entity& what) const {
  auto names = members_.candidates();
  if (serving())
    names.push_back(set_.name);
  auto line = in_line_for(what, names);
  if (const auto* latest = claims_.latest(what); latest != nullptr && latest->what.release)
    if (const auto first = std::find(line.begin(), line.end(), latest->what.to); first != line.end())
      std::rotate(line.begin(), first, first + 1);
  return line;
}

bool ownership::first_in_line(const entity& what) const {
  const auto line = line_for(what);
  return !line.empty() && line.front() == set_.name;
}

void ownership::claim_free(const entity& what, place& at) {
  if (!at.wanted || !is_free(at, claims_.latest(what))) {
    at.free_since.reset();
    return;
  }
  if (at.trying)
    return;
  if (!at.free_since)
    at.free_since = members_.observed();
  const auto line = line_for(what);
  const auto before_us = std::find(line.begin(), line.end(), set_.name) - line.begin();
  if (members_.observed() - *at.free_since >= before_us * set_.timing.next_in_line)
    claim_next(what, at, false, "");
}

/// The keys of an entity that is over. Whoever ended it does this; whoever has the latest claim, or another one, if that did
/// not happen.
void ownership::delete_keys(const entity& what, place& at) {
  const auto keys = claims_.keys(what);
  if (keys.empty())
    return;
  if (!at.ended_here && at.erase_from == 0)
    at.erase_from = now_ + set_.timing.erase_again;
  const auto* latest = claims_.latest(what);
  const bool last_owner = latest != nullptr && ours(latest->what);
  if (now_ < at.erase_from || (!at.ended_here && !last_owner && !first_in_line(what)))
    return;
  at.erase_from = now_ + set_.timing.erase_again;
  for (const auto& key : keys)
    emit(erase_entry{to_text(key)});
}

void ownership::claim_next(const entity& what, place& at, bool release, const std::string& to) {
  if (at.trying)
    return;
  at.trying = true;
  create(to_text(claim_key{what, claims_.next(what)}), to_text(claim{set_.name, incarnation_, release, to}), what);
}

void ownership::start(const entity& what, place& at, epoch by) {
  if (!at.running)
    at.ready = false;
  at.running = by;
  at.free_since.reset();
  emit(start_entity{what, by});
}

void ownership::stop(const entity& what, place& at, stop_reason why) {
  emit(stop_entity{what, *at.running, why});
  at.running.reset();
  at.ready = false;
}

} // namespace alleycat

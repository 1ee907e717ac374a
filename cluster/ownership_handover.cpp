#include "cluster/ownership.hpp"

#include "racing/check.hpp"

#include <algorithm>

namespace alleycat {

namespace {

/// For a class that never recovers others come first for at most 2^this times `recovery`.
constexpr int most_doublings = 4;

} // namespace

/// @returns empty when there is nobody
std::string ownership::successor_for(class_id cls) const {
  const auto line = in_line_for(cls, members_.contenders());
  return line.empty() ? "" : line.front().name;
}

/// @param to  empty: the first in line among the others
void ownership::offer(class_id cls, place& here, const std::string& to) {
  ALLEYCAT_CHECK(trust_ == trust::fresh && here.running.has_value());
  drop_offer(cls, here);
  here.hand =
      hand_over{here.running->owner_epoch, to.empty() ? successor_for(cls) : to, step::offered, now_, now_, {}, false};
  if (here.hand->to.empty())
    stop_to_release(cls, here);
  else
    emit(offer_class{cls, here.hand->owner_epoch, here.hand->to});
}

void ownership::drop_offer(class_id cls, place& here) {
  if (here.hand && here.hand->stage == step::offered && !here.hand->to.empty())
    emit(cancel_offer{cls, here.hand->to});
  here.hand.reset();
}

void ownership::stop_to_release(class_id cls, place& here) {
  ALLEYCAT_CHECK(here.hand && here.hand->stage == step::offered && here.running);
  here.hand->stage = step::stopping;
  here.hand->stopped_at = now_;
  here.hand->owner_epoch = here.running->owner_epoch;
  stop(cls, here, stop_reason::released);
}

/// Without an offer: whoever comes next has to load it.
void ownership::let_go(class_id cls, place& here) {
  ALLEYCAT_CHECK(trust_ == trust::fresh && here.running.has_value());
  drop_offer(cls, here);
  here.hand = hand_over{here.running->owner_epoch, "", step::offered, now_, now_, {}, false};
  stop_to_release(cls, here);
}

void ownership::let_go_of_what_fails() {
  if (members_.contenders().empty() || drain_since_)
    return;
  const bool unfit = unfit_since_ && now_ - *unfit_since_ >= with_strikes(set_.timing.unfit);
  bool let_any_go = false;
  for (auto& [cls, here] : places_) {
    if (!here.running)
      continue;
    if (unfit) {
      let_any_go = true;
      let_go(cls, here);
    } else if (!here.running->ready && members_.observed() - here.running->since >= set_.timing.recovery) {
      here.failures = std::min(here.failures + 1, most_doublings);
      here.stands_back = members_.observed() + set_.timing.recovery * (1 << here.failures);
      let_go(cls, here);
    }
  }
  if (let_any_go)
    strike();
}

void ownership::hand_on(class_id cls, place& here) {
  ALLEYCAT_CHECK(here.hand.has_value());
  auto& hand = *here.hand;
  const auto* latest = claims_.latest(cls);
  if (latest != nullptr && latest->owner_epoch > hand.owner_epoch && ours(latest->what)) {
    if (latest->what.release) {
      here.hand.reset();
      return;
    }
    if (here.running)
      hand.owner_epoch = latest->owner_epoch; // claimed anew meanwhile
  }
  if (hand.stage == step::stopping && now_ - hand.stopped_at >= set_.timing.flush)
    hand.stage = step::releasing;
  if (hand.stage == step::releasing)
    claim_next(cls, here, true, hand.preloaded ? hand.to : "");
  if (hand.stage != step::offered)
    return;
  const auto waited = now_ - (drain_since_ ? *drain_since_ : hand.since);
  const auto patience = drain_since_ ? set_.timing.drain / 2 : set_.timing.move;
  const bool there = members_.contends(hand.to);
  if ((hand.preloaded && there) || (drain_since_ && waited >= patience))
    stop_to_release(cls, here);
  else if (!drain_since_ && (!there || waited >= patience))
    drop_offer(cls, here); // stays here
  else if (!there)
    offer(cls, here, "");
  else if (!hand.preloaded && now_ - hand.asked_at >= set_.timing.offer_again) {
    hand.asked_at = now_;
    emit(offer_class{cls, hand.owner_epoch, hand.to});
  }
}

/// One class at a time: whoever has most gives to whoever has fewest, if that makes it more even.
void ownership::balance() {
  std::vector<std::string> picture;
  std::map<std::string, std::vector<class_id>> held;
  held[set_.name];
  for (const auto& each : members_.contenders())
    if (each.tier == fitness::steady) {
      picture.push_back(each.name);
      held[each.name];
    }
  bool calm = serving();
  for (const auto& [cls, here] : places_) {
    const auto holder = owner_of(cls);
    calm = calm && !here.hand && holder && (!here.running || here.running->ready);
    picture.push_back(holder ? holder->name + " " + std::to_string(holder->owner_epoch.value()) : "");
    if (holder && held.contains(holder->name))
      held[holder->name].push_back(cls);
  }
  if (!calm || picture != calm_picture_) {
    calm_picture_ = std::move(picture);
    calm_from_ = members_.observed();
    return;
  }
  if (members_.observed() - calm_from_ < set_.timing.calm)
    return;
  const auto fewer = [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); };
  const auto most = std::max_element(held.begin(), held.end(), fewer);
  const auto fewest = std::min_element(held.begin(), held.end(), fewer);
  if (most->first != set_.name || most->second.size() < fewest->second.size() + 2)
    return;
  const auto& to = fewest->first;
  const auto moves = std::max_element(most->second.begin(), most->second.end(),
                                      [&](class_id a, class_id b) { return weight_of(to, a) < weight_of(to, b); });
  if (auto& here = places_[*moves]; here.running)
    offer(*moves, here, to);
}

/// Leaves when nothing is left to hand over, or when the time is over.
void ownership::drain_on() {
  const bool time_over = now_ - *drain_since_ >= set_.timing.drain;
  // A bucket that was set back may name us again for what we let go of: who is not sure of it waits for a moment.
  if (joined_ && trust_ != trust::fresh && now_ - *drain_since_ < set_.timing.drain / 2)
    return;
  for (auto& [cls, here] : places_) {
    if (time_over) {
      if (here.running)
        stop(cls, here, stop_reason::released);
      continue;
    }
    if (here.running || here.hand || here.claiming)
      return;
    const auto* latest = claims_.latest(cls);
    if (latest == nullptr || !ours(latest->what))
      continue;
    const bool awaited = latest->what.release ? !members_.contenders().empty() : latest->holds;
    if (awaited)
      return;
  }
  if (incarnation_ != 0)
    beat(member_state::left);
  emit(leave_cluster{});
  over_ = true;
}

} // namespace alleycat

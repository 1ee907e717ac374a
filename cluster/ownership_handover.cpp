#include "cluster/ownership.hpp"

#include "cluster/rendezvous.hpp"

#include <algorithm>

namespace alleycat {

/// @param to  empty: the first in line among the others
void ownership::offer(const entity& what, place& at, const std::string& to) {
  auto first = to;
  if (first.empty())
    if (const auto line = in_line_for(what, members_.candidates()); !line.empty())
      first = line.front();
  at.hand = hand_over{*at.running, first, step::offered, now_, now_, false};
  const auto& hand = *at.hand;
  if (hand.to.empty())
    stop_to_release(what, at);
  else
    emit(offer_entity{what, hand.by, hand.to});
}

void ownership::stop_to_release(const entity& what, place& at) {
  at.hand->at = step::stopping;
  at.hand->by = *at.running;
  stop(what, at, stop_reason::released);
}

void ownership::go_on_handing(const entity& what, place& at) {
  auto& hand = *at.hand;
  const auto* latest = claims_.latest(what);
  if (latest != nullptr && latest->at > hand.by) {
    if (latest->what.release) {
      at.hand.reset();
      return;
    }
    hand.by = latest->at; // claimed anew meanwhile
  }
  if (hand.at == step::releasing)
    claim_next(what, at, true, hand.to);
  if (hand.at != step::offered)
    return;
  const auto waited = now_ - (drain_since_ ? *drain_since_ : hand.since);
  const auto patience = drain_since_ ? set_.timing.drain / 2 : set_.timing.move;
  const bool there = members_.is_candidate(hand.to);
  if ((hand.preloaded && there) || (drain_since_ && waited >= patience))
    stop_to_release(what, at);
  else if (!drain_since_ && (!there || waited >= patience))
    at.hand.reset(); // stays here
  else if (!there)
    offer(what, at, "");
  else if (!hand.preloaded && now_ - hand.asked >= set_.timing.offer_again) {
    hand.asked = now_;
    emit(offer_entity{what, hand.by, hand.to});
  }
}

/// One class at a time: whoever has most gives to whoever has fewest, if that makes it more even.
void ownership::balance() {
  std::vector<std::string> picture = members_.candidates();
  std::map<std::string, std::vector<entity>> held;
  for (const auto& name : members_.candidates())
    held[name];
  held[set_.name];
  bool calm = serving();
  for (const auto& [what, at] : places_) {
    calm = calm && !at.hand;
    if (!what.is_class())
      continue;
    const auto by = owner_of(what);
    calm = calm && by && (!at.running || at.ready);
    picture.push_back(by ? by->name + " " + std::to_string(by->at.value()) : "");
    if (by && held.contains(by->name))
      held[by->name].push_back(what);
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
  const auto moves = std::max_element(most->second.begin(), most->second.end(), [&](const entity& a, const entity& b) {
    return weight_of(to, a) < weight_of(to, b);
  });
  if (auto& at = places_[*moves]; at.running)
    offer(*moves, at, to);
}

/// Leaves when nothing is left to hand over, or when the time is over.
void ownership::drain_on() {
  const bool time_over = now_ - *drain_since_ >= set_.timing.drain;
  for (auto& [what, at] : places_) {
    if (time_over) {
      if (at.running)
        stop(what, at, stop_reason::released);
      continue;
    }
    if (at.running || at.hand || at.trying)
      return;
    const auto* latest = claims_.latest(what);
    if (latest == nullptr || claims_.is_over(what) || !ours(latest->what))
      continue;
    const bool awaited = latest->what.release ? at.wanted && !members_.candidates().empty() : latest->holds;
    if (awaited)
      return;
  }
  if (incarnation_ != 0)
    beat(member_state::left);
  emit(leave_cluster{});
  over_ = true;
}

} // namespace alleycat

#include "tests/cluster/world_node.hpp"

#include <algorithm>

namespace alleycat::testing {

/// Of the bucket's generation: requests of an earlier one may have come late.
epoch world::highest_claim(const entity& what, const node* not_of) const {
  epoch highest;
  std::uint64_t generation = 0;
  for (const auto& [text, entry] : bucket_.entries()) {
    const auto key = parse_bucket_key(text);
    if (key && std::holds_alternative<generation_key>(*key))
      generation = std::max(generation, std::get<generation_key>(*key).number);
    if (key && std::holds_alternative<claim_key>(*key))
      if (const auto& claimed = std::get<claim_key>(*key); claimed.what == what)
        if (const auto by = parse_claim(entry.value);
            not_of == nullptr || !by || by->owner != not_of->name || by->incarnation != not_of->mind->incarnation())
          highest = std::max(highest, claimed.at);
  }
  return generation != 0 && highest > generation_base(generation) ? highest : epoch{};
}

/// At most one owner ever sends by an epoch. A process that was paused does not send by an epoch that was overtaken while it
/// was away.
void world::check_output(const node& n, const entity& what, epoch at) {
  const auto who = n.name + "/" + std::to_string(n.process);
  const auto [owner, fresh] = owner_of_epoch_.try_emplace({what, at}, who);
  if (!fresh && owner->second != who)
    wrong(to_text(what) + " has two owners by " + std::to_string(at.value()) + ": " + owner->second + " and " + who);
  if (const auto found = n.claimed_at_wake.find(what); found != n.claimed_at_wake.end() && at < found->second)
    wrong(n.name + " woke, and sends " + to_text(what) + " by " + std::to_string(at.value()) + " though " +
          std::to_string(found->second.value()) + " was claimed before it woke");
}

/// At a receiver one epoch counts at a time, it never goes back, and it has one sender.
void world::receive(std::size_t to, const std::string& sender, const entity& what, epoch at) {
  auto& r = receivers_[to];
  if (!r.gate.admit(what, at) && !plan_.planted.receivers_without_fence)
    return;
  auto& counted = r.counted[what];
  if (at < counted)
    wrong("receiver " + std::to_string(to) + ": " + to_text(what) + " went back from " +
          std::to_string(counted.value()) + " to " + std::to_string(at.value()));
  counted = std::max(counted, at);
  if (const auto owner = owner_of_epoch_.find({what, at}); owner == owner_of_epoch_.end() || owner->second != sender)
    wrong("receiver " + std::to_string(to) + ": " + to_text(what) + " by " + std::to_string(at.value()) + " from " +
          sender + ", who does not own it");
}

/// A drained node leaves nothing behind: all that it had is released, or somebody else's.
void world::check_left(const node& n) {
  if (!n.runs.empty())
    wrong(n.name + " leaves and still runs " + to_text(n.runs.begin()->first));
  if (n.out_of_time)
    return;
  for (const auto& [text, entry] : bucket_.entries()) {
    const auto key = parse_bucket_key(text);
    const auto what = entry.deleted ? std::nullopt : parse_claim(entry.value);
    if (!key || !std::holds_alternative<claim_key>(*key) || !what || what->release || what->owner != n.name ||
        what->incarnation != n.mind->incarnation())
      continue;
    const auto& claimed = std::get<claim_key>(*key);
    if (open(claimed.what) && n.life == bucket_.life() && claimed.at == highest_claim(claimed.what) &&
        owner_of_epoch_.contains({claimed.what, claimed.at}))
      wrong(n.name + " leaves and still holds " + text);
  }
}

/// Notes the first moment at which everything has its one owner, and how long something goes without later (a class that
/// moves).
void world::check_settled() {
  if (now_ - looked_at_ < 50)
    return;
  looked_at_ = now_;
  std::map<entity, int> owners;
  for (int i = 0; i < plan_.classes; ++i)
    owners[entity::of(class_id{static_cast<std::uint16_t>(i + 1)})] = 0;
  for (const auto& [what, r] : races_)
    owners[what] = 0;
  bool anybody = false;
  for (const auto& n : nodes_) {
    anybody = anybody || (n->up() && !n->drained);
    for (const auto& [what, run] : n->runs)
      owners[what] += run.by == highest_claim(what) ? 1 : 2;
  }
  if (!anybody)
    return;
  std::string unsettled;
  for (const auto& [what, count] : owners)
    if (count != (open(what) ? 1 : 0))
      unsettled += to_text(what) + " (" + std::to_string(count) + ") ";
  const bool settled = unsettled.empty();
  if (settled && !settled_at_)
    settled_at_ = now_;
  if (settled)
    whole_at_ = now_;
  else if (settled_at_ && now_ - whole_at_ > plan_.longest_gap)
    wrong(unsettled + " has not its one owner for " + std::to_string(now_ - whole_at_) + " ms");
}

void world::check_end() {
  for (const auto& key : bucket_.created_again())
    wrong(key + " was created a second time");
  if (std::none_of(nodes_.begin(), nodes_.end(), [](const auto& n) { return n->up() && !n->drained; }))
    return;
  if (!settled_at_ || settled_after() > plan_.settled_within)
    wrong("not settled within " + std::to_string(plan_.settled_within) + " ms, but " +
          (settled_at_ ? "after " + std::to_string(settled_after()) : "never"));
  for (const auto& n : nodes_) {
    if (!n->up())
      continue;
    for (const auto& [what, run] : n->runs) {
      if (run.by != highest_claim(what))
        wrong(n->name + " runs " + to_text(what) + " by " + std::to_string(run.by.value()) + ", the highest claim is " +
              std::to_string(highest_claim(what).value()));
      for (const auto& other : nodes_)
        if (other->up()) {
          const auto owner = other->mind->owner_of(what);
          if (!owner || owner->name != n->name || owner->at != run.by)
            wrong(other->name + " does not know that " + n->name + " owns " + to_text(what));
        }
    }
  }
  for (const auto& [text, entry] : bucket_.entries())
    if (const auto key = parse_bucket_key(text); key && std::holds_alternative<claim_key>(*key) && !entry.deleted)
      if (!open(std::get<claim_key>(*key).what))
        wrong(text + " of a race that is over is still there");
}

} // namespace alleycat::testing

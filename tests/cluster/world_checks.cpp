#include "tests/cluster/world_node.hpp"

#include <algorithm>

namespace alleycat::testing {

using namespace std::chrono_literals;

namespace {

/// Two owners of a class may send side by side for so long: news of a claim takes up to 1.8 s here, and may be overtaken by
/// the own heartbeat.
constexpr milliseconds longest_overlap{2'000};
/// All entries are told within this.
constexpr milliseconds longest_reading{3'700};

} // namespace

/// Of the bucket's generation: requests of an earlier one may have come late. Absurd ones are nobody's. When one node is left out,
/// so are deleted claims: who woke cannot be overtaken by one, since its owner has to claim anew.
epoch world::highest_claim(class_id cls, const node* not_of) const {
  epoch highest;
  std::uint64_t generation = 0;
  for (const auto& [text, entry] : bucket_.entries()) {
    const auto key = parse_bucket_key(text);
    if (key && std::holds_alternative<generation_key>(*key))
      generation = std::max(generation, std::get<generation_key>(*key).number);
    if (!key || !std::holds_alternative<claim_key>(*key) || (not_of != nullptr && entry.deleted))
      continue;
    const auto& claimed = std::get<claim_key>(*key);
    if (claimed.cls != cls || generation_of(claimed.owner_epoch) >= 1'000)
      continue;
    if (const auto what = parse_claim(entry.value);
        not_of == nullptr || !what || what->owner != not_of->name || what->incarnation != not_of->mind->incarnation())
      highest = std::max(highest, claimed.owner_epoch);
  }
  return generation != 0 && highest > generation_base(generation) ? highest : epoch{};
}

/// At most one owner ever sends by an epoch. A process that was paused does not send by an epoch that was overtaken while it
/// was away; nobody does who was overtaken more than `longest_overlap` ago, where news is whole.
void world::check_output(const node& n, class_id cls, epoch owner_epoch) {
  const auto who = n.name + "/" + std::to_string(n.process);
  const auto number = std::to_string(owner_epoch.value());
  const auto [owner, fresh] = owner_of_epoch_.try_emplace({cls, owner_epoch}, who);
  if (!fresh && owner->second != who)
    wrong(std::to_string(cls.value()) + " has two owners by " + number + ": " + owner->second + " and " + who);
  if (const auto found = n.claimed_at_wake.find(cls); found != n.claimed_at_wake.end() && owner_epoch < found->second)
    wrong(n.name + " woke, and sends " + std::to_string(cls.value()) + " by " + number + " though " +
          std::to_string(found->second.value()) + " was claimed before it woke");
  auto& spoken = first_sent_[cls];
  const bool informed = now_ - n.asked_at > longest_reading && !(n.linked && n.missed_news);
  spoken.try_emplace(owner_epoch, now_);
  for (auto later = spoken.upper_bound(owner_epoch); later != spoken.end(); ++later)
    if (plan_.news_is_whole && informed && now_ - later->second > longest_overlap)
      wrong(n.name + " sends " + std::to_string(cls.value()) + " by " + number + " though " +
            std::to_string(later->first.value()) + " has been sent for " +
            std::to_string((now_ - later->second).count()) + " ms");
}

/// At a receiver one epoch counts at a time, it never goes back, and it has one sender.
void world::receive(std::size_t to, const std::string& sender, class_id cls, epoch owner_epoch) {
  auto& r = receivers_[to];
  if (!r.gate.admit(cls, owner_epoch) && !plan_.planted.receivers_without_fence)
    return;
  const auto where = "receiver " + std::to_string(to) + ": " + std::to_string(cls.value());
  auto& counted = r.counted[cls];
  if (owner_epoch < counted)
    wrong(where + " went back from " + std::to_string(counted.value()) + " to " + std::to_string(owner_epoch.value()));
  counted = std::max(counted, owner_epoch);
  const auto owner = owner_of_epoch_.find({cls, owner_epoch});
  if (owner == owner_of_epoch_.end() || owner->second != sender)
    wrong(where + " by " + std::to_string(owner_epoch.value()) + " from " + sender + ", who does not own it");
}

/// A drained node leaves nothing behind: all that it had is released, or somebody else's.
void world::check_left(const node& n) {
  if (!n.runs.empty())
    wrong(n.name + " leaves and still runs " + std::to_string(n.runs.begin()->first.value()));
  if (n.out_of_time || n.drain_life != bucket_.life())
    return;
  for (const auto& [text, entry] : bucket_.entries()) {
    const auto key = parse_bucket_key(text);
    const auto what = entry.deleted ? std::nullopt : parse_claim(entry.value);
    if (!key || !std::holds_alternative<claim_key>(*key) || !what || what->release || what->owner != n.name ||
        what->incarnation != n.mind->incarnation())
      continue;
    const auto& claimed = std::get<claim_key>(*key);
    if (claimed.owner_epoch == highest_claim(claimed.cls) &&
        owner_of_epoch_.contains({claimed.cls, claimed.owner_epoch}))
      wrong(n.name + " leaves and still holds " + text);
  }
}

/// Notes the first moment at which everything has its one owner, and how long something goes without later (a class that
/// moves).
void world::check_settled() {
  if (now_ - looked_at_ < 50ms)
    return;
  looked_at_ = now_;
  std::map<class_id, int> owners;
  for (const auto cls : classes())
    owners[cls] = 0;
  bool anybody = false;
  for (const auto& n : nodes_) {
    anybody = anybody || (n->up() && !n->drained);
    for (const auto& [cls, run] : n->runs)
      owners[cls] += run.owner_epoch == highest_claim(cls) ? 1 : 2;
  }
  if (!anybody)
    return;
  if (std::any_of(nodes_.begin(), nodes_.end(), [](const auto& n) { return n->up() && n->drained; })) {
    healed_at_ = now_; // the last trouble: it leaves
    return;
  }
  std::string unsettled;
  for (const auto& [cls, count] : owners)
    if (count != 1)
      unsettled += std::to_string(cls.value()) + " (" + std::to_string(count) + ") ";
  const bool settled = unsettled.empty();
  if (settled && !settled_at_)
    settled_at_ = whole_at_ = now_;
  if (settled_at_)
    gap_ = std::max(gap_, now_ - whole_at_);
  if (settled)
    whole_at_ = now_;
  else if (settled_at_ && now_ - whole_at_ > plan_.longest_gap && now_ - healed_at_ < plan_.settled_within)
    settled_at_.reset(); // it looked so by accident, before a woken node had looked around
  else if (settled_at_ && now_ - whole_at_ > plan_.longest_gap)
    wrong(unsettled + " has not its one owner for " + std::to_string((now_ - whole_at_).count()) + " ms");
}

void world::check_end() {
  for (const auto& key : bucket_.created_again())
    wrong(key + " was created a second time");
  if (std::none_of(nodes_.begin(), nodes_.end(), [](const auto& n) { return n->up() && !n->drained; }))
    return;
  const auto down = std::count_if(nodes_.begin(), nodes_.end(), [](const auto& n) { return !n->up(); });
  const auto bound = down > 1 ? plan_.settled_late : plan_.settled_within;
  if (!settled_at_ || settled_after() > bound)
    wrong("not settled within " + std::to_string(bound.count()) + " ms, but " +
          (settled_at_ ? "after " + std::to_string(settled_after().count()) : "never"));
  for (const auto& n : nodes_) {
    if (!n->up())
      continue;
    for (const auto& [cls, run] : n->runs) {
      const auto name = std::to_string(cls.value());
      if (run.owner_epoch != highest_claim(cls))
        wrong(n->name + " runs " + name + " by " + std::to_string(run.owner_epoch.value()) + ", the highest claim is " +
              std::to_string(highest_claim(cls).value()));
      for (const auto& other : nodes_)
        if (other->up() && now_ - started_at_ > 100ms) {
          const auto owner = other->mind->owner_of(cls);
          if (!owner || owner->name != n->name || owner->owner_epoch != run.owner_epoch)
            wrong(other->name + " does not know that " + n->name + " owns " + name);
        }
    }
  }
}

} // namespace alleycat::testing

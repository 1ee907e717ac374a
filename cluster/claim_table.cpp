#include "cluster/claim_table.hpp"

#include "racing/check.hpp"

#include <algorithm>

namespace alleycat {

namespace {

/// A bucket is lost a few times in the life of a cluster: what claims to come from so many lives later is garbage, or malice.
/// So the next epoch never comes near the end of its range.
constexpr std::uint64_t most_generations_ahead = 1'000;
constexpr std::size_t most_reports = 100;

} // namespace

bool claim_table::is_sane(epoch any, const std::string& where) {
  if (generation_of(any) <= newest_generation() + most_generations_ahead)
    return true;
  if (reported_.size() < most_reports && reported_.insert(where).second)
    reports_.push_back(where + " says epoch " + std::to_string(any.value()) + ", far beyond generation " +
                       std::to_string(newest_generation()) + ": passed over");
  return false;
}

/// The highest claim of the bucket, or what is remembered if that is not lower. A claim of an earlier generation can stand in
/// the bucket: made by somebody who did not know yet that it is another one.
void claim_table::judge(class_id cls, knowledge& k) {
  for (auto above = k.in_bucket.rbegin(); above != k.in_bucket.rend(); ++above) {
    const auto& [owner_epoch, stored] = *above;
    if (!is_sane(owner_epoch, to_text(claim_key{cls, owner_epoch})))
      continue;
    if (!k.latest || owner_epoch >= k.latest->owner_epoch)
      k.latest = latest_claim{owner_epoch, stored.what};
    break;
  }
  if (!k.latest)
    return;
  const auto mine = k.latest->owner_epoch;
  k.latest->holds = k.in_bucket.contains(mine) && mine > generation_base(generation_) && mine >= k.floor;
  highest_ = std::max(highest_, mine);
}

void claim_table::judge_all() {
  for (auto& [cls, k] : classes_)
    judge(cls, k);
}

void claim_table::saw(const claim_key& key, const claim& what) {
  auto& k = classes_[key.cls];
  k.in_bucket[key.owner_epoch] = {what, reading_};
  judge(key.cls, k);
}

void claim_table::saw_deleted(const claim_key& key) {
  auto& k = classes_[key.cls];
  k.in_bucket.erase(key.owner_epoch);
  if (is_sane(key.owner_epoch, to_text(key)) && (!k.latest || key.owner_epoch > k.latest->owner_epoch))
    k.latest = latest_claim{key.owner_epoch, claim{"", 0, true, "", {}}};
  judge(key.cls, k);
}

void claim_table::saw_generation(std::uint64_t number) {
  if (number <= generation_ || !is_sane(epoch{generation_base(number).value() + 1}, to_text(generation_key{number})))
    return;
  generation_ = number;
  judge_all();
}

void claim_table::saw_outside(class_id cls, epoch owner_epoch) {
  if (!is_sane(owner_epoch, "a message of class " + std::to_string(cls.value())))
    return;
  auto& k = classes_[cls];
  k.floor = std::max(k.floor, owner_epoch);
  highest_ = std::max(highest_, owner_epoch);
  judge(cls, k);
}

void claim_table::saw_outside(epoch highest) {
  if (!is_sane(highest, "the log"))
    return;
  outside_ = std::max(outside_, generation_of(highest));
  outside_epoch_ = std::max(outside_epoch_, highest);
  highest_ = std::max(highest_, highest);
}

void claim_table::saw_highest(epoch highest) {
  if (is_sane(highest, "a heartbeat"))
    highest_ = std::max(highest_, highest);
}

void claim_table::end_reading() {
  for (auto& [cls, k] : classes_)
    std::erase_if(k.in_bucket, [this](const auto& stored) { return stored.second.told < reading_; });
  judge_all();
}

void claim_table::lose_bucket() {
  before_ = std::max(before_, generation_);
  generation_ = 0;
  for (auto& [cls, k] : classes_)
    k.in_bucket.clear();
  judge_all();
}

const claim_table::latest_claim* claim_table::latest(class_id cls) const {
  const auto found = classes_.find(cls);
  return found == classes_.end() || !found->second.latest ? nullptr : &*found->second.latest;
}

const claim* claim_table::in_bucket(const claim_key& key) const {
  const auto found = classes_.find(key.cls);
  if (found == classes_.end())
    return nullptr;
  const auto stored = found->second.in_bucket.find(key.owner_epoch);
  return stored == found->second.in_bucket.end() ? nullptr : &stored->second.what;
}

/// Of what members say of other classes only the generation counts: else two nodes that want the class at once would not try
/// the same epoch, and both would get one.
epoch claim_table::next(class_id cls) const {
  auto above = std::max(generation_base(std::max(generation_, generation_of(highest_))), outside_epoch_);
  if (const auto found = classes_.find(cls); found != classes_.end()) {
    above = std::max(above, found->second.floor);
    if (found->second.latest)
      above = std::max(above, found->second.latest->owner_epoch);
  }
  // Epochs that would wrap are not believed: see is_sane.
  ALLEYCAT_CHECK(above.value() < ~std::uint64_t{0});
  return epoch{above.value() + 1};
}

std::vector<claim_key> claim_table::overtaken(class_id cls, std::size_t kept) const {
  std::vector<claim_key> keys;
  if (const auto found = classes_.find(cls); found != classes_.end())
    for (const auto& [owner_epoch, stored] : found->second.in_bucket)
      keys.push_back({cls, owner_epoch});
  keys.resize(keys.size() - std::min(kept, keys.size()));
  return keys;
}

} // namespace alleycat

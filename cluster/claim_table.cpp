#include "cluster/claim_table.hpp"

#include <algorithm>

namespace alleycat {

/// The highest claim of the bucket, or what is remembered if that is not lower. A claim of an earlier generation can stand in
/// the bucket: made by somebody who did not know yet that it is another one.
void claim_table::judge(knowledge& k) const {
  if (!k.in_bucket.empty())
    if (const auto& [at, what] = *k.in_bucket.rbegin(); !k.latest || at > k.latest->at)
      k.latest = held{at, what};
  if (k.latest)
    k.latest->holds =
        k.in_bucket.contains(k.latest->at) && k.latest->at > generation_base(generation_) && k.latest->at >= k.floor;
}

void claim_table::saw(const claim_key& key, const claim& what) {
  auto& k = entities_[key.what];
  k.in_bucket.emplace(key.at, what);
  judge(k);
}

void claim_table::saw_deleted(const claim_key& key) {
  auto& k = entities_[key.what];
  k.in_bucket.erase(key.at);
  k.over = true;
  judge(k);
}

void claim_table::saw_generation(std::uint64_t number) {
  if (number <= generation_)
    return;
  generation_ = number;
  for (auto& [what, k] : entities_)
    judge(k);
}

void claim_table::saw_outside(const entity& what, epoch at) {
  auto& k = entities_[what];
  k.floor = std::max(k.floor, at);
  judge(k);
}

void claim_table::end(const entity& what) {
  entities_[what].over = true;
}

void claim_table::lose_bucket() {
  before_ = std::max(before_, generation_);
  generation_ = 0;
  for (auto& [what, k] : entities_) {
    k.in_bucket.clear();
    judge(k);
  }
}

void claim_table::forget(const entity& what) {
  entities_.erase(what);
}

bool claim_table::generation_known() const {
  return generation_ > before_ && generation_ >= outside_;
}

const claim_table::held* claim_table::latest(const entity& what) const {
  const auto found = entities_.find(what);
  return found == entities_.end() || !found->second.latest ? nullptr : &*found->second.latest;
}

const claim* claim_table::in_bucket(const claim_key& key) const {
  const auto found = entities_.find(key.what);
  if (found == entities_.end())
    return nullptr;
  const auto there = found->second.in_bucket.find(key.at);
  return there == found->second.in_bucket.end() ? nullptr : &there->second;
}

epoch claim_table::next(const entity& what) const {
  auto highest = generation_base(generation_);
  if (const auto found = entities_.find(what); found != entities_.end()) {
    highest = std::max(highest, found->second.floor);
    if (found->second.latest)
      highest = std::max(highest, found->second.latest->at);
  }
  return epoch{highest.value() + 1};
}

bool claim_table::is_over(const entity& what) const {
  const auto found = entities_.find(what);
  return found != entities_.end() && found->second.over;
}

std::vector<claim_key> claim_table::keys(const entity& what) const {
  std::vector<claim_key> keys;
  if (const auto found = entities_.find(what); found != entities_.end())
    for (const auto& [at, record] : found->second.in_bucket)
      keys.push_back({what, at});
  return keys;
}

} // namespace alleycat

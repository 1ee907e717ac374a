#include "cluster/ownership.hpp"
#include "cluster/rule_text.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

/// A bucket needs its generation, the rules and the format.
void ownership::agree() {
  agree_on_rules();
  agree_on_format();
  // Once an own heartbeat came back, what was stored before it has been told.
  if (!over_ && entries_read_ && !suspect_ && !pulse_.stale(now_))
    agree_on_generation();
}

/// Whether whoever lives has had the time to show it.
bool ownership::listened_long_enough() const {
  const auto listened = [this](const std::optional<observed_time>& since, milliseconds enough) {
    return since && members_.observed() - *since >= enough;
  };
  return listened(joined_, set_.timing.cold_start) &&
         (!bucket_lost_at_ || listened(bucket_lost_at_, set_.timing.new_bucket));
}

void ownership::agree_on_generation() {
  if (outside_ == look::needed) {
    outside_ = look::asked;
    emit(look_outside{});
  }
  if (outside_ != look::known)
    return;
  if (claims_.generation_known()) {
    if (noting_ < claims_.generation()) {
      noting_ = claims_.generation();
      emit(note_generation{noting_});
    }
  } else if (pulse_.last_back() >= outside_counter_) {
    if (claims_.wanted_generation() > 1 && !bucket_lost_at_)
      bucket_lost_at_ = members_.observed();
    create(to_text(generation_key{claims_.wanted_generation()}), set_.name, std::nullopt);
  }
}

/// The highest rules hold. Others are only written while nobody lives by those.
void ownership::agree_on_rules() {
  const auto lives_by_them = [](const auto& each) { return each.second.alive && each.second.last.agreed != 0; };
  const auto& others = members_.all();
  const bool others_live = std::any_of(others.begin(), others.end(), lives_by_them);
  const bool others_beat = std::any_of(others.begin(), others.end(),
                                       [&](const auto& each) { return lives_by_them(each) && each.second.beating; });
  const auto holds = std::find_if(rules_.rbegin(), rules_.rend(), [](const auto& each) { return each.second; });
  if (holds != rules_.rend()) {
    const auto differences = rule_differences(set_.rules, *holds->second);
    if (differences.empty()) {
      if (std::exchange(agreed_, holds->first) != holds->first && incarnation_ != 0)
        beat();
      return;
    }
    if (agreed_ != 0 || others_beat) {
      std::string why = "the rules of this node are not those of the cluster:";
      for (const auto& sentence : differences)
        why += "\n  " + sentence;
      refuse(why);
      return;
    }
  }
  // Who lived by rules before brings them into a bucket without any at once. Who brings others than those that are there leaves
  // everybody the time to show that they live by them.
  const bool waited = holds == rules_.rend() || members_.observed() - rules_seen_at_ >= set_.timing.death;
  const bool may_write = entries_read_ && !suspect_ && !pulse_.stale(now_) &&
                         (agreed_ != 0 || (!others_live && waited && listened_long_enough()));
  if (may_write) {
    const auto highest = rules_.empty() ? 0 : rules_.rbegin()->first;
    create(to_text(rules_key{std::max(highest + 1, agreed_)}), set_.rules, std::nullopt);
  }
}

/// Rises by one when everybody who may come back can read the next one.
void ownership::agree_on_format() {
  if (over_)
    return;
  if (format_ > set_.reads) {
    refuse("the cluster writes format " + std::to_string(format_) + "; this program, version " + set_.version +
           ", reads formats up to " + std::to_string(set_.reads));
    return;
  }
  // What was trusted before the bucket was lost says nothing of the one that is there now.
  if (trust_ != trust::fresh || !entries_read_ || !serving())
    return;
  if (bucket_format_ < format_) { // the bucket was lost
    create(to_text(format_key{format_}), set_.name, std::nullopt);
    return;
  }
  const auto& others = members_.all();
  const bool all_read = std::all_of(others.begin(), others.end(), [this](const auto& each) {
    return each.second.last.state == member_state::left ||
           (!each.second.last.address.empty() && each.second.last.reads > format_);
  });
  if (set_.reads > format_ && all_read && members_.observed() - *joined_ >= set_.timing.calm)
    create(to_text(format_key{format_ + 1}), set_.name, std::nullopt);
}

} // namespace alleycat

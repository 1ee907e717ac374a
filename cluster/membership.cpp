#include "cluster/membership.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

membership::membership(std::string self, std::uint32_t protocol, std::uint64_t rules, const cluster_timing& timing)
    : self_{std::move(self)}, protocol_{protocol}, rules_{rules}, timing_{timing} {}

void membership::advance(steady_ms now, bool counting) {
  const auto step = last_ ? std::clamp<steady_ms>(now - *last_, 0, timing_.longest_step) : 0;
  last_ = now;
  if (!counting || step == 0)
    return;
  observed_ += step;
  for (auto& [name, who] : members_)
    if (who.alive && observed_ - who.silent_from >= (who.hinted ? timing_.hinted_death : timing_.death))
      gone(who);
}

void membership::gone(member& who) {
  who.alive = false;
  who.silent_since = observed_;
  if (!who.last.address.empty())
    changes_.push_back({false, who.last});
  choose_candidates();
}

void membership::saw(const heartbeat& beat) {
  if (beat.name == self_)
    return;
  const auto [at, fresh] = members_.try_emplace(beat.name);
  auto& who = at->second;
  if (!fresh && std::pair{beat.incarnation, beat.counter} <= std::pair{who.last.incarnation, who.last.counter})
    return;
  const bool was_up = !fresh && who.alive && !who.last.address.empty();
  const bool leaves = beat.state == member_state::left;
  if (was_up && (leaves || beat.incarnation != who.last.incarnation))
    changes_.push_back({false, who.last});
  if (!leaves && (!was_up || beat.incarnation != who.last.incarnation))
    changes_.push_back({true, beat});
  if (leaves && (fresh || who.alive))
    who.silent_since = observed_;
  who.last = beat;
  who.alive = !leaves;
  who.hinted = false;
  who.silent_from = observed_;
  choose_candidates();
}

void membership::saw_owner(const std::string& name, std::uint64_t incarnation) {
  if (name == self_)
    return;
  const auto [at, fresh] = members_.try_emplace(name);
  auto& who = at->second;
  if (!fresh && incarnation <= who.last.incarnation)
    return;
  if (!fresh && who.alive && !who.last.address.empty())
    changes_.push_back({false, who.last});
  who.last = {};
  who.last.name = name;
  who.last.incarnation = incarnation;
  who.alive = true;
  who.hinted = false;
  who.silent_from = observed_;
  choose_candidates();
}

void membership::connection_down(const std::string& name) {
  if (const auto found = members_.find(name); found != members_.end())
    found->second.hinted = true;
}

void membership::restart_clocks() {
  for (auto& [name, who] : members_) {
    who.silent_from = observed_;
    who.hinted = false;
  }
}

bool membership::stands(const std::string& name, std::uint64_t incarnation) const {
  const auto found = members_.find(name);
  return found != members_.end() && found->second.alive && found->second.last.incarnation <= incarnation;
}

bool membership::is_candidate(const std::string& name) const {
  return std::binary_search(candidates_.begin(), candidates_.end(), name);
}

void membership::forget(const std::string& name) {
  members_.erase(name);
  choose_candidates();
}

void membership::choose_candidates() {
  candidates_.clear();
  for (const auto& [name, who] : members_)
    if (who.alive && !who.last.address.empty() && who.last.state == member_state::serving && speaks_with_us(who.last))
      candidates_.push_back(name);
}

} // namespace alleycat

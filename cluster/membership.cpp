#include "cluster/membership.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

membership::membership(std::string self, std::uint32_t protocol, std::uint64_t rules, const cluster_timing& timing)
    : self_{std::move(self)}, protocol_{protocol}, rules_{rules}, timing_{timing} {}

void membership::advance(steady_time now, bool counting) {
  ALLEYCAT_CHECK(!last_ || now >= *last_);
  const auto step = last_ ? std::min(now - *last_, timing_.longest_step) : milliseconds{0};
  last_ = now;
  if (!counting || step == milliseconds{0})
    return;
  observed_ += step;
  const auto others =
      std::count_if(members_.begin(), members_.end(), [](const auto& each) { return each.second.alive; });
  const auto silent = std::count_if(members_.begin(), members_.end(), [this](const auto& each) {
    return each.second.alive && observed_ - each.second.silent_from >= timing_.silent;
  });
  const bool together = silent >= 2 && 2 * silent > others;
  for (auto& [name, who] : members_) {
    const auto patience = together ? timing_.broker_death : who.hinted ? timing_.hinted_death : timing_.death;
    if (who.alive && observed_ - who.silent_from >= patience)
      end(who);
  }
}

void membership::end(member& who) {
  who.alive = false;
  who.silent_since = observed_;
  if (!who.last.address.empty())
    changes_.push_back({false, who.last});
  choose_contenders();
}

void membership::saw(const heartbeat& beat) {
  if (beat.name == self_)
    return;
  const auto [place, fresh] = members_.try_emplace(beat.name);
  auto& who = place->second;
  if (!fresh && std::pair{beat.incarnation, beat.counter} <= std::pair{who.last.incarnation, who.last.counter})
    return;
  const bool known = !fresh && !who.last.address.empty();
  const bool was_up = known && who.alive;
  const bool leaves = beat.state == member_state::left;
  if (was_up && (leaves || beat.incarnation != who.last.incarnation))
    changes_.push_back({false, who.last});
  if (!leaves && (!was_up || beat.incarnation != who.last.incarnation))
    changes_.push_back({true, beat});
  if (leaves && (fresh || who.alive))
    who.silent_since = observed_;
  who.last = beat;
  who.alive = !leaves;
  who.beating = known;
  who.hinted = false;
  who.silent_from = observed_;
  choose_contenders();
}

void membership::saw_owner(const std::string& name, std::uint64_t incarnation) {
  if (name == self_)
    return;
  const auto [place, fresh] = members_.try_emplace(name);
  auto& who = place->second;
  if (!fresh && incarnation <= who.last.incarnation)
    return;
  if (!fresh && who.alive && !who.last.address.empty())
    changes_.push_back({false, who.last});
  who = {};
  who.last.name = name;
  who.last.incarnation = incarnation;
  who.silent_from = observed_;
  choose_contenders();
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
  ALLEYCAT_CHECK(name != self_);
  const auto found = members_.find(name);
  return found != members_.end() && found->second.alive && found->second.last.incarnation <= incarnation;
}

bool membership::anybody_alive() const {
  return std::any_of(members_.begin(), members_.end(), [](const auto& each) { return each.second.alive; });
}

bool membership::contends(const std::string& name) const {
  return std::any_of(contenders_.begin(), contenders_.end(), [&](const contender& each) { return each.name == name; });
}

void membership::forget(const std::string& name) {
  const auto found = members_.find(name);
  if (found == members_.end())
    return;
  ALLEYCAT_CHECK(!found->second.alive);
  members_.erase(found);
  choose_contenders();
}

void membership::choose_contenders() {
  contenders_.clear();
  for (const auto& [name, who] : members_)
    if (who.alive && !who.last.address.empty() && speaks_with_us(who.last) && fitness_of(who.last) != fitness::none)
      contenders_.push_back({name, fitness_of(who.last)});
}

} // namespace alleycat

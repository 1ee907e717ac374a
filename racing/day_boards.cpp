#include "racing/day_boards.hpp"

#include <algorithm>

namespace alleycat {

void day_boards::turn_to(utc_day today) {
  today_ = today;
  days_.erase(days_.begin(), days_.upper_bound(today - most_days));
  for (std::size_t i = 0; i < boards_.size(); ++i) {
    boards_[i] = leaderboard{};
    for (const auto& [day, bests] : days_)
      if (day > today_ - reach_[i] && day <= today_)
        for (const auto& best : bests)
          boards_[i].improve(best.racer, best.record);
    boards_[i].sort();
  }
}

void day_boards::load(utc_day day, std::vector<day_best> bests) {
  if (day <= today_ - most_days)
    return;
  const auto by_racer = [](const day_best& a, const day_best& b) { return a.racer < b.racer; };
  std::sort(bests.begin(), bests.end(), by_racer);
  auto& kept = days_[day];
  std::vector<day_best> both;
  both.reserve(kept.size() + bests.size());
  std::merge(kept.begin(), kept.end(), bests.begin(), bests.end(), std::back_inserter(both), by_racer);
  kept.clear();
  for (const auto& each : both) {
    if (kept.empty() || kept.back().racer != each.racer)
      kept.push_back(each);
    else if (beats(each.record, kept.back().record))
      kept.back() = each;
  }
}

void day_boards::merge(utc_day day, std::vector<day_best> bests) {
  for (std::size_t i = 0; i < boards_.size(); ++i) {
    if (day <= today_ - reach_[i] || day > today_)
      continue;
    for (const auto& best : bests)
      boards_[i].improve(best.racer, best.record);
    boards_[i].sort();
  }
  load(day, std::move(bests));
}

void day_boards::replace(racer_id racer, const std::vector<std::pair<utc_day, final_score>>& rides) {
  for (auto& [day, bests] : days_)
    std::erase_if(bests, [racer](const day_best& best) { return best.racer == racer; });
  for (const auto& [day, record] : rides)
    load(day, {{racer, record}});
  turn_to(today_);
}

std::size_t day_boards::size() const {
  std::size_t sum = 0;
  for (const auto& [day, bests] : days_)
    sum += bests.size();
  return sum;
}

} // namespace alleycat

#include "racing/race_ending.hpp"

#include "racing/check.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

closed_race race_fold::close(epoch owner_epoch) const {
  race_ending ending{*this, owner_epoch};
  ending.go_on(rides_.size() + order_.size());
  return ending.take();
}

race_ending::race_ending(const race_fold& race, epoch owner_epoch) : race_{race} {
  ALLEYCAT_CHECK(race.closed_);
  const auto rides = race.rides_.size();
  ALLEYCAT_CHECK(rides <= race.rules_.capacity && race.complete_ <= rides && race.finished_ <= rides);
  const auto& mark = race.mark_;
  made_.stamp = mark;
  made_.result = {race.key_,        owner_epoch, mark.position, mark.stored, static_cast<std::uint32_t>(race.finished_),
                  race.final_rows()};
  made_.rides.resize(rides);
}

void race_ending::go_on(std::size_t steps) {
  for (; steps != 0 && rides_ < made_.rides.size(); --steps)
    copy(rides_++);
  for (; steps != 0 && !done(); --steps)
    rank(seconds_++);
}

void race_ending::copy(std::size_t row) {
  const auto& r = race_.rides_[row];
  auto& record = made_.rides[row];
  record.key = race_.key_;
  record.racer = r.racer;
  record.name = r.name;
  record.anchor = r.anchor;
  record.closed = race_.mark_.stored;
  record.finished = r.finished;
  record.seconds.resize(r.furthest.value());
  for (std::uint16_t s = 1; s <= r.furthest.value(); ++s)
    if (r.has(own_second{s})) {
      record.seconds[s - 1U].present = true;
      record.seconds[s - 1U].measured = r.measured[s - 1U];
    }
}

void race_ending::rank(std::size_t second) {
  const auto& order = race_.order_[second];
  const auto& scores = race_.scores_[second];
  rank_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || scores[order[i]] != scores[order[i - 1]])
      rank = static_cast<rank_t>(i + 1);
    made_.rides[order[i]].seconds[second].here_now_rank = rank;
  }
}

closed_race race_ending::take() {
  ALLEYCAT_CHECK(done());
  for (const auto& row : made_.result.rows)
    made_.rides[*race_.row_of_.find(row.racer)].rank = row.rank;
  std::sort(made_.rides.begin(), made_.rides.end(),
            [](const ride_record& a, const ride_record& b) { return a.racer < b.racer; });
  return std::move(made_);
}

} // namespace alleycat

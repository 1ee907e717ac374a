#include "node/membership/clock_gauge.hpp"

#include <algorithm>

namespace alleycat {

namespace {

constexpr std::size_t most_under_way = 16;
/// Fits the heartbeat's field.
constexpr milliseconds most_ahead{2'000'000'000};
/// Our clock was set meanwhile if it went by that much more or less than the steady one: says nothing.
constexpr milliseconds step{100};

} // namespace

void clock_gauge::sent(std::uint64_t counter, unix_ms wall, steady_time now) {
  under_way_.push_back({counter, wall, now});
  if (under_way_.size() > most_under_way)
    under_way_.pop_front();
}

void clock_gauge::came_back(std::uint64_t counter, unix_ms stored_at, unix_ms wall, steady_time now) {
  const auto found =
      std::find_if(under_way_.begin(), under_way_.end(), [&](const beat& each) { return each.counter == counter; });
  if (found == under_way_.end())
    return;
  const auto was = *found;
  under_way_.erase(under_way_.begin(), found + 1);
  const auto went = wall - was.wall;
  const auto passed = now - was.sent_at;
  if (stored_at <= unix_ms{} || went > passed + step || went < passed - step)
    return;
  const auto ahead = was.wall > stored_at ? was.wall - stored_at
                     : wall < stored_at   ? wall - stored_at
                                          : milliseconds{0};
  ahead_ = std::clamp(ahead, -most_ahead, most_ahead);
}

} // namespace alleycat

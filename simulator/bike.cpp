#include "simulator/bike.hpp"

#include <algorithm>

namespace alleycat::sim {

namespace {

std::chrono::milliseconds doubled(std::chrono::milliseconds wait, std::uint32_t times,
                                  std::chrono::milliseconds longest) {
  return std::min(wait * (std::int64_t{1} << std::min(times, 10U)), longest);
}

} // namespace

std::string_view to_string(send_reason reason) {
  switch (reason) {
  case send_reason::first:
    return "first";
  case send_reason::duplicate:
    return "duplicate";
  case send_reason::timeout:
    return "timeout";
  case send_reason::retry:
    return "retry";
  case send_reason::reconnect:
    return "reconnect";
  }
  return "?";
}

bike::kept_update& bike::ride(const ridden_second& what, moment due, moment deadline) {
  return ring_.emplace_back(kept_update{.what = what, .due = due, .deadline = deadline, .first_sent = {}});
}

bike::kept_update* bike::find(std::uint32_t number) {
  const auto at = std::lower_bound(ring_.begin(), ring_.end(), number,
                                   [](const kept_update& x, std::uint32_t n) { return x.what.number < n; });
  return at != ring_.end() && at->what.number == number ? &*at : nullptr;
}

void bike::sent(std::uint32_t number, moment now, std::uint32_t copies) {
  auto* const kept = find(number);
  if (kept == nullptr) {
    return;
  }
  if (!rules_->wants_answers) {
    ring_.erase(ring_.begin() + (kept - ring_.data()));
    return;
  }
  if (kept->sends == 0) {
    kept->first_sent = now;
  }
  kept->sends += copies;
  kept->due = now + doubled(rules_->answer_timeout, kept->sends > 3 ? kept->sends - 3 : 0, rules_->longest_timeout);
  kept->reason = send_reason::timeout;
}

bike::meaning bike::answered(std::uint32_t number, bool ok, bool retry, moment now) {
  auto* const kept = find(number);
  if (kept == nullptr) {
    return meaning::unknown;
  }
  if (!ok && retry) {
    kept->due = now + doubled(rules_->retry_pause, kept->put_off++, rules_->longest_pause);
    kept->reason = send_reason::retry;
    return meaning::again_later;
  }
  ring_.erase(ring_.begin() + (kept - ring_.data()));
  return ok ? meaning::accepted : meaning::refused;
}

void bike::reconnected(moment now) {
  for (auto& kept : ring_) {
    if (kept.sends > 0) {
      kept.due = std::min(kept.due, now);
      kept.reason = send_reason::reconnect;
    }
  }
}

std::vector<bike::kept_update> bike::give_up(moment now) {
  std::vector<kept_update> dropped;
  std::erase_if(ring_, [&](const kept_update& kept) {
    if (kept.deadline > now) {
      return false;
    }
    dropped.push_back(kept);
    return true;
  });
  return dropped;
}

void bike::due(moment now, std::size_t limit, std::vector<std::uint32_t>& numbers) const {
  numbers.clear();
  for (const auto& kept : ring_) {
    if (numbers.size() == limit) {
      return;
    }
    if (kept.due <= now) {
      numbers.push_back(kept.what.number);
    }
  }
}

} // namespace alleycat::sim

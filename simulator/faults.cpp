#include "simulator/faults.hpp"

#include "racing/rules.hpp"
#include "simulator/draw.hpp"

#include <algorithm>

namespace alleycat::sim {

namespace {

bool happens(double chance, purpose p, std::uint64_t key, std::integral auto... parts) {
  return chance > 0 && unit(draw_for(p, key, parts...)) < chance;
}

} // namespace

fault_plan::fault_plan(const fault_options& chances, std::uint64_t seed, class_id cls, racer_id racer)
    : chances_{chances}, key_{draw(seed, cls.value(), racer.value())} {}

std::optional<std::uint32_t> fault_plan::dropout_after(std::uint32_t seconds) const {
  if (seconds < 2 || !happens(chances_.dropout, purpose::dropout, key_)) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(1 + draw_for(purpose::dropout_at, key_) % (seconds - 1));
}

std::optional<std::uint32_t> fault_plan::restart_after(std::uint32_t seconds, std::uint32_t room_seconds) const {
  constexpr auto first = static_cast<std::uint32_t>(clock_tolerance / std::chrono::seconds{1} + 1);
  if (seconds < 2 || room_seconds < 2 || !happens(chances_.restart, purpose::restart, key_)) {
    return std::nullopt;
  }
  const auto last = std::min(seconds - 1, room_seconds - 1);
  if (last < first) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(first + draw_for(purpose::restart_at, key_) % (last - first + 1));
}

std::chrono::milliseconds fault_plan::hold_back(std::uint32_t update, std::chrono::milliseconds room) const {
  using std::chrono::milliseconds;
  const auto within = [&](double low, double high) {
    const auto most = std::min(high, static_cast<double>(room.count()));
    // A short race leaves less room than that: anywhere in what there is.
    const auto least = std::min(low, most / 2);
    const auto held = between(least, most, draw_for(purpose::delay, key_, update));
    return milliseconds{static_cast<std::int64_t>(std::max(held, 0.0))};
  };
  if (happens(chances_.late, purpose::late, key_, update)) {
    return within(5'000, 60'000);
  }
  if (happens(chances_.reorder, purpose::reorder, key_, update)) {
    return within(1'100, 3'500);
  }
  return milliseconds{0};
}

bool fault_plan::sends_twice(std::uint32_t update) const {
  return happens(chances_.duplicate, purpose::duplicate, key_, update);
}

bool fault_plan::loses(std::uint32_t update, std::uint32_t sends) const {
  return sends < 2 && happens(chances_.loss, purpose::loss, key_, update, sends);
}

bool fault_plan::loses_answer(std::uint32_t update, std::uint32_t lost) const {
  return lost == 0 && happens(chances_.loss, purpose::answer_loss, key_, update);
}

} // namespace alleycat::sim

/// The bare loop: one thread, flat arrays, nothing durable.
#include "tests/bench/peer.hpp"
#include "tests/bench/workload.hpp"

#include <algorithm>
#include <numeric>

namespace alleycat::bench {

namespace {

class bare_loop : public peer {
public:
  explicit bare_loop(const peer_settings& settings) : peer{settings} {
    tables_.resize(settings.classes + 1U);
    for (std::uint16_t c = 1; c <= settings.classes; ++c) {
      auto& table = tables_[c];
      table.resize(settings.seconds + 1U);
      for (std::uint32_t racer = 1; racer <= settings.history; ++racer) {
        const auto bests = bests_of(history_seed, class_id{c}, racer_id{racer}, settings.seconds);
        for (std::uint16_t s = 1; s <= settings.seconds; ++s)
          table[s].by_racer.push_back(bests.at[s - 1U]);
      }
      for (auto& at : table) {
        at.sorted = at.by_racer;
        std::sort(at.sorted.begin(), at.sorted.end(), std::greater<>{});
      }
    }
  }

  void take(const std::vector<counted>& batch) override {
    for (const auto& c : batch) {
      auto& race = *c.race;
      race.all_time[c.second.value()][c.row] = rank(race.key.cls, c.second, race.riders[c.row].racer, c.total);
    }
    for (const auto& c : batch)
      if (auto& race = *c.race; complete(race, c.second) && !race.totals[c.second.value()].empty()) {
        const auto& totals = race.totals[c.second.value()];
        order_.resize(totals.size());
        std::iota(order_.begin(), order_.end(), 0U);
        std::sort(order_.begin(), order_.end(), [&](auto a, auto b) {
          return totals[a] != totals[b] ? totals[a] > totals[b] : race.riders[a].racer < race.riders[b].racer;
        });
        publish(race, c.second, order_);
      }
  }

private:
  /// Bests of one second of a class.
  struct column {
    std::vector<score> sorted;   ///< highest first
    std::vector<score> by_racer; ///< [racer - 1]
  };

  rank_t rank(class_id cls, own_second second, racer_id racer, score value) const {
    const auto& at = tables_[cls.value()][second.value()];
    const auto own = racer.value() <= at.by_racer.size() ? at.by_racer[racer.value() - 1] : score{};
    const auto higher = std::partition_point(at.sorted.begin(), at.sorted.end(), [&](score s) { return s > value; });
    return static_cast<rank_t>(1 + (higher - at.sorted.begin()) - (own > value ? 1 : 0));
  }

  std::vector<std::vector<column>> tables_; ///< [class][second]
  std::vector<std::uint32_t> order_;
};

} // namespace

std::unique_ptr<peer> make_bare_loop(const peer_settings& set) {
  return std::make_unique<bare_loop>(set);
}

} // namespace alleycat::bench

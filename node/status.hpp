/// /status: the node at a glance, for those who have neither Prometheus nor Grafana.
#pragma once

#include "actors/meters.hpp"
#include "node/cluster_side.hpp"
#include "racing/rules.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace alleycat {

/// Who owns what, rates, lag and the last events, as JSON and as a page that renews itself. Any thread.
class status_page {
public:
  /// All of them outlive this.
  status_page(const rule_set& rules, const meters& counts, const cluster_side& cluster)
      : rules_{rules}, counts_{counts}, cluster_{cluster} {}

  /// To be called about once a second: rates are those of the last 10 s.
  void sample();

  /// @param not_ready  why the node is not ready; empty = it is
  /// @param now  by the wall clock
  std::string json(const std::string& not_ready, unix_ms now) const;
  /// The same for people.
  std::string html(const std::string& not_ready, unix_ms now) const;
  /// What the page looks like; a file of its own, since nothing in the page may be a style.
  static std::string css();

private:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t rates = 6;
  struct moment {
    clock::time_point at;
    std::array<std::uint64_t, rates> counts{};
    histogram::sums acknowledged, standings;
  };

  moment now_counts() const;

  const rule_set& rules_;
  const meters& counts_;
  const cluster_side& cluster_;
  mutable std::mutex mutex_; ///< guards what follows
  std::deque<moment> moments_;
};

} // namespace alleycat

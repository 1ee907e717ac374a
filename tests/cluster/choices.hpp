/// Where a simulated schedule may go one way or another, somebody has to choose: a seeded die, or a list that says at which
/// choices to leave the plain way. The same choices give the same run.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace alleycat::testing {

/// What a choice is about.
enum class about : std::uint8_t {
  fault,      ///< does a node or the bucket get into trouble now?
  claim_call, ///< what becomes of a request that writes or reads a claim
  claim_news, ///< what becomes of a claim on its way to a watcher
  beat,       ///< what becomes of a heartbeat, there or back
  detail,     ///< delays, orders
};

class choices {
public:
  virtual ~choices() = default;
  /// @param permille  how likely a random chooser leaves way 0, the plain one
  /// @returns 0..ways-1
  virtual int pick(about what, int ways, int permille) = 0;
  /// Spreads things a little; 0 for a chooser that is not random. @returns 0..below-1
  virtual int jitter(int below) = 0;
};

class random_choices : public choices {
public:
  explicit random_choices(std::uint64_t seed) : engine_{seed} {}
  int pick(about, int ways, int permille) override {
    if (ways < 2 || below(1000) >= permille)
      return 0;
    return 1 + below(ways - 1);
  }
  int jitter(int limit) override { return limit < 2 ? 0 : below(limit); }

private:
  // std::uniform_int_distribution is not the same everywhere.
  int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }

  std::mt19937_64 engine_;
};

/// Takes the plain way but at the listed choices, and remembers which choices there were.
class listed_choices : public choices {
public:
  struct point {
    about what = about::detail;
    int ways = 0;
  };

  explicit listed_choices(std::map<std::size_t, int> leave) : leave_{std::move(leave)} {}
  int pick(about what, int ways, int) override {
    const auto found = leave_.find(points_.size());
    points_.push_back({what, ways});
    return found == leave_.end() ? 0 : found->second;
  }
  int jitter(int) override { return 0; }

  const std::vector<point>& points() const { return points_; }

private:
  std::map<std::size_t, int> leave_;
  std::vector<point> points_;
};

} // namespace alleycat::testing

/// Random small races for the properties, and how they shrink.
#pragma once

#include "naive_race.hpp"
#include "property.hpp"

#include <rapidcheck.h>

#include <random>

namespace naive {

inline std::ostream& operator<<(std::ostream& out, const line& l) {
  out << "\n  " << l.position << " at " << l.stored << ':';
  if (l.mark_by)
    return out << " close mark of epoch " << *l.mark_by;
  for (const auto& e : l.events)
    out << " [racer " << e.racer << " second " << e.second << " device " << e.device << ' ' << e.measured.cadence << '/'
        << e.measured.resistance << (e.name.empty() ? "" : " '" + e.name + "'") << (e.view ? " view" : "") << ']';
  return out;
}

struct random_race {
  rules rule;
  std::vector<line> journal;

  friend std::ostream& operator<<(std::ostream& out, const random_race& r) {
    out << "race " << r.rule.race << " from " << r.rule.start() << " to " << r.rule.deadline() << ", window "
        << r.rule.window << ", ride " << r.rule.ride << ", grace " << r.rule.grace << ", capacity " << r.rule.capacity
        << ", percent " << r.rule.percent << (r.rule.live ? ", live" : ", any")
        << (r.rule.by_total ? ", by total" : ", by output");
    for (const auto& l : r.journal)
      out << l;
    return out;
  }
};

/// How far a random race leaves the clean path.
enum class manners {
  clean, ///< one value per slot, one ride per rider, in time, capacity for all, no mark but the last line
  wild   ///< also duplicates, conflicts, restarts, out of time, too many riders, marks in between, odd seconds
};

class race_maker {
public:
  race_maker(std::uint64_t seed, manners m) : random_{seed}, wild_{m == manners::wild} {}

  random_race make() {
    random_race out;
    auto& rule = out.rule;
    const auto racers = pick(1, 30);
    rule.window = pick(1, 20);
    rule.ride = pick(1, 20);
    rule.grace = pick(0, 5);
    rule.percent = one_of({1, 50, 90, 100});
    rule.capacity = wild_ && chance(30) ? pick(1, racers) : 1000;
    rule.live = chance(70);
    rule.by_total = chance(50);
    rule.race = pick(2, 1000);
    values_ = pick(1, 4); // few distinct values make ties

    struct arrival {
      std::int64_t at;
      event what;
    };
    std::vector<arrival> arrivals;
    for (std::int64_t i = 0; i < racers; ++i) {
      const auto racer = 1 + i * 7 % 31; // not in the order of starting
      const auto begun = rule.start() + pick(0, rule.window * 1000 - 1);
      const auto furthest = chance(60) ? rule.ride : pick(1, rule.ride);
      const auto loss = one_of({0, 0, 5, 30});
      for (std::int64_t s = 1; s <= furthest; ++s) {
        if (chance(loss))
          continue;
        event e{racer, s, begun + 1000 * s, measure(), chance(10), chance(20) ? name(racer) : ""};
        arrivals.push_back({begun + 1000 * s + delay(rule), e});
        if (wild_)
          misbehave(rule, e, [&](const event& again) { arrivals.push_back({begun + 1000 * s + delay(rule), again}); });
      }
    }
    std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) { return a.at < b.at; });

    std::int64_t position = pick(0, 3);
    const auto end = rule.deadline() + 20'000;
    for (const auto& a : arrivals) {
      // Clean races are stored when every second counts; else by the arrival, so that some are out of time.
      const auto stored = wild_ ? std::min(a.at / 500 * 500, end) : rule.start() + 1000 * rule.ride;
      auto& journal = out.journal;
      if (journal.empty() || journal.back().mark_by || journal.back().stored != stored || chance(40))
        journal.push_back({position += pick(1, 3), stored, {}, {}});
      journal.back().events.push_back(a.what);
      if (wild_ && chance(1) && chance(20))
        journal.push_back({position += 1, stored, {}, pick(1, 9)});
    }
    if (!wild_ || chance(90))
      out.journal.push_back({position + 1, end, {}, pick(1, 9)});
    return out;
  }

private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(std::int64_t percent) { return pick(0, 99) < percent; }
  std::int64_t one_of(std::initializer_list<std::int64_t> from) {
    return *(from.begin() + pick(0, static_cast<std::int64_t>(from.size()) - 1));
  }
  sample measure() { return {static_cast<int>(10 * pick(0, values_ - 1)), 350, 0, 0}; }
  std::string name(std::int64_t racer) {
    return "racer " + std::to_string(racer) + (wild_ && chance(30) ? " the second" : "");
  }
  std::int64_t delay(const rules& rule) {
    if (wild_ && chance(2))
      return one_of({-5000, -20'000, rule.deadline(), 1000 * (rule.window + rule.ride + rule.grace)});
    return chance(80) ? pick(0, 400) : pick(0, 8000);
  }

  template <class Send>
  void misbehave(const rules& rule, event e, Send send) {
    if (chance(10))
      send(e); // again
    if (chance(5)) {
      e.measured = measure();
      e.name = name(e.racer);
      send(e); // the same or another value
    }
    if (chance(3)) {
      e.measured.power = 200;
      send(e); // another value of the same output
    }
    if (chance(5)) {
      e.device += one_of({-5001, -5000, 5000, 5001, 60'000});
      e.second = pick(1, rule.ride);
      send(e); // at the edge of the ride, or another one
    }
    if (chance(1)) {
      e.second = one_of({0, rule.ride + 1, 65'535});
      send(e); // what no ingest lets through
    }
  }

  std::mt19937_64 random_;
  bool wild_;
  std::int64_t values_ = 1;
};

/// Shrinks by leaving out lines of the journal, then updates of a line.
inline rc::Gen<random_race> any_race(manners m) {
  const auto fresh = rc::gen::noShrink(rc::gen::map(alleycat::any_seed(), [m](std::uint64_t seed) {
    return race_maker{seed, m}.make();
  }));
  return rc::gen::shrink(fresh, [](const random_race& r) {
    auto fewer_lines = rc::seq::map(rc::shrink::removeChunks(r.journal), [r](std::vector<line> journal) {
      return random_race{r.rule, std::move(journal)};
    });
    auto shorter_lines = rc::seq::map(rc::shrink::eachElement(r.journal,
                                                              [](const line& l) {
                                                                return rc::seq::map(rc::shrink::removeChunks(l.events),
                                                                                    [l](std::vector<event> events) {
                                                                                      auto shorter = l;
                                                                                      shorter.events =
                                                                                          std::move(events);
                                                                                      return shorter;
                                                                                    });
                                                              }),
                                      [r](std::vector<line> journal) {
                                        return random_race{r.rule, std::move(journal)};
                                      });
    return rc::seq::concat(fewer_lines, shorter_lines);
  });
}

} // namespace naive

/// A race, a table of bests and a leaderboard, recomputed the slow and obvious way: maps, sorts and counting.
///
/// Independent on purpose: plain numbers, nothing of racing/ included, nothing kept up to date: every answer is worked
/// out from the accepted updates when it is asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace naive {

struct rules {
  std::int64_t window = 300, ride = 300, grace = 30; ///< seconds
  std::int64_t capacity = 1000;
  std::int64_t percent = 90;
  bool live = true;
  bool by_total = true; ///< else by output
  std::int64_t race = 0;

  std::int64_t start() const { return race * window * 1000; }
  std::int64_t deadline() const { return (race * window + window + ride + grace) * 1000; }
};

struct sample {
  int cadence = 0, resistance = 0, power = 0, heart_rate = 0;
  friend bool operator==(const sample&, const sample&) = default;
};

inline std::int64_t output(const sample& m) {
  return (m.cadence + 350) * std::int64_t{m.resistance + 650};
}

struct event {
  std::int64_t racer = 0, second = 0, device = 0;
  sample measured;
  bool view = false;
  std::string name;
};

/// One message of the journal.
struct line {
  std::int64_t position = 0, stored = 0;
  std::vector<event> events;
  std::optional<std::int64_t> mark_by; ///< a close mark of this epoch instead of events
};

struct ride {
  std::int64_t racer = 0, anchor = 0;
  std::string name;
  bool view = false;
  std::map<std::int64_t, sample> seconds;

  std::int64_t furthest() const { return seconds.rbegin()->first; }
};

/// A row of the live ranking or of the result.
struct row {
  std::int64_t rank = 0, here_now = 0, racer = 0;
  std::string name;
  std::int64_t second = 0, seconds = 0, output = 0, total = 0;
  bool finished = false;

  friend bool operator==(const row&, const row&) = default;
  friend std::ostream& operator<<(std::ostream& out, const row& r) {
    return out << "\n#" << r.rank << " (here now #" << r.here_now << ") racer " << r.racer << " '" << r.name
               << "' second " << r.second << " with " << r.seconds << ", output " << r.output << ", total " << r.total
               << (r.finished ? ", finished" : "");
  }
};

/// One second of a closed ride.
struct ridden {
  bool present = false;
  sample measured;
  std::int64_t here_now = 0;

  friend bool operator==(const ridden&, const ridden&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ridden& r) {
    return out << (r.present ? "" : "missing ") << output(r.measured) << '#' << r.here_now;
  }
};

struct closed_ride {
  std::int64_t racer = 0, anchor = 0, closed = 0, rank = 0;
  std::string name;
  bool finished = false;
  std::vector<ridden> seconds;

  friend bool operator==(const closed_ride&, const closed_ride&) = default;
  friend std::ostream& operator<<(std::ostream& out, const closed_ride& r) {
    out << "\n#" << r.rank << " racer " << r.racer << " '" << r.name << "' anchor " << r.anchor << " closed "
        << r.closed << (r.finished ? " finished:" : " DNF:");
    for (const auto& s : r.seconds)
      out << ' ' << s;
    return out;
  }
};

class race {
public:
  race(rules rules, const std::vector<line>& journal) : rules_{rules} {
    for (const auto& l : journal)
      read(l);
  }

  std::vector<ride> rides; ///< in order of first acceptance
  std::map<std::string, std::int64_t> refused;
  std::int64_t accepted = 0;
  bool closed = false;
  std::int64_t mark_position = 0, mark_stored = 0, highest_mark = 0;
  /// Racer and second of every accepted update, in order.
  std::vector<std::pair<std::int64_t, std::int64_t>> acceptances;

  std::int64_t total(const ride& r, std::int64_t s) const {
    std::int64_t sum = 0;
    for (const auto& [second, measured] : r.seconds)
      if (second <= s)
        sum += output(measured);
    return sum;
  }

  std::int64_t output_at(const ride& r, std::int64_t s) const {
    const auto found = r.seconds.find(s);
    return found == r.seconds.end() ? 0 : output(found->second);
  }

  /// 0 = undefined.
  std::int64_t score(const ride& r, std::int64_t s) const {
    if (rules_.by_total)
      return s <= r.furthest() ? total(r, s) : 0;
    return output_at(r, s);
  }

  /// 0 = undefined.
  std::int64_t here_now(const ride& r, std::int64_t s) const {
    const auto own = score(r, s);
    return own == 0 ? 0
                    : 1 + std::count_if(rides.begin(), rides.end(), [&](const ride& o) { return score(o, s) > own; });
  }

  /// (rank, racer, score) of everybody with a score at s, best first.
  std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> table(std::int64_t s) const {
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> rows;
    for (const auto& r : rides)
      if (score(r, s) > 0)
        rows.emplace_back(here_now(r, s), r.racer, score(r, s));
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  bool finished(const ride& r) const {
    return r.seconds.count(rules_.ride) == 1 &&
           static_cast<std::int64_t>(r.seconds.size()) * 100 >= rules_.ride * rules_.percent;
  }

  bool complete(const ride& r) const { return static_cast<std::int64_t>(r.seconds.size()) == rules_.ride; }

  std::vector<row> ranking() const {
    std::vector<row> rows;
    for (const auto& r : rides) {
      rows.push_back(row_of(r));
      rows.back().rank = 1 + std::count_if(rides.begin(), rides.end(), [&](const ride& o) {
                           return score(o, o.furthest()) > score(r, r.furthest());
                         });
    }
    std::sort(rows.begin(), rows.end(),
              [](const row& a, const row& b) { return std::tie(a.rank, a.racer) < std::tie(b.rank, b.racer); });
    return rows;
  }

  std::int64_t final_rank(const ride& r) const {
    if (!finished(r))
      return 0;
    return 1 + std::count_if(rides.begin(), rides.end(), [&](const ride& o) {
             return finished(o) && score(o, rules_.ride) > score(r, rules_.ride);
           });
  }

  std::vector<row> result() const {
    using place = std::tuple<bool, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    std::vector<std::pair<place, row>> rows;
    for (const auto& r : rides) {
      auto out = row_of(r);
      out.rank = final_rank(r);
      const auto dnf = out.rank == 0;
      rows.emplace_back(place{dnf, out.rank, dnf ? -r.furthest() : 0, dnf ? -score(r, r.furthest()) : 0, r.racer}, out);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<row> out;
    for (auto& [place_of_row, r] : rows)
      out.push_back(r);
    return out;
  }

  std::vector<closed_ride> closed_rides() const {
    std::vector<closed_ride> out;
    for (const auto& r : rides) {
      closed_ride c{r.racer, r.anchor, mark_stored, final_rank(r), r.name, finished(r), {}};
      for (std::int64_t s = 1; s <= r.furthest(); ++s) {
        const auto found = r.seconds.find(s);
        const bool present = found != r.seconds.end();
        c.seconds.push_back({present, present ? found->second : sample{}, here_now(r, s)});
      }
      out.push_back(std::move(c));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.racer < b.racer; });
    return out;
  }

  std::int64_t last_update = 0, furthest = 0;

private:
  void read(const line& l) {
    if (l.mark_by) {
      highest_mark = std::max(highest_mark, *l.mark_by);
      if (!closed && (!rules_.live || l.stored > rules_.deadline())) {
        closed = true;
        mark_position = l.position;
        mark_stored = l.stored;
      }
      return;
    }
    if (!l.events.empty() && !closed)
      last_update = l.stored;
    for (const auto& e : l.events)
      if (const auto reason = fold(e, l.stored); !reason.empty())
        ++refused[reason];
  }

  /// The reason of a refusal; empty = accepted.
  std::string fold(const event& e, std::int64_t stored) {
    if (closed)
      return "out_of_time";
    if (e.second < 1 || e.second > rules_.ride)
      return "bad_second";
    if (rules_.live && (stored < rules_.start() + e.second * 1000 - 7000 || stored > rules_.deadline()))
      return "out_of_time";
    auto found = std::find_if(rides.begin(), rides.end(), [&](const ride& r) { return r.racer == e.racer; });
    if (found == rides.end()) {
      if (static_cast<std::int64_t>(rides.size()) == rules_.capacity)
        return "race_full";
      rides.push_back({e.racer, e.device - 1000 * e.second, "", false, {}});
      found = rides.end() - 1;
    }
    if (std::abs(e.device - 1000 * e.second - found->anchor) > 5000)
      return "other_ride";
    if (const auto slot = found->seconds.find(e.second); slot != found->seconds.end())
      return slot->second == e.measured ? "duplicate" : "conflict";
    found->seconds[e.second] = e.measured;
    if (found->name.empty())
      found->name = e.name;
    found->view = found->view || e.view;
    ++accepted;
    furthest = std::max(furthest, e.second);
    acceptances.emplace_back(e.racer, e.second);
    return "";
  }

  row row_of(const ride& r) const {
    const auto s = r.furthest();
    return {
        0,           here_now(r, s), r.racer, r.name, s, static_cast<std::int64_t>(r.seconds.size()), output_at(r, s),
        total(r, s), finished(r)};
  }

  rules rules_;
};

/// Everybody's best at one second: racer -> best.
using bests = std::map<std::int64_t, std::int64_t>;

/// A row of the table at a second.
struct best {
  std::int64_t rank = 0, racer = 0, score = 0;
  friend bool operator==(const best&, const best&) = default;
  friend std::ostream& operator<<(std::ostream& out, const best& b) {
    return out << "\n#" << b.rank << " racer " << b.racer << ": " << b.score;
  }
};

inline std::vector<best> table_of(const bests& at) {
  std::vector<best> rows;
  for (const auto& [racer, value] : at) {
    best b{1, racer, value};
    for (const auto& [other, others] : at)
      b.rank += others > value ? 1 : 0;
    rows.push_back(b);
  }
  std::sort(rows.begin(), rows.end(),
            [](const best& a, const best& b) { return std::tie(a.rank, a.racer) < std::tie(b.rank, b.racer); });
  return rows;
}

/// What a rider sees while riding: the first `top` rows, then `around` above and below the own one.
inline std::vector<best> neighbours_of(bests at, std::int64_t self, std::int64_t value, std::size_t top,
                                       std::size_t around) {
  at[self] = value;
  const auto rows = table_of(at);
  const auto own = static_cast<std::size_t>(
      std::find_if(rows.begin(), rows.end(), [&](const best& b) { return b.racer == self; }) - rows.begin());
  std::vector<best> out;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (i < top || (i + around >= own && i <= own + around))
      out.push_back(rows[i]);
  return out;
}

/// A finished ride, as the leaderboard sees it.
struct finish {
  std::int64_t racer = 0, score = 0, race = 0, at = 0;
  friend bool operator==(const finish&, const finish&) = default;
  friend std::ostream& operator<<(std::ostream& out, const finish& f) {
    return out << "\nracer " << f.racer << ": " << f.score << " in " << f.race << " at " << f.at;
  }
};

/// The best ride of each racer, the earlier race where equal; best first, then by racer.
inline std::vector<finish> leaderboard_of(std::vector<finish> all) {
  std::sort(all.begin(), all.end(), [](const finish& a, const finish& b) {
    return std::tuple{-a.score, a.racer, a.race} < std::tuple{-b.score, b.racer, b.race};
  });
  std::vector<finish> out;
  for (const auto& f : all)
    if (std::none_of(out.begin(), out.end(), [&](const finish& o) { return o.racer == f.racer; }))
      out.push_back(f);
  return out;
}

} // namespace naive

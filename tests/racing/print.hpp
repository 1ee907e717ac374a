/// How values of racing/ are shown when a test fails. Every test file of this folder includes it.
#pragma once

#include "racing/all_time_table.hpp"
#include "racing/leaderboard.hpp"
#include "racing/race_fold.hpp"
#include "racing/race_lifecycle.hpp"

#include <catch2/catch.hpp>

#include <ostream>
#include <string>

namespace alleycat {

template <class Tag, class Number>
std::ostream& operator<<(std::ostream& out, named_number<Tag, Number> x) {
  return out << +x.value();
}

inline std::ostream& operator<<(std::ostream& out, refusal r) {
  return out << to_string(r);
}

inline std::ostream& operator<<(std::ostream& out, life_phase p) {
  return out << to_string(p);
}

inline std::ostream& operator<<(std::ostream& out, const best_row& r) {
  return out << '#' << r.rank << " racer " << r.racer << ": " << r.best;
}

inline std::ostream& operator<<(std::ostream& out, const all_time_place& p) {
  return out << '#' << p.rank << " of " << p.of << ", own best " << p.own_best;
}

inline std::ostream& operator<<(std::ostream& out, const final_score& f) {
  return out << f.best << " in race " << f.race << " at " << ms_of(f.at);
}

inline std::ostream& operator<<(std::ostream& out, const leaderboard_row& r) {
  return out << '#' << r.rank << " racer " << r.racer << ": " << r.record;
}

inline std::ostream& operator<<(std::ostream& out, const ride_second& s) {
  if (!s.present)
    return out << "missing #" << s.here_now_rank << "/#" << s.all_time_rank;
  return out << s.measured.cadence << ',' << s.measured.resistance << ',' << s.measured.power << ','
             << +s.measured.heart_rate << " #" << s.here_now_rank << "/#" << s.all_time_rank;
}

} // namespace alleycat

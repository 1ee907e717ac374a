#include "ops/alleycat/board.hpp"

#include "ops/alleycat/format.hpp"
#include "ops/alleycat/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace alleycat::cli {

namespace {

/// Heading, titles and one row: less of a race is not worth showing.
constexpr std::size_t least_lines = 3;

} // namespace

bool board::take(const standings& s, time_point now) {
  auto& owner = owners_[s.key.cls];
  if (s.owner_epoch < owner) {
    return false;
  }
  owner = s.owner_epoch;
  if (const auto known = races_.find(s.key); known != races_.end()) {
    const auto& race = known->second;
    if (race.phase == race_phase::closed || (s.owner_epoch == race.owner_epoch && s.as_of < race.as_of)) {
      return false;
    }
  }
  races_[s.key] = {s.owner_epoch, s.as_of,    s.phase,    s.final_at, s.all_time_stale,
                   s.second,      s.reported, s.finished, s.rows,     now};
  forget_old(now);
  return true;
}

bool board::take(const race_result& r, time_point now) {
  if (const auto known = races_.find(r.key); known != races_.end() && known->second.phase == race_phase::closed) {
    return false; // the result is stored once; whoever sends it again sends the same
  }
  own_second furthest;
  for (const auto& row : r.rows) {
    furthest = std::max(furthest, row.second);
  }
  const auto reached =
      std::count_if(r.rows.begin(), r.rows.end(), [&](const standing& row) { return row.second == furthest; });
  races_[r.key] = {
      r.owner_epoch, r.as_of, race_phase::closed, {}, false, furthest, static_cast<std::uint32_t>(reached), r.finished,
      r.rows,        now};
  forget_old(now);
  return true;
}

void board::forget_old(time_point now) {
  const auto is_closed = [](const shown_race& race) { return race.phase == race_phase::closed; };
  const auto live =
      std::count_if(races_.begin(), races_.end(), [&](const auto& race) { return !is_closed(race.second); });
  std::erase_if(races_, [&](const auto& entry) {
    const auto silent = now - entry.second.heard;
    return is_closed(entry.second) ? live > 0 && silent > final_shown_for
                                   : races_.size() > 1 && silent > forgotten_after;
  });
  while (races_.size() > most_races) {
    races_.erase(std::min_element(races_.begin(), races_.end(),
                                  [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
  }
}

std::vector<board_line> board::lines_of(race_key key, const shown_race& race, std::size_t rows, std::size_t width,
                                        time_point now) {
  std::vector<board_line> out;
  // The badge stands where a narrow terminal does not cut it off. Of a race that is complete nothing is published until it
  // is final.
  const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - race.heard);
  const bool closed = race.phase == race_phase::closed;
  const auto badge = closed ? std::string{"  FINAL"}
                     : race.phase == race_phase::complete
                         ? fmt::format("  PROVISIONAL, final at {} UTC", time_text(race.final_at))
                     : silent >= stale_after ? fmt::format("  STALE {} s", silent.count())
                                             : std::string{};
  const auto heading =
      fmt::format("Class {}  race {}{}  second {}  racers {}  reported {}  finished {}", key.cls.value(),
                  key.race.value(), badge, race.second.value(), race.rows.size(), race.reported, race.finished);
  out.push_back({board_line::kind::heading, width > 0 ? fit(heading, width) : heading});

  // A rider's rank at their own second comes first: the order of the rows favours those who started early.
  table t{{{"HERE", align::right},
           {"RANK", align::right},
           {"NAME"},
           {"SECOND", align::right},
           {"OUTPUT", align::right},
           {"TOTAL", align::right},
           {"ALL TIME", align::right}},
          {}};
  for (std::size_t i = 0; i < std::min(rows, race.rows.size()); ++i) {
    const auto& row = race.rows[i];
    t.rows.push_back({rank_text(row.here_now_rank), closed && row.rank == 0 ? "DNF" : rank_text(row.rank),
                      name_text(row.name, row.racer), fmt::format("{}", row.second.value()), score_text(row.output),
                      score_text(row.total), rank_text(race.all_time_stale ? 0 : row.all_time_rank)});
  }
  const auto lines = t.lines(width);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.push_back({i == 0 ? board_line::kind::titles : board_line::kind::row, lines[i]});
  }
  return out;
}

std::vector<board_line> board::render_race(race_key key, std::size_t rows, std::size_t width, time_point now) const {
  const auto found = races_.find(key);
  return found == races_.end() ? std::vector<board_line>{} : lines_of(key, found->second, rows, width, now);
}

std::vector<board_line> board::render(std::size_t width, std::size_t height, time_point now) const {
  // An empty line between two races.
  const auto shown = std::min(races_.size(), std::max<std::size_t>(1, (height + 1) / (least_lines + 1)));
  std::vector<board_line> out;
  auto left = height;
  auto to_come = shown;
  for (auto race = std::prev(races_.end(), static_cast<std::ptrdiff_t>(shown)); race != races_.end(); ++race) {
    const auto share = (left - (to_come - 1)) / to_come;
    const auto lines = lines_of(race->first, race->second, share > 2 ? share - 2 : 0, width, now);
    out.insert(out.end(), lines.begin(), lines.end());
    left -= std::min(left, lines.size());
    if (--to_come > 0 && left > 0) {
      out.push_back({board_line::kind::note, ""});
      --left;
    }
  }
  if (out.size() > height) {
    out.resize(height);
  }
  return out;
}

} // namespace alleycat::cli

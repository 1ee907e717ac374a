#include "messages/json.hpp"
#include "messages/json_text.hpp"
#include "messages/past_json.hpp"

#include <algorithm>

namespace alleycat {

namespace {

using detail::json_text;

/// What stands before the rows, alike for live standings and results.
struct header {
  race_key key;
  epoch owner_epoch;
  journal_position as_of;
  unix_ms ts{};
  race_phase phase = race_phase::running;
  unix_ms final_at{}; ///< with `complete`
  own_second second;
  std::size_t racers = 0;
  std::size_t reported = 0;
  std::size_t finished = 0;
  std::size_t all_time_of = 0; ///< 0 = is not said
};

void write_header(const header& h, json_text& json) {
  json.raw(R"({"classId":)").id(h.key.cls);
  json.raw(R"(,"raceId":)").id(h.key.race);
  json.raw(R"(,"epoch":)").id(h.owner_epoch);
  json.raw(R"(,"asOf":)").id(h.as_of);
  json.raw(R"(,"ts":)").time(h.ts);
  switch (h.phase) {
  case race_phase::running:
    json.raw(R"(,"state":"running")");
    break;
  case race_phase::complete:
    json.raw(R"(,"state":"complete","finalAt":)").time(h.final_at);
    break;
  case race_phase::closed:
    json.raw(R"(,"state":"closed")");
    break;
  }
  json.raw(R"(,"second":)").id(h.second);
  json.raw(R"(,"racers":)").integer(h.racers);
  json.raw(R"(,"reported":)").integer(h.reported);
  json.raw(R"(,"finished":)").integer(h.finished);
  if (h.all_time_of != 0)
    json.raw(R"(,"allTimeOf":)").integer(h.all_time_of);
}

void write_row(const standing& row, bool all_time_stale, json_text& json) {
  json.raw(R"({"rank":)").rank(row.rank);
  json.raw(R"(,"hereNowRank":)").rank(row.here_now_rank);
  json.raw(R"(,"racerId":)").id(row.racer);
  json.raw(R"(,"name":)").string(row.name);
  json.raw(R"(,"second":)").id(row.second);
  json.raw(R"(,"seconds":)").integer(row.seconds);
  json.raw(R"(,"output":)").amount(row.output);
  json.raw(R"(,"total":)").amount(row.total);
  json.raw(R"(,"finished":)").boolean(row.finished);
  if (row.excluded)
    json.raw(R"(,"excluded":true)");
  if (all_time_stale)
    json.raw(R"(,"allTimeRank":null,"allTimeStale":true})");
  else
    json.raw(R"(,"allTimeRank":)").rank(row.all_time_rank).raw("}");
}

void write(const header& h, std::span<const standing> all, const rows_shown& shown, bool all_time_stale,
           std::string& out) {
  const auto from = std::min(shown.from, all.size());
  const auto rows = all.subspan(from, std::min(shown.count, all.size() - from));
  json_text json{out};
  write_header(h, json);
  if (!shown.next.empty())
    json.raw(R"(,"next":)").string(shown.next);
  json.raw(R"(,"rows":[)");
  std::string_view separator;
  for (const auto& row : rows) {
    json.raw(separator);
    write_row(row, all_time_stale, json);
    separator = ",";
  }
  json.raw("]}");
}

header header_of(const standings& s) {
  return {s.key,    s.owner_epoch, s.as_of,    s.published, s.phase, s.final_at,
          s.second, s.rows.size(), s.reported, s.finished,  0};
}

} // namespace

void encode_standings(const standings& s, std::string& out, const rows_shown& shown) {
  write(header_of(s), s.rows, shown, s.all_time_stale, out);
}

void encode_top(const standings& s, std::string& out) {
  write(header_of(s), s.rows, {0, top_rows, {}}, s.all_time_stale, out);
}

void encode_moment(const race_moment& m, std::string& out, const rows_shown& shown) {
  write({m.key, m.owner_epoch, m.as_of, m.at, m.phase, m.final_at, m.second, m.racers, m.reported, m.finished,
         m.all_time_of},
        m.rows, shown, m.all_time_stale, out);
}

void encode_result(const race_result& r, std::string& out, const rows_shown& shown) {
  own_second furthest;
  for (const auto& row : r.rows)
    furthest = std::max(furthest, row.second);
  const auto reported =
      std::count_if(r.rows.begin(), r.rows.end(), [&](const standing& row) { return row.second == furthest; });
  write({r.key,
         r.owner_epoch,
         r.as_of,
         r.closed,
         race_phase::closed,
         {},
         furthest,
         r.rows.size(),
         static_cast<std::size_t>(reported),
         r.finished,
         0},
        r.rows, shown, false, out);
}

} // namespace alleycat

#include "messages/json.hpp"
#include "messages/json_text.hpp"

namespace alleycat {

namespace {

using detail::json_text;

template <class Rows, class Write>
void write_rows(const Rows& rows, std::string_view next, json_text& json, Write write) {
  if (!next.empty())
    json.raw(R"(,"next":)").string(next);
  json.raw(R"(,"rows":[)");
  std::string_view separator;
  for (const auto& row : rows) {
    json.raw(separator);
    write(row);
    separator = ",";
  }
  json.raw("]}");
}

} // namespace

void encode_leaderboard(const leaderboard_page& page, const name_lookup& names, std::string& out) {
  json_text json{out};
  json.raw(R"({"classId":)").id(page.cls);
  json.raw(R"(,"epoch":)").id(page.owner_epoch);
  json.raw(R"(,"ts":)").time(page.published);
  json.raw(R"(,"of":)").integer(page.of);
  write_rows(page.rows, page.next, json, [&](const leaderboard_row& row) {
    json.raw(R"({"rank":)").rank(row.rank);
    json.raw(R"(,"racerId":)").id(row.racer);
    json.raw(R"(,"name":)").string(names(row.racer));
    json.raw(R"(,"total":)").amount(row.record.best);
    json.raw(R"(,"raceId":)").id(row.record.race);
    json.raw(R"(,"at":)").time(row.record.at).raw("}");
  });
}

void encode_all_time(const all_time_page& page, const name_lookup& names, std::string& out) {
  json_text json{out};
  json.raw(R"({"classId":)").id(page.cls);
  json.raw(R"(,"second":)").id(page.second);
  json.raw(R"(,"of":)").integer(page.of);
  write_rows(page.rows, page.next, json, [&](const best_row& row) {
    json.raw(R"({"rank":)").rank(row.rank);
    json.raw(R"(,"racerId":)").id(row.racer);
    json.raw(R"(,"name":)").string(names(row.racer));
    json.raw(R"(,"score":)").amount(row.best).raw("}");
  });
}

void encode_races(class_id cls, std::span<const race_summary> races, std::string& out, std::string_view next) {
  json_text json{out};
  json.raw(R"({"classId":)").id(cls);
  write_rows(races, next, json, [&](const race_summary& race) {
    json.raw(R"({"raceId":)").id(race.key.race);
    json.raw(R"(,"closed":)").time(race.closed);
    json.raw(R"(,"racers":)").integer(race.racers);
    json.raw(R"(,"finished":)").integer(race.finished);
    json.raw(R"(,"winner":)");
    if (race.finished == 0) {
      json.raw("null}");
      return;
    }
    json.raw(R"({"racerId":)").id(race.winner);
    json.raw(R"(,"name":)").string(race.winner_name);
    json.raw(R"(,"total":)").amount(race.winning_score).raw("}}");
  });
}

} // namespace alleycat

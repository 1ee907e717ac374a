#include "messages/json.hpp"
#include "messages/json_text.hpp"

namespace alleycat {

namespace {

using detail::json_text;

void write_table(const view_table& table, bool stale, json_text& json) {
  json.raw(R"({"rank":)").rank(table.rank);
  json.raw(R"(,"of":)").integer(table.of);
  if (stale)
    json.raw(R"(,"stale":true)");
  json.raw(R"(,"rows":[)");
  std::string_view separator;
  for (const auto& row : table.rows) {
    json.raw(separator).raw(R"({"rank":)").rank(row.rank);
    json.raw(R"(,"racerId":)").id(row.racer);
    json.raw(R"(,"name":)").string(row.name);
    json.raw(R"(,"score":)").amount(row.at).raw("}");
    separator = ",";
  }
  json.raw("]}");
}

void write_best(const std::optional<view_best>& best, json_text& json) {
  if (!best) {
    json.raw("null");
    return;
  }
  json.raw(R"({"total":)").amount(best->total);
  json.raw(R"(,"delta":)").fixed(best->delta, 4);
  json.raw(R"(,"newBest":)").boolean(best->new_best).raw("}");
}

void write_ghost(const std::optional<view_ghost>& ghost, json_text& json) {
  if (!ghost) {
    json.raw("null");
    return;
  }
  json.raw(R"({"kind":)").string(ghost->kind).raw(R"(,"racerId":)");
  if (ghost->kind == "median")
    json.raw("null");
  else
    json.id(ghost->racer);
  json.raw(R"(,"total":)").amount(ghost->total);
  json.raw(R"(,"delta":)").fixed(ghost->delta, 4).raw("}");
}

void write_missing(const std::vector<own_second>& missing, json_text& json) {
  json.raw("[");
  std::string_view separator;
  for (const auto second : missing) {
    json.raw(separator).id(second);
    separator = ",";
  }
  json.raw("]");
}

void write_refused(const refusal_counts& refused, json_text& json) {
  json.raw("{");
  std::string_view separator;
  for (std::size_t i = 1; i < refused.size(); ++i) { // 0 = accepted
    if (refused[i] == 0)
      continue;
    json.raw(separator).string(to_string(static_cast<refusal>(i))).raw(":").integer(refused[i]);
    separator = ",";
  }
  json.raw("}");
}

} // namespace

void encode_view(const rider_view& v, std::string& out) {
  json_text json{out};
  json.raw(R"({"classId":)").id(v.key.cls);
  json.raw(R"(,"raceId":)").id(v.key.race);
  json.raw(R"(,"racerId":)").id(v.racer);
  json.raw(R"(,"second":)").id(v.second);
  json.raw(R"(,"output":)").amount(v.output);
  json.raw(R"(,"total":)").amount(v.total);
  json.raw(R"(,"epoch":)").id(v.owner_epoch);
  json.raw(R"(,"asOf":)").id(v.as_of);
  json.raw(R"(,"ts":)").time(v.published);
  json.raw(R"(,"hereNow":)");
  write_table(v.here_now, false, json);
  json.raw(R"(,"allTime":)");
  write_table(v.all_time, v.all_time_stale, json);
  json.raw(R"(,"best":)");
  write_best(v.best, json);
  json.raw(R"(,"ghost":)");
  write_ghost(v.ghost, json);
  json.raw(R"(,"missing":)");
  write_missing(v.missing, json);
  json.raw(R"(,"refused":)");
  write_refused(v.refused, json);
  json.raw("}");
}

} // namespace alleycat

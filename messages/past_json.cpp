#include "messages/past_json.hpp"
#include "messages/json_text.hpp"

#include <algorithm>

namespace alleycat {

namespace {

using detail::json_text;

void write_scores(std::span<const score> scores, json_text& json) {
  json.raw("[");
  std::string_view separator;
  for (const auto value : scores) {
    json.raw(separator);
    if (value.value() == 0)
      json.raw("null");
    else
      json.amount(value);
    separator = ",";
  }
  json.raw("]");
}

template <class Rows, class Write>
void write_list(const Rows& rows, json_text& json, Write write) {
  json.raw("[");
  std::string_view separator;
  for (const auto& row : rows) {
    json.raw(separator);
    write(row);
    separator = ",";
  }
  json.raw("]");
}

void write_second(const ride_second& second, std::size_t number, score total, json_text& json) {
  json.raw(R"({"second":)").integer(number);
  if (second.present) {
    json.raw(R"(,"cadence":)").fixed(second.measured.cadence, 1);
    json.raw(R"(,"resistance":)").fixed(second.measured.resistance, 1);
    json.raw(R"(,"output":)").amount(output_of(second.measured));
  } else {
    json.raw(R"(,"cadence":null,"resistance":null,"output":null)");
  }
  json.raw(R"(,"total":)").amount(total);
  json.raw(R"(,"hereNowRank":)").rank(second.here_now_rank);
  json.raw(R"(,"allTimeRank":)").rank(second.all_time_rank);
  if (second.measured.power != 0)
    json.raw(R"(,"power":)").integer(second.measured.power);
  if (second.measured.heart_rate != 0)
    json.raw(R"(,"heartRate":)").integer(second.measured.heart_rate);
  json.raw("}");
}

} // namespace

void encode_racer(const racer_page& page, std::string& out) {
  json_text json{out};
  json.raw(R"({"racerId":)").id(page.racer);
  json.raw(R"(,"name":)").string(page.name);
  json.raw(R"(,"bests":)");
  write_list(page.classes, json, [&](const auto& entry) {
    json.raw(R"({"classId":)").id(entry.first).raw(R"(,"scores":)");
    write_scores(entry.second.at, json);
    json.raw("}");
  });
  std::vector<std::pair<class_id, final_score>> records;
  for (const auto& [cls, bests] : page.classes)
    if (bests.record)
      records.emplace_back(cls, *bests.record);
  json.raw(R"(,"records":)");
  write_list(records, json, [&](const auto& entry) {
    json.raw(R"({"classId":)").id(entry.first);
    json.raw(R"(,"total":)").amount(entry.second.best);
    json.raw(R"(,"raceId":)").id(entry.second.race);
    json.raw(R"(,"at":)").time(entry.second.at).raw("}");
  });
  if (!page.next.empty())
    json.raw(R"(,"next":)").string(page.next);
  json.raw(R"(,"rides":)");
  write_list(page.rides, json, [&](const ride_summary& ride) {
    json.raw(R"({"classId":)").id(ride.key.cls);
    json.raw(R"(,"raceId":)").id(ride.key.race);
    json.raw(R"(,"closed":)").time(ride.closed);
    json.raw(R"(,"rank":)").rank(ride.rank);
    json.raw(R"(,"finished":)").boolean(ride.finished);
    json.raw(R"(,"second":)").id(ride.furthest);
    json.raw(R"(,"seconds":)").integer(ride.seconds);
    json.raw(R"(,"total":)").amount(ride.total).raw("}");
  });
  json.raw("}");
}

void encode_ride(const ride_record& ride, std::string_view name, std::string& out, const rows_shown& shown) {
  const auto totals = totals_of(ride);
  const auto arrived =
      std::count_if(ride.seconds.begin(), ride.seconds.end(), [](const ride_second& s) { return s.present; });
  json_text json{out};
  json.raw(R"({"classId":)").id(ride.key.cls);
  json.raw(R"(,"raceId":)").id(ride.key.race);
  json.raw(R"(,"racerId":)").id(ride.racer);
  json.raw(R"(,"name":)").string(name);
  json.raw(R"(,"start":)").time(ride.anchor);
  json.raw(R"(,"closed":)").time(ride.closed);
  json.raw(R"(,"rank":)").rank(ride.rank);
  json.raw(R"(,"finished":)").boolean(ride.finished);
  json.raw(R"(,"excluded":)").boolean((ride.flags & static_cast<std::uint8_t>(ride_flag::excluded)) != 0);
  json.raw(R"(,"second":)").id(ride.furthest());
  json.raw(R"(,"seconds":)").integer(arrived);
  json.raw(R"(,"total":)").amount(totals.empty() ? score{} : totals.back());
  if (!shown.next.empty())
    json.raw(R"(,"next":)").string(shown.next);
  json.raw(R"(,"rows":)");
  auto number = std::min(shown.from, ride.seconds.size());
  const auto count = std::min(shown.count, ride.seconds.size() - number);
  write_list(std::span{ride.seconds}.subspan(number, count), json, [&](const ride_second& second) {
    write_second(second, number + 1, totals[number], json);
    ++number;
  });
  json.raw("}");
}

void encode_ghost(class_id cls, const ghost_curve& curve, std::string_view name, std::string& out) {
  json_text json{out};
  json.raw(R"({"classId":)").id(cls);
  json.raw(R"(,"kind":)").string(kind_text(curve.choice));
  if (curve.choice.kind == ghost_kind::median) {
    json.raw(R"(,"racerId":null,"name":null,"raceId":null,"at":null)");
  } else {
    json.raw(R"(,"racerId":)").id(curve.racer);
    json.raw(R"(,"name":)").string(name);
    json.raw(R"(,"raceId":)").id(curve.race);
    json.raw(R"(,"at":)").time(curve.at);
  }
  json.raw(R"(,"scores":)");
  write_scores(curve.scores, json);
  json.raw("}");
}

void encode_ghost_chosen(race_key key, racer_id racer, const ghost_curve& curve, std::string_view name,
                         std::string& out) {
  json_text json{out};
  json.raw(R"({"ok":true,"classId":)").id(key.cls);
  json.raw(R"(,"raceId":)").id(key.race);
  json.raw(R"(,"racerId":)").id(racer);
  if (curve.scores.empty()) {
    json.raw(R"(,"ghost":null})");
    return;
  }
  json.raw(R"(,"ghost":{"kind":)").string(kind_text(curve.choice));
  if (curve.choice.kind == ghost_kind::median)
    json.raw(R"(,"racerId":null,"name":null)");
  else
    json.raw(R"(,"racerId":)").id(curve.racer).raw(R"(,"name":)").string(name);
  json.raw(R"(,"total":)").amount(curve.scores.back()).raw("}}");
}

} // namespace alleycat

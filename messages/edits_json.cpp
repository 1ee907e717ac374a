#include "messages/edits_json.hpp"

#include "messages/json_text.hpp"

namespace alleycat {

namespace {

using detail::json_text;

void write_races(const std::vector<race_key>& races, json_text& json) {
  json.raw("[");
  std::string_view separator;
  for (const auto& key : races) {
    json.raw(separator).raw(R"({"classId":)").id(key.cls);
    json.raw(R"(,"raceId":)").id(key.race).raw("}");
    separator = ",";
  }
  json.raw("]");
}

void write_text_or_null(const std::string& text, json_text& json) {
  if (text.empty())
    json.raw("null");
  else
    json.string(text);
}

void write_ride(const edit& e, json_text& json) {
  json.raw(R"(,"classId":)").id(e.ride.cls);
  json.raw(R"(,"raceId":)").id(e.ride.race);
}

/// What is left of a forgotten rider, and until when.
void write_forgotten(const edit_report& report, json_text& json) {
  json.raw(R"(,"removed":{"name":)").boolean(report.effect->name_removed);
  json.raw(R"(,"rides":)");
  write_races(report.effect->rides_removed, json);
  json.raw(R"(,"bests":)").integer(report.effect->bests_changed.size());
  json.raw(R"(,"corrections":)").integer(report.what.former.size());
  json.raw(R"(},"streams":)");
  if (const auto& cleaned = report.cleaned) {
    json.raw(R"({"rides":)").integer(cleaned->rides);
    json.raw(R"(,"results":)").integer(cleaned->results);
    json.raw(R"(,"bests":)").integer(cleaned->bests);
    json.raw(R"(,"corrections":)").integer(cleaned->corrections).raw("}");
  } else {
    json.raw("null");
  }
  json.raw(R"(,"agesOut":{"journal":)").time(report.journal_gone);
  json.raw(R"(,"deadLetters":)").time(report.dead_letters_gone).raw("}");
}

} // namespace

void encode_edit_report(const edit_report& report, std::string& out) {
  const auto& e = report.what;
  json_text json{out};
  json.raw(R"({"ok":true,"seq":)").integer(report.sequence);
  json.raw(R"(,"edit":)").string(to_string(e.kind));
  json.raw(R"(,"racerId":)").id(e.racer);
  json.raw(R"(,"applied":)").boolean(report.effect != nullptr);
  if (e.kind == edit_kind::rename)
    json.raw(R"(,"name":)").string(e.name);
  if (e.kind == edit_kind::exclude)
    write_ride(e, json);
  if (report.effect != nullptr && !report.effect->results_changed.empty()) {
    json.raw(R"(,"resultsChanged":)");
    write_races(report.effect->results_changed, json);
  }
  if (e.kind == edit_kind::forget && report.effect != nullptr)
    write_forgotten(report, json);
  json.raw("}");
}

void encode_audit(std::span<const edit> edits, std::string& out, std::string_view next) {
  json_text json{out};
  json.raw("{");
  if (!next.empty())
    json.raw(R"("next":)").string(next).raw(",");
  json.raw(R"("rows":[)");
  std::string_view separator;
  for (const auto& e : edits) {
    json.raw(separator).raw(R"({"seq":)").integer(e.sequence);
    json.raw(R"(,"at":)").time(e.at);
    json.raw(R"(,"edit":)").string(to_string(e.kind));
    json.raw(R"(,"racerId":)").id(e.racer);
    if (e.kind == edit_kind::rename) {
      json.raw(R"(,"name":)");
      write_text_or_null(e.name, json);
    }
    if (e.kind == edit_kind::exclude)
      write_ride(e, json);
    json.raw(R"(,"by":)");
    write_text_or_null(e.by, json);
    json.raw("}");
    separator = ",";
  }
  json.raw("]}");
}

} // namespace alleycat

#include "messages/edits_json.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alleycat;

namespace {

edit made(edit_kind kind, std::uint64_t sequence) {
  edit e;
  e.kind = kind;
  e.racer = racer_id{8};
  e.sequence = sequence;
  e.at = at_ms(1'620'051'628'712);
  return e;
}

std::string report_of(const edit_report& report) {
  std::string json;
  encode_edit_report(report, json);
  return json;
}

} // namespace

TEST_CASE("a correction says what it did, as far as that is known") {
  auto rename = made(edit_kind::rename, 0);
  rename.name = "A \"B\"";
  CHECK(report_of({rename, 7, nullptr, std::nullopt, {}, {}}) ==
        R"({"ok":true,"seq":7,"edit":"rename","racerId":8,"applied":false,"name":"A \"B\""})");
  auto exclude = made(edit_kind::exclude, 0);
  exclude.ride = {class_id{3}, race_id{5}};
  edit_effect moved;
  moved.results_changed = {exclude.ride, {class_id{4}, race_id{6}}};
  CHECK(report_of({exclude, 8, &moved, std::nullopt, {}, {}}) ==
        R"({"ok":true,"seq":8,"edit":"exclude","racerId":8,"applied":true,"classId":3,"raceId":5,)"
        R"("resultsChanged":[{"classId":3,"raceId":5},{"classId":4,"raceId":6}]})");
}

TEST_CASE("who was forgotten hears what is gone, and when the rest will be") {
  auto forget = made(edit_kind::forget, 0);
  forget.former = {made(edit_kind::hide, 2)};
  edit_effect effect;
  effect.name_removed = true;
  effect.rides_removed = {{class_id{3}, race_id{5}}};
  effect.bests_changed = {class_id{3}};
  const std::string begin = R"({"ok":true,"seq":9,"edit":"forget","racerId":8,"applied":true,"removed":{"name":true,)"
                            R"("rides":[{"classId":3,"raceId":5}],"bests":1,"corrections":1},"streams":)";
  const std::string end = R"(,"agesOut":{"journal":1000,"deadLetters":2000}})";
  CHECK(report_of({forget, 9, &effect, cleaned_counts{1, 2, 3, 4}, at_ms(1'000), at_ms(2'000)}) ==
        begin + R"({"rides":1,"results":2,"bests":3,"corrections":4})" + end);
  CHECK(report_of({forget, 9, &effect, std::nullopt, at_ms(1'000), at_ms(2'000)}) == begin + "null" + end);
  // Not applied yet: nothing is gone.
  CHECK(report_of({forget, 9, nullptr, std::nullopt, at_ms(1'000), at_ms(2'000)}) ==
        R"({"ok":true,"seq":9,"edit":"forget","racerId":8,"applied":false})");
}

TEST_CASE("the audit log has a line for each correction, with what it needs to be understood") {
  auto rename = made(edit_kind::rename, 3);
  rename.name = "Ada";
  rename.by = "desk";
  auto exclude = made(edit_kind::exclude, 2);
  exclude.ride = {class_id{3}, race_id{5}};
  std::string json;
  encode_audit(std::vector{rename, exclude, made(edit_kind::rename, 1)}, json, "1");
  CHECK(json == R"({"next":"1","rows":[)"
                R"({"seq":3,"at":1620051628712,"edit":"rename","racerId":8,"name":"Ada","by":"desk"},)"
                R"({"seq":2,"at":1620051628712,"edit":"exclude","racerId":8,"classId":3,"raceId":5,"by":null},)"
                R"({"seq":1,"at":1620051628712,"edit":"rename","racerId":8,"name":null,"by":null}]})");
  json.clear();
  encode_audit({}, json);
  CHECK(json == R"({"rows":[]})");
}

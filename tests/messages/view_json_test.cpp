#include "messages/json.hpp"

#include "random_messages.hpp"

#include <nlohmann/json.hpp>

namespace alleycat {

namespace {

nlohmann::json shown(const rider_view& v) {
  std::string out;
  encode_view(v, out);
  return nlohmann::json::parse(out);
}

rider_view adells_view() {
  rider_view v;
  v.key = {class_id{3}, race_id{5'400'172}};
  v.racer = racer_id{8};
  v.second = own_second{13};
  v.output = score{1'517'880};
  v.total = score{19'732'440};
  v.owner_epoch = epoch{1};
  v.as_of = journal_position{48'211};
  v.published = at_ms(1'620'051'640'000);
  v.here_now = {2, 998, {{1, racer_id{9}, "B\"", score{20'000'000}}, {2, racer_id{8}, "Adell", score{19'732'440}}}};
  v.all_time = {17, 40'000, {{17, racer_id{8}, "Adell", score{19'732'440}}}};
  return v;
}

} // namespace

TEST_CASE("a view has the fields of the contract, in its order", "[view_json]") {
  std::string out;
  encode_view(adells_view(), out);
  CHECK(
      out ==
      R"({"classId":3,"raceId":5400172,"racerId":8,"second":13,"output":151.788,"total":1973.244,"epoch":1,"asOf":48211,)"
      R"("ts":1620051640000,"hereNow":{"rank":2,"of":998,"rows":[{"rank":1,"racerId":9,"name":"B\"","score":2000},)"
      R"({"rank":2,"racerId":8,"name":"Adell","score":1973.244}]},"allTime":{"rank":17,"of":40000,"rows":[{"rank":17,)"
      R"("racerId":8,"name":"Adell","score":1973.244}]},"best":null,"ghost":null,"missing":[],"refused":{}})");
}

TEST_CASE("a rank that is not known is null, a stale table says so", "[view_json]") {
  auto v = adells_view();
  v.here_now.rank = 0;
  v.all_time = {};
  v.all_time_stale = true;
  const auto json = shown(v);
  CHECK(json["hereNow"]["rank"].is_null());
  CHECK_FALSE(json["hereNow"].contains("stale"));
  CHECK(json["allTime"]["rank"].is_null());
  CHECK(json["allTime"]["stale"] == true);
  CHECK(json["allTime"]["rows"].empty());
}

TEST_CASE("the own best is shown with the distance to it", "[view_json]") {
  auto v = adells_view();
  v.best = view_best{score{19'732'441}, -1, false};
  CHECK(shown(v)["best"] == nlohmann::json::parse(R"({"total":1973.2441,"delta":-0.0001,"newBest":false})"));
  v.best = view_best{score{10'000}, 19'722'440, true};
  CHECK(shown(v)["best"] == nlohmann::json::parse(R"({"total":1,"delta":1972.244,"newBest":true})"));
  v.best = view_best{score{10'000}, -15'000, false};
  std::string out;
  encode_view(v, out);
  CHECK_THAT(out, Catch::Contains(R"("delta":-1.5,)"));
}

TEST_CASE("a ghost names its rider, the median has none", "[view_json]") {
  auto v = adells_view();
  v.ghost = view_ghost{"rank-3", racer_id{77}, score{20'000'000}, -267'560};
  CHECK(shown(v)["ghost"] == nlohmann::json::parse(R"({"kind":"rank-3","racerId":77,"total":2000,"delta":-26.756})"));
  v.ghost = view_ghost{"median", {}, score{20'000'000}, 0};
  CHECK(shown(v)["ghost"] == nlohmann::json::parse(R"({"kind":"median","racerId":null,"total":2000,"delta":0})"));
}

TEST_CASE("missing seconds and refusals are listed, reasons by their names", "[view_json]") {
  auto v = adells_view();
  v.missing = {own_second{3}, own_second{7}};
  v.refused[static_cast<std::size_t>(refusal::none)] = 12;
  v.refused[static_cast<std::size_t>(refusal::duplicate)] = 4;
  v.refused[static_cast<std::size_t>(refusal::out_of_time)] = 1;
  const auto json = shown(v);
  CHECK(json["missing"] == nlohmann::json::parse("[3,7]"));
  CHECK(json["refused"] == nlohmann::json::parse(R"({"duplicate":4,"out_of_time":1})"));
}

} // namespace alleycat

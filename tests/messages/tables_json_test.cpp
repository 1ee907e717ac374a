#include "messages/json.hpp"

#include "random_messages.hpp"

namespace alleycat {

namespace {

std::string name_of_rider(racer_id racer) {
  return racer == racer_id{8} ? "Adell \"A\"" : "";
}

} // namespace

TEST_CASE("the leaderboard shows best finished scores with race and time", "[tables_json]") {
  const std::vector<leaderboard_row> rows{
      {1, racer_id{8}, {score{450'000'500}, race_id{5'400'172}, at_ms(1'620'052'230'000)}},
      {2, racer_id{4'294'967'295}, {score{450'000'000}, race_id{0}, {}}}};
  std::string out;
  encode_leaderboard({class_id{3}, epoch{7}, at_ms(1'620'052'231'000), 1'234, rows}, name_of_rider, out);
  CHECK(out == R"({"classId":3,"epoch":7,"ts":1620052231000,"of":1234,"rows":[)"
               R"({"rank":1,"racerId":8,"name":"Adell \"A\"","total":45000.05,"raceId":5400172,"at":1620052230000},)"
               R"({"rank":2,"racerId":4294967295,"name":"","total":45000,"raceId":0,"at":0}]})");
}

TEST_CASE("an empty leaderboard has no rows", "[tables_json]") {
  std::string out;
  encode_leaderboard({class_id{3}, epoch{1}, at_ms(5), 0, {}}, name_of_rider, out);
  CHECK(out == R"({"classId":3,"epoch":1,"ts":5,"of":0,"rows":[]})");
}

TEST_CASE("a page of the all-time table shows the bests at one second", "[tables_json]") {
  const std::vector<best_row> rows{{1, racer_id{8}, score{1'517'880}}, {1, racer_id{9}, score{1'517'880}}};
  std::string out;
  encode_all_time({class_id{3}, own_second{13}, 40'000, rows}, name_of_rider, out);
  CHECK(out ==
        R"({"classId":3,"second":13,"of":40000,"rows":[{"rank":1,"racerId":8,"name":"Adell \"A\"","score":151.788},)"
        R"({"rank":1,"racerId":9,"name":"","score":151.788}]})");
}

TEST_CASE("the list of races names the winner, or null where nobody finished", "[tables_json]") {
  const std::vector<race_summary> races{
      {{class_id{3}, race_id{8}}, at_ms(1'620'052'230'000), 1'000, 990, racer_id{8}, "Adell", score{450'000'000}},
      {{class_id{3}, race_id{7}}, at_ms(1'620'051'930'000), 1, 0, {}, "", {}}};
  std::string out;
  encode_races(class_id{3}, races, out);
  CHECK(out == R"({"classId":3,"rows":[{"raceId":8,"closed":1620052230000,"racers":1000,"finished":990,)"
               R"("winner":{"racerId":8,"name":"Adell","total":45000}},)"
               R"({"raceId":7,"closed":1620051930000,"racers":1,"finished":0,"winner":null}]})");
}

} // namespace alleycat

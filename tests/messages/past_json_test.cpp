#include "messages/past_json.hpp"

#include <catch2/catch.hpp>

namespace alleycat {

namespace {

constexpr race_key the_race{class_id{3}, race_id{5'400'172}};

ride_record a_ride() {
  ride_record ride;
  ride.key = the_race;
  ride.racer = racer_id{8};
  ride.name = "Adell";
  ride.anchor = at_ms(1'620'051'615'707);
  ride.closed = at_ms(1'620'052'230'000);
  ride.seconds = {{true, {742, 740, 180, 120}, 1, 17}, {}, {true, {0, 0, 0, 0}, 2, 0}};
  return ride;
}

} // namespace

TEST_CASE("a ride has a row for each second, with nulls where it is missing", "[history_json]") {
  std::string out;
  encode_ride(a_ride(), "Adell \"A\"", out);
  CHECK(out == R"({"classId":3,"raceId":5400172,"racerId":8,"name":"Adell \"A\"","start":1620051615707,)"
               R"("closed":1620052230000,"rank":null,"finished":false,"excluded":false,"second":3,"seconds":2,)"
               R"("total":174.538,"rows":[{"second":1,"cadence":74.2,"resistance":74,"output":151.788,"total":151.788,)"
               R"("hereNowRank":1,"allTimeRank":17,"power":180,"heartRate":120},)"
               R"({"second":2,"cadence":null,"resistance":null,"output":null,"total":151.788,"hereNowRank":null,)"
               R"("allTimeRank":null},{"second":3,"cadence":0,"resistance":0,"output":22.75,"total":174.538,)"
               R"("hereNowRank":2,"allTimeRank":null}]})");
}

TEST_CASE("a racer has bests by second, records with race and date, and rides", "[history_json]") {
  const std::vector<std::pair<class_id, racer_bests>> classes{
      {class_id{1}, {racer_id{8}, {score{227'500}, score{}}, std::nullopt}},
      {class_id{3},
       {racer_id{8}, {score{1'517'880}}, final_score{score{455'364'000}, race_id{7}, at_ms(1'620'052'230'000)}}}};
  ride_summary ride;
  ride.key = the_race;
  ride.closed = at_ms(5);
  ride.furthest = own_second{20};
  ride.seconds = 19;
  ride.total = score{4'550'000};
  const std::vector<ride_summary> rides{ride};
  std::string out;
  encode_racer({racer_id{8}, "Adell", classes, rides}, out);
  CHECK(out == R"({"racerId":8,"name":"Adell","bests":[{"classId":1,"scores":[22.75,null]},)"
               R"({"classId":3,"scores":[151.788]}],)"
               R"("records":[{"classId":3,"total":45536.4,"raceId":7,"at":1620052230000}],)"
               R"("rides":[{"classId":3,"raceId":5400172,"closed":5,"rank":null,"finished":false,"second":20,)"
               R"("seconds":19,"total":455}]})");
}

TEST_CASE("a ghost says whose ride it is; the median is nobody's", "[history_json]") {
  ghost_curve curve{{ghost_kind::rank, 2}, racer_id{8}, race_id{7}, at_ms(5), {score{10'000}, score{}, score{20'000}}};
  std::string out;
  encode_ghost(class_id{3}, curve, "Adell", out);
  CHECK(out == R"({"classId":3,"kind":"rank-2","racerId":8,"name":"Adell","raceId":7,"at":5,"scores":[1,null,2]})");
  out.clear();
  encode_ghost_chosen(the_race, racer_id{9}, curve, "Adell", out);
  CHECK(out == R"({"ok":true,"classId":3,"raceId":5400172,"racerId":9,)"
               R"("ghost":{"kind":"rank-2","racerId":8,"name":"Adell","total":2}})");
  out.clear();
  curve.choice = {ghost_kind::median, 0};
  encode_ghost(class_id{3}, curve, "nobody", out);
  CHECK(out ==
        R"({"classId":3,"kind":"median","racerId":null,"name":null,"raceId":null,"at":null,"scores":[1,null,2]})");
  out.clear();
  encode_ghost_chosen(the_race, racer_id{9}, {}, "", out);
  CHECK(out == R"({"ok":true,"classId":3,"raceId":5400172,"racerId":9,"ghost":null})");
}

TEST_CASE("a moment of a race has the form of standings", "[history_json]") {
  race_moment moment;
  moment.key = the_race;
  moment.owner_epoch = epoch{2};
  moment.as_of = journal_position{48'211};
  moment.at = at_ms(9);
  moment.second = own_second{150};
  moment.racers = 3;
  moment.reported = 2;
  std::string out;
  encode_moment(moment, out);
  CHECK(out ==
        R"({"classId":3,"raceId":5400172,"epoch":2,"asOf":48211,"ts":9,"state":"closed","second":150,"racers":3,)"
        R"("reported":2,"finished":0,"rows":[]})");
}

TEST_CASE("a moment of a live race says what its all-time ranks are among, and gives no rank to who has not reached it",
          "[history_json]") {
  race_moment moment;
  moment.key = the_race;
  moment.owner_epoch = epoch{2};
  moment.as_of = journal_position{48'211};
  moment.at = at_ms(9);
  moment.phase = race_phase::complete;
  moment.final_at = at_ms(10);
  moment.second = own_second{150};
  moment.racers = 2;
  moment.reported = 1;
  moment.all_time_of = 40'000;
  moment.rows = {{.rank = 1,
                  .here_now_rank = 1,
                  .racer = racer_id{8},
                  .name = "A",
                  .second = own_second{150},
                  .seconds = 150,
                  .output = score{},
                  .total = score{10'000},
                  .finished = false,
                  .all_time_rank = 17},
                 {.rank = 0,
                  .here_now_rank = 0,
                  .racer = racer_id{9},
                  .name = "B",
                  .second = own_second{3},
                  .seconds = 3,
                  .output = score{},
                  .total = score{20'000},
                  .finished = false,
                  .all_time_rank = 0}};
  moment.ranked = 1;
  const std::string head =
      R"({"classId":3,"raceId":5400172,"epoch":2,"asOf":48211,"ts":9,"state":"complete","finalAt":10,"second":150,"racers":2,)"
      R"("reported":1,"finished":0,"allTimeOf":40000,"rows":[)"
      R"({"rank":1,"hereNowRank":1,"racerId":8,"name":"A","second":150,"seconds":150,"output":0,"total":1,"finished":false,"allTimeRank":17})";
  std::string out;
  encode_moment(moment, out);
  CHECK(
      out ==
      head +
          R"(,{"rank":null,"hereNowRank":null,"racerId":9,"name":"B","second":3,"seconds":3,"output":0,"total":2,"finished":false,"allTimeRank":null}]})");
  out.clear();
  encode_moment(moment, out, {0, 1, {}});
  CHECK(out == head + "]}");
}

} // namespace alleycat

#include "ops/alleycat/board.hpp"
#include "ops/alleycat/text.hpp"

#include <catch2/catch.hpp>
#include <clocale>

using namespace alleycat;
using namespace alleycat::cli;
using namespace std::chrono_literals;

namespace {

const bool utf8_locale = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
const board::time_point start{};
constexpr race_key early{class_id{3}, race_id{5400172}};
constexpr race_key late{class_id{3}, race_id{5400173}};

standing rider(rank_t rank, std::uint32_t id, std::string name, std::uint16_t second, std::uint32_t total) {
  standing row;
  row.rank = rank;
  row.here_now_rank = rank;
  row.racer = racer_id{id};
  row.name = std::move(name);
  row.second = own_second{second};
  row.seconds = second;
  row.output = score{1517880};
  row.total = score{total};
  row.all_time_rank = 17;
  return row;
}

standings field(race_key key, std::uint64_t as_of, std::vector<standing> rows) {
  standings s;
  s.key = key;
  s.owner_epoch = epoch{1};
  s.as_of = journal_position{as_of};
  s.second = rows.empty() ? own_second{} : rows.front().second;
  s.reported = static_cast<std::uint32_t>(rows.size());
  s.rows = std::move(rows);
  return s;
}

race_result result_of(race_key key, std::vector<standing> rows) {
  race_result r;
  r.key = key;
  r.owner_epoch = epoch{1};
  r.as_of = journal_position{99};
  r.rows = std::move(rows);
  return r;
}

std::vector<std::string> texts(const std::vector<board_line>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines) {
    out.push_back(line.text);
  }
  return out;
}

std::vector<standing> many_riders(std::uint32_t count) {
  std::vector<standing> rows;
  for (std::uint32_t i = 1; i <= count; ++i) {
    rows.push_back(rider(i, i, "Rider " + std::to_string(i), 13, 30'000'000 - i));
  }
  return rows;
}

} // namespace

TEST_CASE("a race is a heading, column titles and its rows") {
  REQUIRE(utf8_locale);
  board b;
  auto second_place = rider(2, 9, "", 12, 19000000);
  second_place.here_now_rank = 1;
  second_place.all_time_rank = 0;
  REQUIRE(b.take(field(early, 1, {rider(1, 8, "Adell", 13, 19732440), second_place}), start));
  CHECK(texts(b.render(100, 24, start)) == std::vector<std::string>{
                                               "Class 3  race 5400172  second 13  racers 2  reported 2  finished 0",
                                               "HERE  RANK  NAME   SECOND    OUTPUT      TOTAL  ALL TIME",
                                               "   1     1  Adell      13  151.7880  1973.2440        17",
                                               "   1     2  #9         12  151.7880  1900.0000         -",
                                           });
}

TEST_CASE("all-time ranks that are stale are not shown") {
  board b;
  auto s = field(early, 1, {rider(1, 8, "Adell", 13, 19732440)});
  s.all_time_stale = true;
  b.take(s, start);
  CHECK(b.render(100, 24, start).at(2).text == "   1     1  Adell      13  151.7880  1973.2440         -");
}

TEST_CASE("two live races of a class stay apart") {
  board b;
  b.take(field(late, 1, {rider(1, 8, "Adell", 2, 3000000)}), start);
  b.take(field(early, 2, {rider(1, 9, "Bo", 290, 300000000)}), start);
  const auto lines = texts(b.render(100, 24, start));
  REQUIRE(lines.size() == 7);
  CHECK_THAT(lines[0], Catch::Contains("race 5400172"));
  CHECK_THAT(lines[2], Catch::Contains("Bo"));
  CHECK(lines[3].empty());
  CHECK_THAT(lines[4], Catch::Contains("race 5400173"));
  CHECK_THAT(lines[6], Catch::Contains("Adell"));
}

TEST_CASE("the page never grows past the terminal, and is filled as far as there are rows") {
  const auto width = GENERATE(1, 20, 40, 200);
  const auto height = GENERATE(1, 2, 3, 5, 7, 24, 60);
  const auto races = GENERATE(1, 2, 5);
  board b;
  for (int i = 0; i < races; ++i) {
    b.take(field({class_id{3}, race_id{static_cast<std::uint32_t>(i)}}, 1, many_riders(100)), start);
  }
  const auto lines = b.render(static_cast<std::size_t>(width), static_cast<std::size_t>(height), start);
  CHECK(lines.size() == static_cast<std::size_t>(height));
  for (const auto& line : lines) {
    CHECK(columns(line.text) <= static_cast<std::size_t>(width));
  }
}

TEST_CASE("where not all races fit the latest are shown") {
  board b;
  b.take(field(early, 1, many_riders(5)), start);
  b.take(field(late, 1, many_riders(5)), start);
  const auto lines = b.render(100, 5, start);
  CHECK_THAT(lines.at(0).text, Catch::Contains("race 5400173"));
}

TEST_CASE("a race that is complete says that its ranking is provisional, when it is final, and goes not stale") {
  board b;
  auto s = field(early, 1, {rider(1, 8, "Adell", 13, 19732440)});
  s.phase = race_phase::complete;
  s.final_at = at_ms(1'620'052'230'000);
  REQUIRE(b.take(s, start));
  CHECK(b.render(150, 24, start + 20s).front().text == "Class 3  race 5400172  PROVISIONAL, final at 2021-05-03 "
                                                       "14:30:30 UTC  second 13  racers 1  reported 1  finished 0");
  // A second that comes late takes it back.
  REQUIRE(b.take(field(early, 2, {rider(1, 8, "Adell", 13, 19732441)}), start + 21s));
  CHECK(b.render(150, 24, start + 21s).front().text ==
        "Class 3  race 5400172  second 13  racers 1  reported 1  finished 0");
}

TEST_CASE("an earlier owner of the class has no say in any of its races") {
  board b;
  auto s = field(early, 1, {rider(1, 8, "Adell", 13, 19732440)});
  s.owner_epoch = epoch{2};
  REQUIRE(b.take(s, start));
  CHECK_FALSE(b.take(field(late, 500, {rider(1, 9, "Eve", 13, 19732440)}), start));
  CHECK(b.races() == 1);
}

TEST_CASE("a race nothing is heard of for 3 seconds is marked stale, and is live again with its next standings") {
  board b;
  b.take(field(early, 1, many_riders(1)), start);
  CHECK_THAT(b.render(100, 24, start + 2999ms).at(0).text, !Catch::Contains("STALE"));
  CHECK_THAT(b.render(100, 24, start + 3s).at(0).text, Catch::Contains("race 5400172  STALE 3 s"));
  b.take(field(early, 2, many_riders(1)), start + 4s);
  CHECK_THAT(b.render(100, 24, start + 4s).at(0).text, !Catch::Contains("STALE"));
}

TEST_CASE("what an earlier owner or an earlier moment says has no effect") {
  board b;
  auto s = field(early, 10, {rider(1, 8, "Adell", 13, 19732440)});
  s.owner_epoch = epoch{2};
  REQUIRE(b.take(s, start));
  auto zombie = field(early, 11, {rider(1, 9, "Bo", 13, 19732440)});
  zombie.owner_epoch = epoch{1};
  CHECK_FALSE(b.take(zombie, start));
  auto behind = s;
  behind.as_of = journal_position{9};
  CHECK_FALSE(b.take(behind, start));
  CHECK_THAT(b.render(100, 24, start).at(2).text, Catch::Contains("Adell"));
}

TEST_CASE("the result ends a race: DNF have no rank, nothing goes stale, later standings have no effect") {
  board b;
  b.take(field(early, 1, many_riders(2)), start);
  auto dnf = rider(0, 9, "Bo", 200, 300000000);
  REQUIRE(b.take(result_of(early, {rider(1, 8, "Adell", 300, 600000000), dnf}), start + 1s));
  CHECK_FALSE(b.take(field(early, 100, many_riders(2)), start + 2s));
  const auto lines = b.render(100, 24, start + 50s);
  CHECK_THAT(lines.at(0).text, Catch::Contains("race 5400172  FINAL"));
  CHECK_THAT(lines.at(3).text, Catch::Contains("DNF  Bo"));
}

TEST_CASE("a result stays until another race is live for a while") {
  board b;
  b.take(result_of(early, many_riders(1)), start);
  b.forget_old(start + 1h);
  CHECK(b.races() == 1);
  b.take(field(late, 1, many_riders(1)), start + 1h);
  CHECK(b.races() == 1);
}

TEST_CASE("a board keeps 16 races at most: the longest silent goes first") {
  board b;
  for (std::uint32_t i = 0; i < 20; ++i) {
    b.take(field({class_id{3}, race_id{i}}, 1, many_riders(1)), start + std::chrono::seconds{i});
  }
  CHECK(b.races() == 16);
  CHECK(b.render_race({class_id{3}, race_id{3}}, 1, 0, start).empty());
  CHECK_FALSE(b.render_race({class_id{3}, race_id{4}}, 1, 0, start).empty());
}

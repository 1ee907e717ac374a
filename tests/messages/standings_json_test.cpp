#include "messages/json.hpp"

#include "random_messages.hpp"

#include <nlohmann/json.hpp>

namespace alleycat {

namespace {

standings one_rider() {
  standings s;
  s.key = {class_id{3}, race_id{5'400'172}};
  s.owner_epoch = epoch{1};
  s.as_of = journal_position{48'211};
  s.published = at_ms(1'620'051'640'000);
  s.second = own_second{13};
  s.reported = 1;
  s.rows = {{1, 1, racer_id{8}, "Adell", own_second{13}, 13, output_of({.cadence = 742, .resistance = 740}),
             score{19'732'440}, false, 17}};
  return s;
}

standings any_standings() {
  standings s;
  s.key = {class_id{any<std::uint16_t>(1, 65'535)}, race_id{any<std::uint32_t>(0, 0xffff'ffff)}};
  s.owner_epoch = epoch{any<std::uint64_t>(0, ~std::uint64_t{0})};
  s.as_of = journal_position{any<std::uint64_t>(0, ~std::uint64_t{0})};
  s.published = any_time();
  s.second = own_second{any<std::uint16_t>(1, 900)};
  s.reported = any<std::uint32_t>(0, 65'535);
  s.finished = any<std::uint32_t>(0, 65'535);
  s.rows.resize(any<std::size_t>(0, 30));
  for (auto& row : s.rows)
    row = any_standing();
  return s;
}

std::string text_of(const standings& s) {
  std::string out;
  encode_standings(s, out);
  return out;
}

} // namespace

TEST_CASE("standings are the example of the contract, letter by letter", "[standings_json]") {
  CHECK(
      text_of(one_rider()) ==
      R"({"classId":3,"raceId":5400172,"epoch":1,"asOf":48211,"ts":1620051640000,"state":"running","second":13,)"
      R"("racers":1,"reported":1,"finished":0,"rows":[{"rank":1,"hereNowRank":1,"racerId":8,"name":"Adell","second":13,)"
      R"("seconds":13,"output":151.788,"total":1973.244,"finished":false,"allTimeRank":17}]})");
}

TEST_CASE("a complete race says so, and when it will be final", "[standings_json]") {
  auto s = one_rider();
  s.phase = race_phase::complete;
  s.final_at = at_ms(1'620'052'230'000);
  CHECK(text_of(s).find(R"("ts":1620051640000,"state":"complete","finalAt":1620052230000,"second":13,)") !=
        std::string::npos);
  const auto back = decode_standings(text_of(s));
  REQUIRE(back);
  CHECK(back->phase == race_phase::complete);
  CHECK(back->final_at == s.final_at);
}

TEST_CASE("a stale all-time rank is null and says so, an unknown one is null", "[standings_json]") {
  auto s = one_rider();
  s.all_time_stale = true;
  auto row = nlohmann::json::parse(text_of(s))["rows"][0];
  CHECK(row["allTimeRank"].is_null());
  CHECK(row["allTimeStale"] == true);
  s.all_time_stale = false;
  s.rows[0].all_time_rank = 0;
  row = nlohmann::json::parse(text_of(s))["rows"][0];
  CHECK(row["allTimeRank"].is_null());
  CHECK_FALSE(row.contains("allTimeStale"));
}

TEST_CASE("the encoder appends, so that a buffer can be used again", "[standings_json]") {
  std::string out = "before";
  encode_standings(one_rider(), out);
  CHECK(out == "before" + text_of(one_rider()));
}

TEST_CASE("top is the first 20 rows under the whole field's header", "[standings_json]") {
  auto s = one_rider();
  s.rows.resize(1'000, s.rows[0]);
  for (std::uint32_t i = 0; i < 1'000; ++i)
    s.rows[i].rank = i + 1;
  std::string out;
  encode_top(s, out);
  const auto top = nlohmann::json::parse(out);
  CHECK(top["racers"] == 1'000);
  REQUIRE(top["rows"].size() == 20);
  CHECK(top["rows"][19]["rank"] == 20);
  CHECK(nlohmann::json::parse(text_of(s))["rows"].size() == 1'000);
}

TEST_CASE("names with quotes, markup and 64 bytes arrive as they are", "[standings_json]") {
  const auto name =
      GENERATE(values<std::string>({"a\"b", "back\\slash", "<script>alert('x')</script>", "{\"rank\":1}", "/",
                                    "J\xc3\xbcrgen \xf0\x9f\x9a\xb4", std::string(64, '"'), std::string(64, 'x')}));
  auto s = one_rider();
  s.rows[0].name = name;
  CHECK(nlohmann::json::parse(text_of(s))["rows"][0]["name"] == name);
}

TEST_CASE("scores are exact decimals without trailing zeros", "[standings_json]") {
  struct row {
    std::uint32_t units;
    const char* expected;
  };
  const auto r = GENERATE(values<row>({{0, "0"},
                                       {1, "0.0001"},
                                       {10, "0.001"},
                                       {10'000, "1"},
                                       {10'100, "1.01"},
                                       {227'500, "22.75"},
                                       {1'517'880, "151.788"},
                                       {2'275'000, "227.5"},
                                       {899'511, "89.9511"},
                                       {100'000'000, "10000"},
                                       {4'294'967'295, "429496.7295"}}));
  std::string out;
  append_score(score{r.units}, out);
  CHECK(out == r.expected);
}

TEST_CASE("strings are escaped, control characters too", "[standings_json]") {
  std::string out;
  append_json_string(std::string("\"\\/\b\f\n\r\t\x01\x1f\x7f\0end", 15), out);
  CHECK(out == "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\x7f\\u0000end\"");
  CHECK(nlohmann::json::parse(out).get<std::string>() == std::string("\"\\/\b\f\n\r\t\x01\x1f\x7f\0end", 15));
}

TEST_CASE("standings of any race are read back as they were", "[standings_json]") {
  holds(300, [] {
    const auto s = any_standings();
    const auto back = decode_standings(text_of(s));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->key == s.key);
    RC_ASSERT(back->owner_epoch == s.owner_epoch);
    RC_ASSERT(back->as_of == s.as_of);
    RC_ASSERT(back->published == s.published);
    RC_ASSERT(back->phase == race_phase::running);
    RC_ASSERT(back->second == s.second);
    RC_ASSERT(back->reported == s.reported);
    RC_ASSERT(back->finished == s.finished);
    RC_ASSERT(back->rows.size() == s.rows.size());
    for (std::size_t i = 0; i < s.rows.size(); ++i)
      RC_ASSERT(same(back->rows[i], s.rows[i]));
  });
}

TEST_CASE("a result ranks the finishers, and those who did not finish have no rank", "[standings_json]") {
  race_result r;
  r.key = {class_id{3}, race_id{7}};
  r.owner_epoch = epoch{2};
  r.as_of = journal_position{99};
  r.closed = at_ms(1'620'052'000'000);
  r.finished = 1;
  r.rows = {{1, 1, racer_id{8}, "Adell", own_second{300}, 299, score{1'517'880}, score{450'000'000}, true, 4},
            {0, 2, racer_id{9}, "", own_second{300}, 100, score{227'500}, score{22'750'000}, false, 0},
            {0, 3, racer_id{10}, "", own_second{250}, 250, score{227'500}, score{56'875'000}, false, 0}};
  std::string out;
  encode_result(r, out);
  const auto json = nlohmann::json::parse(out);
  CHECK(json["state"] == "closed");
  CHECK(json["epoch"] == 2);
  CHECK(json["asOf"] == 99);
  CHECK(json["ts"] == 1'620'052'000'000);
  CHECK(json["second"] == 300);
  CHECK(json["racers"] == 3);
  CHECK(json["reported"] == 2);
  CHECK(json["finished"] == 1);
  CHECK(json["rows"][0]["rank"] == 1);
  CHECK(json["rows"][0]["allTimeRank"] == 4);
  CHECK(json["rows"][1]["rank"].is_null());
  CHECK(json["rows"][1]["allTimeRank"].is_null());
  CHECK(json["rows"][2]["second"] == 250);
}

TEST_CASE("a result is read back as it was", "[standings_json]") {
  holds(300, [] {
    const auto s = any_standings();
    const race_result r{s.key, s.owner_epoch, s.as_of, s.published, s.finished, s.rows};
    std::string out;
    encode_result(r, out);
    const auto back = decode_result(out);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->key == r.key);
    RC_ASSERT(back->owner_epoch == r.owner_epoch);
    RC_ASSERT(back->as_of == r.as_of);
    RC_ASSERT(back->closed == r.closed);
    RC_ASSERT(back->finished == r.finished);
    RC_ASSERT(back->rows.size() == r.rows.size());
    for (std::size_t i = 0; i < r.rows.size(); ++i)
      RC_ASSERT(same(back->rows[i], r.rows[i]));
  });
}

TEST_CASE("what is not a result is nothing", "[standings_json]") {
  const auto text = text_of(one_rider());
  CHECK_FALSE(decode_result(text)); // still running
  CHECK_FALSE(decode_result(""));
  CHECK_FALSE(decode_result("[]"));
  CHECK_FALSE(decode_result("{}"));
  const auto whole = nlohmann::json::parse(text);
  for (const auto& [key, value] : whole.items()) {
    CAPTURE(key);
    auto less = whole;
    less.erase(key);
    CHECK(decode_standings(less.dump()).has_value() == (key == "racers"));
    auto wrong = whole;
    wrong[key] = nlohmann::json{{"a", -1}};
    CHECK(decode_standings(wrong.dump()).has_value() == (key == "racers"));
  }
  for (const auto& [key, value] : whole["rows"][0].items()) {
    CAPTURE(key);
    auto less = whole;
    less["rows"][0].erase(key);
    CHECK_FALSE(decode_standings(less.dump()));
    auto wrong = whole;
    wrong["rows"][0][key] = -1;
    CHECK_FALSE(decode_standings(wrong.dump()));
  }
}

TEST_CASE("no text makes the reader fail", "[standings_json]") {
  const auto text = text_of(one_rider());
  holds(3'000, [&] {
    const auto bad = spoiled(text, all_bytes());
    (void)decode_result(bad);
    if (const auto got = decode_standings(bad))
      RC_ASSERT(got->key.cls.value() >= 1);
  });
}

} // namespace alleycat

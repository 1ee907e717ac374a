#include "messages/update_json.hpp"

#include "random_messages.hpp"

namespace alleycat {

namespace {

const std::string example =
    R"({"event":"update","deviceTimestamp":1620051628707,"second":13,"raceId":5400172,"name":"Adell",)"
    R"("racerId":8,"classId":3,"cadence":74.2,"resistance":74})";

struct outcome {
  refusal verdict;
  update content;
  std::string why;
};

outcome read(std::string_view payload) {
  update_decoder decoder;
  outcome o{};
  o.verdict = decoder.decode(payload, o.content, o.why);
  return o;
}

/// The example with one piece of its text replaced.
std::string with(const std::string& what, const std::string& by) {
  auto text = example;
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("an update is read as bikes send it today", "[update_json]") {
  const auto o = read(example);
  REQUIRE(o.verdict == refusal::none);
  CHECK(o.content.cls == class_id{3});
  CHECK(o.content.race == race_id{5'400'172});
  CHECK(o.content.racer == racer_id{8});
  CHECK(o.content.second == own_second{13});
  CHECK(o.content.device_timestamp == at_ms(1'620'051'628'707));
  CHECK(o.content.measured == measurement{742, 740, 0, 0});
  CHECK(o.content.name == "Adell");
  CHECK_FALSE(o.content.wants_view);
  CHECK(output_of(o.content.measured) == score{1'517'880});
  CHECK(o.why.empty());
}

TEST_CASE("the example is written back letter by letter", "[update_json]") {
  CHECK(encode_update(read(example).content) == example);
}

TEST_CASE("optional fields are read, and count as not sent when null, empty or zero", "[update_json]") {
  struct row {
    std::string more;
    measurement expected;
    bool view;
  };
  const auto r = GENERATE(values<row>({
      {R"(,"power":250,"heartRate":151,"view":true)", {742, 740, 250, 151}, true},
      {R"(,"power":250.5,"heartRate":150.4,"view":false)", {742, 740, 251, 150}, false},
      {R"(,"power":0,"heartRate":0)", {742, 740, 0, 0}, false},
      {R"(,"power":null,"heartRate":null,"view":null)", {742, 740, 0, 0}, false},
      {R"(,"power":65535,"heartRate":255)", {742, 740, 65'535, 255}, false},
  }));
  CAPTURE(r.more);
  const auto o = read(with("74}", "74" + r.more + "}"));
  REQUIRE(o.verdict == refusal::none);
  CHECK(o.content.measured == r.expected);
  CHECK(o.content.wants_view == r.view);
  CHECK(read(with(R"("Adell")", R"("")")).content.name.empty());
  CHECK(read(with(R"("Adell")", "null")).content.name.empty());
  CHECK(read(with(R"("name":"Adell",)", "")).content.name.empty());
}

TEST_CASE("what an earlier update left behind is gone", "[update_json]") {
  update_decoder decoder;
  update u;
  std::string why;
  REQUIRE(decoder.decode(with("74}", R"(74,"power":9,"heartRate":9,"view":true})"), u, why) == refusal::none);
  REQUIRE(decoder.decode(with(R"("name":"Adell",)", ""), u, why) == refusal::none);
  CHECK(u.name.empty());
  CHECK(u.measured == measurement{742, 740, 0, 0});
  CHECK_FALSE(u.wants_view);
}

TEST_CASE("cadence and resistance are rounded to tenths, halves away from zero", "[update_json]") {
  struct row {
    const char* sent;
    std::uint16_t tenths;
  };
  const auto r = GENERATE(values<row>({{"0", 0},
                                       {"-0", 0},
                                       {"-0.0", 0},
                                       {"0.04", 0},
                                       {"0.05", 1},
                                       {"0.35", 4},
                                       {"74.24", 742},
                                       {"74.25", 743},
                                       {"74.2499999", 742},
                                       {"7.42e1", 742},
                                       {"0.742E+2", 742},
                                       {"99.95", 1000},
                                       {"100", 1000},
                                       {"100.04", 1000}}));
  CAPTURE(r.sent);
  const auto o = read(
      with("\"cadence\":74.2,\"resistance\":74", std::string{"\"cadence\":"} + r.sent + ",\"resistance\":" + r.sent));
  REQUIRE(o.verdict == refusal::none);
  CHECK(o.content.measured.cadence == r.tenths);
  CHECK(o.content.measured.resistance == r.tenths);
}

TEST_CASE("every fault has its refusal, and its sentence names the field", "[update_json]") {
  struct row {
    std::string what, by;
    refusal expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {R"("event":"update",)", "", refusal::missing_field, "event is missing"},
      {R"("deviceTimestamp":1620051628707,)", "", refusal::missing_field, "deviceTimestamp is missing"},
      {R"("second":13,)", "", refusal::missing_field, "second is missing"},
      {R"("raceId":5400172,)", "", refusal::missing_field, "raceId is missing"},
      {R"("racerId":8,)", "", refusal::missing_field, "racerId is missing"},
      {R"("classId":3,)", "", refusal::missing_field, "classId is missing"},
      {R"("cadence":74.2,)", "", refusal::missing_field, "cadence is missing"},
      {R"(,"resistance":74)", "", refusal::missing_field, "resistance is missing"},
      {":13", ":0", refusal::bad_second, "second 0 is outside 1..300"},
      {":13", ":-1", refusal::bad_second, "second -1 is outside 1..300"},
      {":13", ":65536", refusal::bad_second, "second 65536 is outside 1..300"},
      {":13", ":999999999999999999999999", refusal::bad_second, "second 99999999999999999999… is outside 1..300"},
      {":13", ":13.0", refusal::bad_number, "second is not an integer"},
      {":13", ":13e0", refusal::bad_number, "second is not an integer"},
      {":13", R"(:"13")", refusal::bad_number, "second is not an integer"},
      {":13", ":null", refusal::bad_number, "second is not an integer"},
      {":13", ":true", refusal::bad_number, "second is not an integer"},
      {":13", ":[13]", refusal::bad_number, "second is not an integer"},
      {":13", R"(:{"a":{"second":13}})", refusal::bad_number, "second is not an integer"},
      {":1620051628707", ":-1", refusal::bad_number, "deviceTimestamp -1 is outside 0..9007199254740992"},
      {":1620051628707", ":9007199254740993", refusal::bad_number,
       "deviceTimestamp 9007199254740993 is outside 0..9007199254740992"},
      {":1620051628707", ":1620051628.707", refusal::bad_number, "deviceTimestamp is not an integer"},
      {":5400172", ":4294967296", refusal::bad_number, "raceId 4294967296 is outside 0..4294967295"},
      {":5400172", ":-1", refusal::bad_number, "raceId -1 is outside 0..4294967295"},
      {":8", ":4294967296", refusal::bad_number, "racerId 4294967296 is outside 0..4294967295"},
      {":8", R"(:"8")", refusal::bad_number, "racerId is not an integer"},
      {":3", ":0", refusal::bad_number, "classId 0 is outside 1..65535"},
      {":3", ":65536", refusal::bad_number, "classId 65536 is outside 1..65535"},
      {"74.2", "900", refusal::bad_cadence, "cadence 900 is outside 0..250"},
      {"74.2", "-1", refusal::bad_cadence, "cadence -1 is outside 0..250"},
      {"74.2", "250.05", refusal::bad_cadence, "cadence 250.05 is outside 0..250"},
      {"74.2", "1e300", refusal::bad_cadence, "cadence 1e300 is outside 0..250"},
      {"74.2", R"("74.2")", refusal::bad_number, "cadence is not a number"},
      {"74.2", "null", refusal::bad_number, "cadence is not a number"},
      {":74}", ":100.1}", refusal::bad_resistance, "resistance 100.1 is outside 0..100"},
      {":74}", ":-0.1}", refusal::bad_resistance, "resistance -0.1 is outside 0..100"},
      {":74}", ":false}", refusal::bad_number, "resistance is not a number"},
      {":74}", R"(:74,"power":65536})", refusal::bad_number, "power 65536 is outside 0..65535"},
      {":74}", R"(:74,"power":"x"})", refusal::bad_number, "power is not a number"},
      {":74}", R"(:74,"heartRate":256})", refusal::bad_number, "heartRate 256 is outside 0..255"},
      {":74}", R"(:74,"view":1})", refusal::bad_json, "view is neither true nor false"},
      {R"("update")", R"("start")", refusal::bad_json, "event is neither \"update\" nor \"final\""},
      {R"("update")", "7", refusal::bad_json, "event is not a string"},
      {R"("Adell")", "7", refusal::bad_name, "name is not a string"},
      {R"("Adell")", R"("a\u0000b")", refusal::bad_name,
       "name is longer than 64 bytes, or has control or direction characters"},
      {R"("Adell")", R"("a\u202eb")", refusal::bad_name,
       "name is longer than 64 bytes, or has control or direction characters"},
      {R"("Adell")", '"' + std::string(65, 'x') + '"', refusal::bad_name,
       "name is longer than 64 bytes, or has control or direction characters"},
      {R"("racerId":8)", R"("racerId":8,"racerId":8)", refusal::bad_json, "racerId comes twice"},
      {R"("racerId":8)", R"("racerId":8,"\u0072acerId":8)", refusal::bad_json, "racerId comes twice"},
  }));
  CAPTURE(r.what, r.by);
  const auto o = read(with(r.what, r.by));
  CHECK(o.verdict == r.expected);
  CHECK(o.why == r.why);
}

TEST_CASE("the wording names the length of the ride", "[update_json]") {
  update_decoder decoder{10};
  update u;
  std::string why;
  CHECK(decoder.decode(with(":13", ":0"), u, why) == refusal::bad_second);
  CHECK(why == "second 0 is outside 1..10");
  CHECK(decoder.decode(with(":13", ":11"), u, why) == refusal::none); // the ride's length is for `judge` to check
}

TEST_CASE("what is not one JSON object is bad_json", "[update_json]") {
  struct row {
    std::string payload;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {"", "nothing"},
      {" \n", "white space"},
      {"{", "the beginning of one"},
      {"}", "the end of one"},
      {"null", "a literal"},
      {"[" + example + "]", "an array"},
      {"\"" + std::string{"x"} + "\"", "a string"},
      {"\xef\xbb\xbf" + example, "a byte order mark"},
      {example + "x", "trailing letters"},
      {example + "}", "trailing bracket"},
      {example + "," + example, "two with a comma"},
      {example + example, "two"},
      {example + "\n{}", "two lines"},
      {example + std::string(1, '\0'), "a trailing NUL"},
      {example.substr(0, example.size() - 1), "cut before the last bracket"},
      {"{\"event\":\"update\"", "cut"},
      {"{event:\"update\"}", "a bare key"},
      {"{'event':'update'}", "single quotes"},
      {"{\"event\" \"update\"}", "no colon"},
      {"{\"event\":\"update\" \"second\":1}", "no comma"},
      {"{\"event\":\"update\",}", "a comma too many"},
      {"{,}", "only a comma"},
      {"{\"event\":}", "no value"},
      {"{\"a\":\"\xff\"}", "not UTF-8"},
      {"{\"a\":\"\xc0\xaf\"}", "overlong UTF-8"},
      {"{\"a\":\"line\nbreak\"}", "a control character in a string"},
      {R"({"a":"\x"})", "an unknown escape"},
      {R"({"a":"\ud800"})", "half a surrogate pair"},
      {R"({"a":01})", "a leading zero in an ignored field"},
      {R"({"a":1.})", "half a number in an ignored field"},
      {R"({"a":tru})", "half a word in an ignored field"},
      {R"({"a":nul})", "the same"},
      {R"({"a":NaN})", "not a number"},
      {R"({"a":Infinity})", "infinity"},
      {R"({"a":[1 2]})", "no comma in an ignored array"},
      {R"({"a":[1,]})", "a comma too many in an ignored array"},
      {R"({"a":[1}})", "brackets that don't match"},
      {R"({"a":{"b":1]})", "brackets that don't match"},
      {R"({"a":{"b"}})", "an ignored object without a value"},
      {R"({"a":{"b":1,"c":)" + std::string(1, '\0') + "}}", "a NUL"},
      {"{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "100 levels"},
  }));
  CAPTURE(r.payload, r.why);
  const auto o = read(r.payload);
  CHECK(o.verdict == refusal::bad_json);
  CHECK(o.why == "the message is not one JSON object in UTF-8");
}

TEST_CASE("an update cut off anywhere is bad_json", "[update_json]") {
  update_decoder decoder;
  update u;
  std::string why;
  for (std::size_t length = 0; length < example.size(); ++length) {
    CAPTURE(length);
    CHECK(decoder.decode(example.substr(0, length), u, why) == refusal::bad_json);
  }
}

TEST_CASE("broken JSON counts before a faulty field, whatever comes first", "[update_json]") {
  CHECK(read(with("74.2", "900") + "x").verdict == refusal::bad_json);
  CHECK(read(with(":13", ":0").substr(0, 100)).verdict == refusal::bad_json);
  CHECK(read(R"({"second":0,"cadence":900})").verdict == refusal::bad_second);
  CHECK(read(R"({"cadence":900,"second":0})").verdict == refusal::bad_cadence);
  CHECK(read("{}").why == "event is missing");
}

TEST_CASE("1024 bytes are an update and 1025 are too many", "[update_json]") {
  const auto padded = [](std::size_t size) { return example + std::string(size - example.size(), ' '); };
  CHECK(read(padded(1024)).verdict == refusal::none);
  const auto o = read(padded(1025));
  CHECK(o.verdict == refusal::too_big);
  CHECK(o.why == "the message is longer than 1024 bytes");
}

TEST_CASE("unknown fields are ignored, whatever they hold", "[update_json]") {
  const auto more = GENERATE(values<std::string>({
      R"("x":1)",
      R"("x":null,"y":[],"z":{})",
      R"("x":{"second":900,"cadence":{"racerId":[1,2,{"event":"nonsense"}]}})",
      R"("x":[[["}"],"]","{"],-1.5e+3,true,false,null,"\"\\\/\b\f\n\r\t\u00fc\ud83d\udeb4"])",
      R"("Second":900,"seconds":901,"secon":902,"":903)",
      R"("x":1,"x":2)",
  }));
  CAPTURE(more);
  for (const auto& text : {"{" + more + "," + example.substr(1), with(R"("raceId")", more + R"(,"raceId")"),
                           example.substr(0, example.size() - 1) + "," + more + "}"}) {
    const auto o = read(text);
    CHECK(o.verdict == refusal::none);
    CHECK(encode_update(o.content) == example);
  }
}

TEST_CASE("white space and escapes don't matter", "[update_json]") {
  const auto o =
      read("\n {\t\"event\" : \"fin\\u0061l\" ,\r\n \"deviceTimestamp\":1620051628707 , \"\\u0073econd\" :13 ,"
           "\"raceId\": 5400172,\"name\":\"\\u0041dell\",\"racerId\":8 ,\"classId\":3\n,\"cadence\":74.2 ,"
           "\"resistance\":74 } \n");
  REQUIRE(o.verdict == refusal::none);
  CHECK(encode_update(o.content) == example);
}

TEST_CASE("the same message as JSON or Protobuf is told apart by its first byte", "[update_json]") {
  update_decoder decoder;
  update u;
  std::string why;
  CHECK(decoder.decode_any(" \t\r\n" + example, u, why) == refusal::none);
  const auto expected = u;
  CHECK(decoder.decode_any(encode_update_protobuf(expected), u, why) == refusal::none);
  CHECK(same(u, expected));
  CHECK(decoder.decode_any("not JSON at all", u, why) == refusal::bad_json);
}

} // namespace alleycat

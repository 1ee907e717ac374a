#include "node/ports/dead_letters.hpp"
#include "tests/node/listening.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace alleycat;
using namespace alleycat::testing;

TEST_CASE("a dead letter says when, where, why, how long it was and how it began") {
  listening stage;
  const fixed_clock clock;
  dead_letters letters{stage.speaker, clock};
  letters.add(class_id{3}, "alleycat.update.3.8", refusal::bad_second, R"({"second":301})");
  const auto heard = stage.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].first == "alleycat.deadletter.3");
  CHECK(heard[0].second == R"({"ts":1620051628712,"subject":"alleycat.update.3.8","error":"bad_second","bytes":14,)"
                           R"("excerpt":"{\"second\":301}"})");
  CHECK(letters.published().value() == 1);
  CHECK(letters.dropped().value() == 0);
}

TEST_CASE("whatever a stranger sends, a dead letter is one JSON object of bounded length") {
  listening stage;
  const fixed_clock clock;
  dead_letters letters{stage.speaker, clock};
  std::string bytes;
  for (int c = 0; c < 256; ++c)
    bytes += static_cast<char>(c);
  letters.add(class_id{}, "alleycat.update.\"\\.\x07", "broken", bytes + std::string(1'000'000, '"'));
  const auto heard = stage.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].first == "alleycat.deadletter.0");
  CHECK(heard[0].second.size() < 1'000);
  const auto json = nlohmann::json::parse(heard[0].second);
  CHECK(json["subject"] == "alleycat.update.\"\\.?");
  CHECK(json["error"] == "broken");
  CHECK(json["bytes"] == 1'000'256);
  const std::string printable = R"( !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`)"
                                "abcdefghijklmnopqrstuvwxyz{|}~";
  CHECK(json["excerpt"] == std::string(32, '?') + printable + std::string(129, '?'));
}

TEST_CASE("of a flood a hundred letters a second leave, the others are counted") {
  listening stage;
  fixed_clock clock;
  dead_letters letters{stage.speaker, clock};
  for (int i = 0; i < 105; ++i)
    letters.add(class_id{3}, "alleycat.update.3.8", refusal::bad_json, "x");
  CHECK(stage.heard().size() == 100);
  CHECK(letters.published().value() == 100);
  CHECK(letters.dropped().value() == 5);
  clock.time = at_ms(1'620'051'628'999); // the same second
  letters.add(class_id{3}, "alleycat.update.3.8", refusal::bad_json, "x");
  CHECK(letters.dropped().value() == 6);
  clock.time = at_ms(1'620'051'629'000);
  letters.add(class_id{3}, "alleycat.update.3.8", refusal::bad_json, "x");
  CHECK(stage.heard().size() == 101);
}

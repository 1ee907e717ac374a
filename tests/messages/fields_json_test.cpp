#include "messages/fields_json.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <vector>

using namespace alleycat;

namespace {

std::string less(std::string_view json, std::vector<std::string> wanted) {
  return only_fields(json, {"rows", wanted});
}

} // namespace

TEST_CASE("rows have the fields that were asked for, as they were written", "[fields_json]") {
  CHECK(
      less(
          R"({"of":2,"rows":[{"rank":1,"racerId":8,"name":"A \"d\" \u0065","total":151.7880},{"rank":null,"racerId":9,"name":"","total":0}]})",
          {"total", "name"}) ==
      R"({"of":2,"rows":[{"name":"A \"d\" \u0065","total":151.7880},{"name":"","total":0}]})");
  CHECK(less(R"({"rows":[{"winner":{"racerId":8,"rows":[1]},"raceId":7},{"winner":null,"raceId":6}],"last":[true]})",
             {"winner"}) == R"({"rows":[{"winner":{"racerId":8,"rows":[1]}},{"winner":null}],"last":[true]})");
}

TEST_CASE("a row without a wanted field is empty, a table without rows stays so", "[fields_json]") {
  CHECK(less(R"({"rows":[{"a":1},{"b":2}]})", {"a"}) == R"({"rows":[{"a":1},{}]})");
  CHECK(less(R"({"classId":3,"rows":[]})", {"a"}) == R"({"classId":3,"rows":[]})");
  CHECK(less(R"({"ok":true})", {"a"}) == R"({"ok":true})");
}

TEST_CASE("what stands beside the rows may be left out too", "[fields_json]") {
  const std::string_view json{
      R"({"racerId":8,"bests":[{"scores":[1,null]}],"records":[],"rides":[{"rank":1,"total":2}]})"};
  static constexpr std::array<std::string_view, 2> besides{"bests", "records"};
  const auto told = [&](std::vector<std::string> wanted) { return only_fields(json, {"rides", wanted, besides}); };
  CHECK(told({"rank"}) == R"({"racerId":8,"rides":[{"rank":1}]})");
  CHECK(told({"bests"}) == R"({"racerId":8,"bests":[{"scores":[1,null]}],"rides":[{}]})");
}

TEST_CASE("what is no object comes back as it is", "[fields_json]") {
  for (const auto* text : {"", "[1]", "{", "nonsense"})
    CHECK(less(text, {"a"}) == text);
}

#include "ops/alleycat/table.hpp"

#include <catch2/catch.hpp>
#include <clocale>

using namespace alleycat::cli;

namespace {

const bool utf8_locale = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;

table riders() {
  return {{{"RANK", align::right}, {"NAME"}, {"TOTAL", align::right}},
          {{"1", "自転車", "1973.2440"}, {"12", "Adell", "22.7500"}}};
}

} // namespace

TEST_CASE("columns are as wide as their widest cell, in columns of the terminal") {
  REQUIRE(utf8_locale);
  CHECK(riders().lines() == std::vector<std::string>{
                                "RANK  NAME        TOTAL",
                                "   1  自転車  1973.2440",
                                "  12  Adell     22.7500",
                            });
}

TEST_CASE("no line ends in spaces") {
  const table t{{{"NAME"}, {"CLOSED"}}, {{"Adell", ""}}};
  CHECK(t.lines() == std::vector<std::string>{"NAME   CLOSED", "Adell"});
}

TEST_CASE("in a narrow terminal names give way first, then lines are cut") {
  REQUIRE(utf8_locale);
  const table t{{{"NAME"}, {"TOTAL", align::right}}, {{"A name of thirty-one characters", "22.7500"}}};
  CHECK(t.lines(30) == std::vector<std::string>{
                           "NAME                     TOTAL",
                           "A name of thirty-one…  22.7500",
                       });
  CHECK(t.lines(12) == std::vector<std::string>{"NAME       …", "A name …  2…"});
}

TEST_CASE("a table without rows still says what its columns are") {
  CHECK(table{{{"RANK"}, {"NAME"}}, {}}.lines() == std::vector<std::string>{"RANK  NAME"});
}

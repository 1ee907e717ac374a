#include "node/config/config_file.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

std::string fault_of(std::string_view toml) {
  auto config = default_config();
  return apply_toml(config, toml, "node.toml").value_or("none");
}

} // namespace

TEST_CASE("an empty file changes nothing") {
  auto config = default_config();
  CHECK_FALSE(apply_toml(config, "# nothing\n", "node.toml").has_value());
  CHECK(config == default_config());
}

TEST_CASE("classes of the file take the place of the shipped ones, in the order of their ids") {
  auto config = default_config();
  const auto fault = apply_toml(config, R"(
[[class]]
id = 7
name = "Dockside"
difficulty = 3
score = "output"
[[class]]
id = 2
name = "Towpath"
)",
                                "node.toml");
  REQUIRE_FALSE(fault.has_value());
  const std::vector<class_rules> wanted{{class_id{2}, "Towpath", 1, scoring::total},
                                        {class_id{7}, "Dockside", 3, scoring::output}};
  CHECK(config.rules.classes == wanted);
}

TEST_CASE("a fault in the file is found by line and column") {
  struct line {
    std::string toml, fault;
  };
  const auto wrong = GENERATE(values<line>({
      {"[race]\ncapcity = 10\n", "node.toml:2:1: unknown key race.capcity; did you mean race.capacity?"},
      {"[race]\n\n  capacity = 0\n", "node.toml:3:14: race.capacity must be a whole number in 1..65535"},
      {"[race]\ncapacity = \"10\"\n", "node.toml:2:12: race.capacity must be a whole number in 1..65535"},
      {"[race]\ncapacity = 10.5\n", "node.toml:2:12: race.capacity must be a whole number in 1..65535"},
      {"[race]\ncapacity = true\n", "node.toml:2:12: race.capacity must be a whole number in 1..65535"},
      {"[race]\nadmit = \"all\"\n", "node.toml:2:9: race.admit must be one of live, any"},
      {"[node]\nname = 5\n", "node.toml:2:8: node.name must be 1 to 64 letters, digits, - or _"},
      {"[node]\nname = 2020-01-01\n", "node.toml:2:8: node.name must be 1 to 64 letters, digits, - or _"},
      {"[nats]\nurls = \"nats://a\"\n", "node.toml:2:8: nats.urls must be a list of texts, none of them empty"},
      {"[nats]\nurls = [\"nats://a\", 5]\n", "node.toml:2:8: nats.urls must be a list of texts, none of them empty"},
      {"[nats]\nurls = true\n", "node.toml:2:8: nats.urls must be a list of texts, none of them empty"},
      {"[rase]\ncapacity = 10\n", "node.toml:1:2: unknown section rase; did you mean race?"},
      {"capacity = 10\n", "node.toml:1:1: unknown section capacity"},
      {"race = 5\n", "node.toml:1:8: race must be a table, written as [race]"},
      {"class = 5\n", "node.toml:1:9: class must be written as [[class]], once for each"},
      {"class = []\n", "node.toml:1:9: class must be written as [[class]], once for each"},
      {"class = [1]\n", "node.toml:1:10: class must be written as [[class]], once for each"},
      {"[[class]]\nid = 0\nname = \"A\"\n", "node.toml:2:6: class.id must be a whole number in 1..65535"},
      {"[[class]]\nname = \"A\"\n", "node.toml:1:1: class.id must be a whole number in 1..65535"},
      {"[[class]]\nid = 1\n", "node.toml:1:1: class.name must be a text of 1 to 64 bytes without control characters"},
      {"[[class]]\nid = 1\nname = \"a\\nb\"\n",
       "node.toml:3:8: class.name must be a text of 1 to 64 bytes without control characters"},
      {"[[class]]\nid = 1\nname = \"A\"\nscore = \"sum\"\n", "node.toml:4:9: class.score must be one of total, output"},
      {"[[class]]\nid = 1\nname = \"A\"\nscor = \"sum\"\n",
       "node.toml:4:1: unknown key class.scor; did you mean score?"},
      {"[[class]]\nid = 1\nname = \"A\"\n[[class]]\nid = 1\nname = \"B\"\n", "node.toml:4:1: class 1 is there twice"},
  }));
  CHECK(fault_of(wrong.toml) == wrong.fault);
}

TEST_CASE("what is no TOML is found by line and column") {
  CHECK_THAT(fault_of("[race]\ncapacity = \n"), Catch::StartsWith("node.toml:2:"));
  CHECK_THAT(fault_of("[race\n"), Catch::StartsWith("node.toml:1:"));
  CHECK_THAT(fault_of("[race]\ncapacity = 1\ncapacity = 2\n"), Catch::StartsWith("node.toml:3:"));
}

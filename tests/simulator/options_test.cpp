#include "simulator/options.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::sim;

namespace {

sim_options good(std::vector<std::string> arguments) {
  const auto parsed = parse_options(std::move(arguments));
  REQUIRE(std::holds_alternative<sim_options>(parsed));
  return std::get<sim_options>(parsed);
}

early_exit ends(std::vector<std::string> arguments) {
  const auto parsed = parse_options(std::move(arguments));
  REQUIRE(std::holds_alternative<early_exit>(parsed));
  return std::get<early_exit>(parsed);
}

std::vector<class_id> ids(std::initializer_list<std::uint16_t> values) {
  std::vector<class_id> out;
  for (const auto value : values) {
    out.emplace_back(value);
  }
  return out;
}

} // namespace

TEST_CASE("without flags riders of class 1 start now, at real speed, without answers") {
  const auto o = good({});
  CHECK(o.nats == "nats://127.0.0.1:4222");
  CHECK(o.classes == ids({1}));
  CHECK(o.first_racer == racer_id{1});
  CHECK_FALSE(o.racers);
  CHECK_FALSE(o.seconds);
  CHECK_FALSE(o.window_seconds);
  CHECK(o.speed == 1);
  CHECK(o.stagger_seconds == 1);
  CHECK_FALSE(o.start_next);
  CHECK_FALSE(o.ack);
}

TEST_CASE("every flag reaches its option") {
  const auto o =
      good({"--nats",    "nats://a:1",  "--racers", "200",       "--first-racer", "1000",   "--classes", "1,3",
            "--seconds", "10",          "--window", "10",        "--speed",       "20",     "--stagger", "2.5",
            "--start",   "next",        "--seed",   "9",         "--ack",         "--log",  "x",         "--loss",
            "0.1",       "--duplicate", "0.2",      "--reorder", "0.3",           "--late", "0.4",       "--dropout",
            "0.5",       "--restart",   "0.6",      "--quiet",   "--json"});
  CHECK(o.nats == "nats://a:1");
  CHECK(o.racers == 200U);
  CHECK(o.first_racer == racer_id{1000});
  CHECK(o.classes == ids({1, 3}));
  CHECK(o.seconds == 10U);
  CHECK(o.window_seconds == 10U);
  CHECK(o.speed == 20);
  CHECK(o.stagger_seconds == 2.5);
  CHECK(o.start_next);
  CHECK(o.seed == 9);
  CHECK(o.ack);
  CHECK(o.log == "x");
  CHECK(o.faults.loss == 0.1);
  CHECK(o.faults.duplicate == 0.2);
  CHECK(o.faults.reorder == 0.3);
  CHECK(o.faults.late == 0.4);
  CHECK(o.faults.dropout == 0.5);
  CHECK(o.faults.restart == 0.6);
  CHECK(o.quiet);
  CHECK(o.json);
}

TEST_CASE("classes are lists and ranges, each class once") {
  CHECK(parse_classes("3") == ids({3}));
  CHECK(parse_classes("1-3,2,65535") == ids({1, 2, 3, 65535}));
  CHECK(parse_classes("4-4") == ids({4}));
  for (const auto* text : {"", "0", "65536", "3-1", "1,", ",1", "1-", "-1", "a", "1;2", "1 ,2", "1-2-3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_classes(text));
  }
}

TEST_CASE("wrong usage ends with 2 and says what is wrong") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"--racers", "0"}, "--racers"},
      {{"--racers", "100001"}, "--racers"},
      {{"--racers", "many"}, "--racers"},
      {{"--classes", "0"}, "0 is not a list of classes"},
      {{"--seconds", "0"}, "--seconds"},
      {{"--seconds", "901"}, "--seconds"},
      {{"--window", "86401"}, "--window"},
      {{"--past", "0"}, "--past"},
      {{"--past", "3", "--ack"}, "--past"},
      {{"--speed", "0"}, "--speed"},
      {{"--stagger", "-1"}, "--stagger"},
      {{"--start", "later"}, "--start"},
      {{"--loss", "1.5"}, "--loss"},
      {{"--restart", "-0.1"}, "--restart"},
      {{"--replay", "/nowhere.csv"}, "--replay"},
      {{"--first-racer", "4294967295", "--racers", "2"}, "--first-racer"},
      {{"--racers", "100000", "--classes", "1-100"}, "--racers"},
      {{"--no-such-flag"}, "--no-such-flag"},
      {{"stray"}, "stray"},
  };
  for (const auto& [arguments, names] : table) {
    const auto exit = ends(arguments);
    CAPTURE(arguments, exit.text);
    CHECK(exit.code == 2);
    CHECK(exit.text.find(names) != std::string::npos);
  }
}

TEST_CASE("help and version end with 0") {
  CHECK(ends({"--help"}).code == 0);
  CHECK(ends({"--help"}).text.find("--stagger") != std::string::npos);
  CHECK(ends({"--version"}).code == 0);
  CHECK(ends({"--version"}).text.find("alleycat-sim ") == 0);
}

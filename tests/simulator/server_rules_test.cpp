#include "simulator/server_rules.hpp"

#include <catch2/catch.hpp>

using namespace alleycat::sim;

TEST_CASE("a bike reads window, ride, grace and capacity from the server's answer") {
  const auto rules = read_rules(
      R"({"ts":1,"rules":{"windowSeconds":10,"rideSeconds":9,"graceSeconds":0,"capacity":50,"minPercent":90},"classes":[]})");
  REQUIRE(rules);
  CHECK(rules->window_seconds == 10);
  CHECK(rules->ride_seconds == 9);
  CHECK(rules->grace_seconds == 0);
  CHECK(rules->capacity == 50);
  CHECK(rules->json == R"({"windowSeconds":10,"rideSeconds":9,"graceSeconds":0,"capacity":50,"minPercent":90})");
}

TEST_CASE("what the server does not say has its default") {
  const auto rules = read_rules(R"({"rules":{"windowSeconds":60}})");
  REQUIRE(rules);
  CHECK(rules->window_seconds == 60);
  CHECK(rules->ride_seconds == 300);
  CHECK(rules->grace_seconds == 30);
}

TEST_CASE("an answer that makes no sense is no answer") {
  for (const auto* text :
       {"", "{", "[]", "{}", R"({"rules":3})", R"({"rules":{"windowSeconds":0}})", R"({"rules":{"rideSeconds":-1}})",
        R"({"rules":{"rideSeconds":"300"}})", R"({"error":{"code":"busy","message":""}})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_rules(text));
  }
}

#include "simulator/summary.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alleycat::sim;

TEST_CASE("a run with everything acknowledged is no failure") {
  summary s;
  s.acknowledged = 10;
  s.refused["too_late"] = 1;
  CHECK_FALSE(failure_of(s, true));
}

TEST_CASE("an unacknowledged update is a failure that is told") {
  summary s;
  s.acknowledged = 10;
  s.unacknowledged = 3;
  CHECK(failure_of(s, true) == "3 updates stayed unacknowledged");
  CHECK(failure_of(s, false) == "3 updates were never sent");
}

TEST_CASE("a run of which nothing was accepted is a failure") {
  summary s;
  s.refused["unknown_class"] = 5;
  CHECK(failure_of(s, true) == "every update was refused (unknown_class 5)");
}

TEST_CASE("sends are told by their reason") {
  summary s;
  s.sent = 12;
  s.sent_by_reason = {7, 1, 1, 1, 2};
  CHECK(s.resent() == 5);
  const auto json = nlohmann::json::parse(to_json(s));
  CHECK(json["sent"] == 12);
  CHECK(json["resent"] == nlohmann::json{{"duplicate", 1}, {"timeout", 1}, {"retry", 1}, {"reconnect", 2}});
  CHECK(to_text(s, true).find("re-sent         5 (duplicate 1, reconnect 2, retry 1, timeout 1)") != std::string::npos);
}

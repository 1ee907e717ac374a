#include "node/peers/judge.hpp"

#include "cluster/rule_text.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace alleycat;

namespace {

peer_hello hello_of(std::uint32_t grace_seconds, std::uint32_t oldest, std::uint32_t newest) {
  rule_set rules;
  rules.race.grace_seconds = grace_seconds;
  return {"test", oldest, newest, rules_digest(rules), rules_text(rules)};
}

} // namespace

TEST_CASE("a peer of the same rules that reads what is written is spoken with", "[judge]") {
  for (const auto format : {1U, 2U, 3U})
    CHECK_FALSE(judge_hello(hello_of(30, 1, 3), hello_of(30, 1, 9), format).has_value());
}

TEST_CASE("other rules are refused with what differs", "[judge]") {
  const auto judged = judge_hello(hello_of(31, 1, 1), hello_of(30, 1, 1), 1);
  REQUIRE(judged.has_value());
  CHECK(judged->first == peer_fault::other_rules);
  CHECK_THAT(judged->second, Catch::Contains("race.grace_seconds") && Catch::Contains("31") && Catch::Contains("30"));
}

TEST_CASE("a peer that does not read what the cluster writes is refused", "[judge]") {
  for (const auto format : {1U, 4U}) {
    const auto judged = judge_hello(hello_of(30, 2, 3), hello_of(30, 1, 9), format);
    REQUIRE(judged.has_value());
    CHECK(judged->first == peer_fault::other_formats);
    CHECK(judged->second == "it reads formats 2 to 3, the cluster writes " + std::to_string(format));
  }
}

TEST_CASE("a peer may know of some claims more, not of thousands", "[judge]") {
  CHECK(is_plausible(epoch{1}, epoch{}));
  CHECK(is_plausible(epoch{7}, epoch{9}));
  CHECK(is_plausible(epoch{1'009}, epoch{9}));
  CHECK_FALSE(is_plausible(epoch{1'010}, epoch{9}));
  CHECK_FALSE(is_plausible(epoch{999'999}, epoch{9}));
  CHECK_FALSE(is_plausible(epoch{std::numeric_limits<std::uint64_t>::max()}, epoch{9}));
}

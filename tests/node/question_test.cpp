#include "node/queries/question.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

/// What is wrong with a body; empty for nothing.
template <class Read>
std::string fault(Read&& read, const std::string& text) {
  try {
    read(text);
    return "";
  } catch (const bad_query& e) {
    return std::string{e.code} + ": " + e.message;
  }
}

} // namespace

TEST_CASE("an empty body is a first page of twenty rows over all time") {
  for (const auto* text : {"", "{}", R"({"limit":null,"around":null,"period":null})"}) {
    const auto read = read_question(text);
    CHECK(read.page.offset == 0);
    CHECK(read.page.limit == 20);
    CHECK_FALSE(read.page.around);
    CHECK_FALSE(read.before);
    CHECK_FALSE(read.second);
    CHECK(read.over == period::all);
  }
}

TEST_CASE("every field of a question is read, what is not known is ignored") {
  const auto read = read_question(
      R"({"offset":40,"limit":1000,"around":4294967295,"before":5400172,"second":300,"period":"30d","colour":"red"})");
  CHECK(read.page.offset == 40);
  CHECK(read.page.limit == 1000);
  CHECK(read.page.around == racer_id{4294967295});
  CHECK(read.before == race_id{5400172});
  CHECK(read.second == 300U);
  CHECK(read.over == period::month);
}

TEST_CASE("a question of the wrong shape says what is wrong") {
  const auto of = [](const std::string& text) { return fault(read_question, text); };
  CHECK(of("[]") == "bad_request: the body is not a JSON object");
  CHECK(of("{") == "bad_request: the body is not a JSON object");
  CHECK(of(R"({"limit":1001})") == "bad_request: limit must be a whole number in 0..1000");
  CHECK(of(R"({"limit":-1})") == "bad_request: limit must be a whole number in 0..1000");
  CHECK(of(R"({"limit":"20"})") == "bad_request: limit must be a whole number in 0..1000");
  CHECK(of(R"({"limit":2.5})") == "bad_request: limit must be a whole number in 0..1000");
  CHECK(of(R"({"around":4294967296})") == "bad_request: around must be a whole number in 0..4294967295");
  CHECK(of(R"({"period":"1d"})") == "bad_request: period must be all, today, 7d or 30d");
  CHECK(of(R"({"text":7})") == "bad_request: text must be a string");
  CHECK(of(R"({"period":7})") == "bad_request: period must be all, today, 7d or 30d");
}

TEST_CASE("a wish for a ghost names a class, and whom") {
  const auto wish = read_ghost_wish(R"({"classId":3,"ghost":"rank-5","raceId":5400172})");
  CHECK(wish.cls == 3);
  CHECK(wish.race == race_id{5400172});
  REQUIRE(wish.choice);
  CHECK(wish.choice->kind == ghost_kind::rank);
  CHECK(wish.choice->number == 5);
  CHECK(read_ghost_wish(R"({"classId":3,"ghost":8})").choice->number == 8);
  CHECK_FALSE(read_ghost_wish(R"({"classId":3,"ghost":null})").choice);
}

TEST_CASE("a wish for a ghost of the wrong shape says what is wrong") {
  const auto of = [](const std::string& text) { return fault(read_ghost_wish, text); };
  CHECK(of("") == "bad_request: the body is not a JSON object");
  CHECK(of("{}") == "bad_request: classId is missing");
  CHECK(of(R"({"classId":65536,"ghost":null})") == "bad_request: classId must be a whole number in 0..65535");
  CHECK(of(R"({"classId":3})") == "bad_request: ghost is missing: null for none");
  CHECK(of(R"({"classId":3,"ghost":"rank-0"})") == "unknown_ghost: a ghost is leader, median, rank-N or a racer's id");
  CHECK(of(R"({"classId":3,"ghost":true})") == "unknown_ghost: a ghost is leader, median, rank-N or a racer's id");
}

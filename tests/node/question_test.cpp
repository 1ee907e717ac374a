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

TEST_CASE("a question says behind which row its page begins, and which fields it wants") {
  const auto read = read_question(R"({"limit":5,"after":"12-8","fields":["rank","name"]})");
  CHECK(read.after == "12-8");
  CHECK(read.fields == std::vector<std::string>{"rank", "name"});
  CHECK_FALSE(read_question(R"({"after":null,"fields":null})").after);
  const auto of = [](const std::string& text) { return fault(read_question, text); };
  const std::string no_cursor{"bad_request: after must be the text in next of the answer before"};
  CHECK(of(R"({"after":12})") == no_cursor);
  CHECK(of(R"({"after":")" + std::string(longest_cursor + 1, 'x') + R"("})") == no_cursor);
  const std::string too_much{
      "bad_request: after goes without offset, around and before: it says where the page begins"};
  for (const auto* other : {R"("offset":1)", R"("around":0)", R"("before":0)"})
    CHECK(of(std::string{R"({"after":"1",)"} + other + "}") == too_much);
  CHECK(of(R"({"after":"1","offset":0})").empty());
  const std::string no_list{"bad_request: fields must be a list of 1 to 32 names"};
  for (const auto* bad : {R"("rank")", "[]", "[1]", R"({"rank":true})", R"(["rank",null])"})
    CHECK(of(std::string{R"({"fields":)"} + bad + "}") == no_list);
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

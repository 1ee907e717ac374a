#include "node/nats/stream_info.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

// As nats-server 2.9 answers.
std::string answer(const std::string& max_bytes, const std::string& subjects, const std::string& total) {
  return R"({"type":"io.nats.jetstream.api.v1.stream_info_response","total":)" + total +
         R"(,"offset":0,"limit":100000,"config":{"name":"ALLEYCAT_JOURNAL_3","subjects":["alleycat.journal.3.*"],"max_bytes":)" +
         max_bytes +
         R"(},"created":"2026-11-27T10:00:00Z","state":{"messages":7,"bytes":512,"first_seq":1,"last_seq":9,"num_subjects":2)" +
         subjects + R"(,"consumer_count":0}})";
}

} // namespace

TEST_CASE("a journal's answer tells its races, in order, and how full it is") {
  const auto found = parse_contents(
      answer("1000", R"(,"subjects":{"alleycat.journal.3.12":4,"alleycat.journal.3.7":3,"other":1})", "3"));
  REQUIRE(found);
  const std::vector<std::pair<race_key, std::uint64_t>> races{{{class_id{3}, race_id{7}}, 3},
                                                              {{class_id{3}, race_id{12}}, 4}};
  CHECK(*found == journal_contents{512, 1'000, 9, races});
}

TEST_CASE("an empty journal without a limit has no races") {
  const auto found = parse_contents(answer("-1", "", "0"));
  REQUIRE(found);
  CHECK(*found == journal_contents{512, 0, 9, {}});
}

TEST_CASE("an error, one page of several and anything else are no contents of a journal") {
  CHECK_FALSE(parse_contents(R"({"error":{"code":404,"err_code":10059,"description":"stream not found"}})"));
  CHECK_FALSE(parse_contents(answer("-1", R"(,"subjects":{"alleycat.journal.3.12":4})", "2")));
  CHECK_FALSE(parse_contents(""));
  CHECK_FALSE(parse_contents("7"));
}

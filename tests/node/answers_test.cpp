#include "node/ports/answers.hpp"
#include "tests/node/listening.hpp"
#include "tests/racing/death.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace alleycat;
using namespace alleycat::testing;

namespace {

struct answers_stage : listening {
  fixed_clock clock;
  answer_desk desk{speaker, clock};
};
using published = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("a single update is answered at once, where it asked") {
  answers_stage s;
  s.desk.stored("alleycat.a", journal_position{48'211});
  s.desk.refused("alleycat.b", refusal::busy, "the journal \"does not\" keep up");
  CHECK(s.heard() ==
        published{{"alleycat.a", R"({"ok":true,"seq":48211,"ts":1620051628712})"},
                  {"alleycat.b", R"({"ok":false,"error":"busy","message":"the journal \"does not\" keep up",)"
                                 R"("retry":true,"ts":1620051628712})"}});
}

TEST_CASE("a batch is answered once, when the last of its updates is settled, in whatever order") {
  answers_stage s;
  const auto to = s.desk.expect_batch("alleycat.gym", 3);
  REQUIRE(to.size() == 3);
  s.desk.stored(to[2], journal_position{7});
  s.desk.refused(to[1], refusal::bad_cadence, "cadence 251 is outside 0..250");
  CHECK(s.heard().empty());
  s.desk.stored(to[0], journal_position{5});
  CHECK(s.heard() == published{{"alleycat.gym",
                                R"({"ok":false,"stored":2,"seq":7,"refused":[{"index":1,"error":"bad_cadence",)"
                                R"("message":"cadence 251 is outside 0..250","retry":false}],"ts":1620051628712})"}});
}

TEST_CASE("a batch of which nothing is refused is ok; one of which everything is has no sequence") {
  answers_stage s;
  const auto good = s.desk.expect_batch("alleycat.good", 2);
  const auto bad = s.desk.expect_batch("alleycat.bad", 2);
  for (std::size_t i = 0; i < 2; ++i) {
    s.desk.stored(good[i], journal_position{i + 1});
    s.desk.refused(bad[i], refusal::too_early, "w");
  }
  CHECK(s.heard() == published{{"alleycat.good", R"({"ok":true,"stored":2,"seq":2,"refused":[],"ts":1620051628712})"},
                               {"alleycat.bad",
                                R"({"ok":false,"stored":0,"seq":0,"refused":[)"
                                R"({"index":0,"error":"too_early","message":"w","retry":true},)"
                                R"({"index":1,"error":"too_early","message":"w","retry":true}],"ts":1620051628712})"}});
}

TEST_CASE("what comes for a batch that was answered already has no effect") {
  answers_stage s;
  const auto to = s.desk.expect_batch("alleycat.gym", 1);
  s.desk.stored(to[0], journal_position{1});
  s.desk.stored(to[0], journal_position{2});
  CHECK(s.heard().size() == 1);
}

TEST_CASE("a batch for whose answer nobody waits has no addresses") {
  answers_stage s;
  CHECK(s.desk.expect_batch("", 2) == std::vector<std::string>(2));
}

TEST_CASE("a batch without updates is never announced") {
  answers_stage s;
  CHECK(dies_of("node/ports/answers.cpp", "count > 0", [&] { s.desk.expect_batch("alleycat.gym", 0); }));
}

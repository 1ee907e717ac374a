#include "node/peers/outstanding.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace alleycat;
using namespace std::chrono_literals;

namespace {

struct asker {
  outstanding_questions questions;
  std::vector<peer_outcome> ended;
  outstanding_questions::clock::time_point now{1h};

  std::uint64_t ask(std::chrono::milliseconds deadline = 1s) {
    return questions.add(now + deadline, [this](peer_outcome how) { ended.push_back(std::move(how)); });
  }
  std::optional<outstanding_questions::more> part(std::uint64_t id, std::uint32_t number, std::uint32_t of,
                                                  const std::string& text) {
    return questions.said({id, 0, answer_part{number, of, text}});
  }
};

const peer_outcome timed_out = peer_trouble::timed_out, down = peer_trouble::down, bad = peer_trouble::bad_answer;

} // namespace

TEST_CASE("each kind of answer ends its question", "[outstanding]") {
  asker a;
  const node_status status{.races = 3, .state = "serving"};
  for (int i = 0; i < 4; ++i)
    REQUIRE(a.ask() == static_cast<std::uint64_t>(i + 1));
  CHECK_FALSE(a.questions.said({3, 0, status}));
  CHECK_FALSE(a.part(1, 0, 1, "text"));
  CHECK_FALSE(a.questions.said({4, 0, peer_refusal{"busy", "later"}}));
  CHECK_FALSE(a.questions.said({2, 0, peer_done{}}));
  CHECK(a.ended == std::vector<peer_outcome>{peer_answer{status}, peer_answer{"text"},
                                             peer_answer{peer_refusal{"busy", "later"}}, peer_answer{peer_done{}}});
  CHECK(a.questions.size() == 0);
  CHECK_FALSE(a.questions.next_deadline());
}

TEST_CASE("a long answer is asked for part by part and joined", "[outstanding]") {
  asker a;
  const auto id = a.ask();
  const auto second = a.part(id, 0, 3, "one ");
  REQUIRE(second);
  CHECK(second->id == id);
  CHECK(second->what.part == 1);
  CHECK(a.part(id, 1, 3, "two ")->what.part == 2);
  CHECK(a.ended.empty());
  CHECK_FALSE(a.part(id, 2, 3, "three"));
  CHECK(a.ended == std::vector<peer_outcome>{peer_answer{"one two three"}});
}

TEST_CASE("parts that are missing, twice there or of another number are a bad answer", "[outstanding]") {
  for (const auto& [number, of] : {std::pair{2u, 3u}, {0u, 3u}, {1u, 2u}}) {
    asker a;
    const auto id = a.ask();
    a.part(id, 0, 3, "one");
    CHECK_FALSE(a.part(id, number, of, "x"));
    CHECK(a.ended == std::vector<peer_outcome>{bad});
  }
  asker a;
  a.part(a.ask(), 1, 2, "not the first");
  CHECK(a.ended == std::vector<peer_outcome>{bad});
}

TEST_CASE("deadlines end what has no whole answer, in their order and no sooner", "[outstanding]") {
  asker a;
  const auto late = a.ask(2s), early = a.ask(1s);
  a.part(early, 0, 2, "half");
  CHECK(a.questions.next_deadline() == a.now + 1s);
  a.questions.expire(a.now + 999ms);
  CHECK(a.ended.empty());
  a.questions.expire(a.now + 1s);
  CHECK(a.ended == std::vector<peer_outcome>{timed_out});
  CHECK(a.questions.next_deadline() == a.now + 2s);
  // Too late.
  CHECK_FALSE(a.part(early, 1, 2, "other half"));
  a.part(late, 0, 1, "in time");
  CHECK(a.ended == std::vector<peer_outcome>{timed_out, peer_answer{"in time"}});
}

TEST_CASE("all fail at once with their link, and a handler may ask again", "[outstanding]") {
  asker a;
  int again = 0;
  a.questions.add(a.now + 1s, [&](peer_outcome) {
    if (++again == 1)
      a.ask();
  });
  a.ask();
  a.questions.fail_all(peer_trouble::down);
  CHECK(again == 1);
  CHECK(a.ended == std::vector<peer_outcome>{down, down});
  CHECK(a.questions.size() == 0);
}

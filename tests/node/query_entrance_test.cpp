#include "node/queries/queries.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace alleycat;

namespace {

struct entrance_stage {
  std::vector<query> asked;
  std::vector<std::pair<std::string, std::string>> refused;
  query_entrance entrance{
      [this](query question) { asked.push_back(std::move(question)); },
      [this](const std::string& to, const std::string& answer) { refused.emplace_back(to, answer); }};
};

} // namespace

TEST_CASE("a gate lets so many pass, and one more for each that is done") {
  query_gate gate{2};
  auto first = gate.enter();
  auto second = gate.enter();
  REQUIRE((first && second));
  CHECK(gate.enter() == nullptr);
  auto copy = first;
  first.reset();
  CHECK(gate.enter() == nullptr); // the copy is still under way
  copy.reset();
  CHECK(gate.enter() != nullptr);
  CHECK(gate.under_way() == 1);
}

TEST_CASE("a pass may outlive its gate") {
  query_gate::pass late;
  {
    query_gate gate{1};
    late = gate.enter();
  }
  CHECK(late != nullptr);
}

TEST_CASE("questions beyond the bound are answered busy at once, those before it are asked") {
  entrance_stage s;
  for (std::size_t i = 0; i < most_questions + 3; ++i)
    s.entrance.take("alleycat.query.now", "", "_INBOX.a");
  CHECK(s.asked.size() == most_questions);
  REQUIRE(s.refused.size() == 3);
  CHECK(s.refused[0].first == "_INBOX.a");
  CHECK(s.refused[0].second ==
        R"({"error":{"code":"busy","message":"too many questions at once; ask again in a moment"}})");
  s.asked.clear(); // answered
  s.entrance.take("alleycat.query.now", "", "_INBOX.b");
  CHECK(s.asked.size() == 1);
}

TEST_CASE("a body that is too long is refused and takes no place") {
  entrance_stage s;
  s.entrance.take("alleycat.query.races.1", std::string(most_question_bytes, ' '), "_INBOX.a");
  CHECK(s.asked.size() == 1);
  s.entrance.take("alleycat.query.races.1", std::string(most_question_bytes + 1, ' '), "_INBOX.a");
  CHECK(s.asked.size() == 1);
  REQUIRE(s.refused.size() == 1);
  CHECK(s.refused[0].second == R"({"error":{"code":"bad_request","message":"the body is longer than 4096 bytes"}})");
}

#include "messages/json.hpp"

#include "random_messages.hpp"

namespace alleycat {

TEST_CASE("an update that is stored is answered with its sequence", "[answers]") {
  std::string out;
  encode_stored(journal_position{48'211}, 1'620'051'628'712, out);
  CHECK(out == R"({"ok":true,"seq":48211,"ts":1620051628712})");
  CHECK(decode_answer(out) == answer{true, journal_position{48'211}, "", "", false, 1'620'051'628'712});
}

TEST_CASE("a refusal is answered with its name, a sentence, and whether to try again", "[answers]") {
  std::string out;
  encode_refused(refusal::bad_second, "second 301 is outside 1..300", 1'620'051'628'712, out);
  CHECK(out == R"({"ok":false,"error":"bad_second","message":"second 301 is outside 1..300","retry":false,)"
               R"("ts":1620051628712})");
  CHECK(decode_answer(out) ==
        answer{false, {}, "bad_second", "second 301 is outside 1..300", false, 1'620'051'628'712});
  out.clear();
  encode_refused(refusal::not_stored, "said \"no\"", 0, out);
  CHECK(decode_answer(out) == answer{false, {}, "not_stored", "said \"no\"", false, 0});
}

TEST_CASE("a query that fails is answered with a code and a message", "[answers]") {
  std::string out;
  encode_error("unknown_class", "class 9 is not run here", out);
  CHECK(out == R"({"error":{"code":"unknown_class","message":"class 9 is not run here"}})");
}

TEST_CASE("what is not an answer is nothing", "[answers]") {
  for (const auto* text :
       {"", "{}", "[]", R"({"ok":true})", R"({"ok":true,"seq":1})", R"({"ok":1,"seq":1,"ts":1})",
        R"({"ok":false,"ts":1})", R"({"ok":true,"seq":-1,"ts":1})", R"({"ok":true,"seq":1,"ts":"1"})"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_answer(text));
  }
}

TEST_CASE("what the rules refuse is explained with the update's own numbers", "[answers]") {
  rule_set rules;
  update u;
  u.cls = class_id{9};
  u.race = race_id{5'400'172};
  u.racer = racer_id{8};
  u.second = own_second{301};
  CHECK(explain(refusal::bad_second, u, rules) == "second 301 is outside 1..300");
  CHECK(explain(refusal::unknown_class, u, rules) == "class 9 is not run here");
  CHECK(explain(refusal::bad_race, u, rules) == "race 5400172 is not one of now");
  CHECK(explain(refusal::too_late, u, rules) == "race 5400172 takes no more updates");
  CHECK(explain(refusal::identity_mismatch, u, rules) == "the message is of racer 8 in class 9, the subject is not");
  for (std::size_t i = 1; i < refusal_count; ++i)
    CHECK_FALSE(explain(static_cast<refusal>(i), u, rules).empty());
}

} // namespace alleycat

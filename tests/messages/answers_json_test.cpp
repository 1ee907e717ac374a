#include "messages/json.hpp"

#include "random_messages.hpp"

namespace alleycat {

TEST_CASE("an update that is stored is answered with its sequence", "[answers]") {
  std::string out;
  encode_stored(journal_position{48'211}, at_ms(1'620'051'628'712), out);
  CHECK(out == R"({"ok":true,"seq":48211,"ts":1620051628712})");
  CHECK(decode_answer(out) == answer{true, journal_position{48'211}, "", "", false, at_ms(1'620'051'628'712)});
}

TEST_CASE("a refusal is answered with its name, a sentence, and whether to try again", "[answers]") {
  std::string out;
  encode_refused(refusal::bad_second, "second 301 is outside 1..300", at_ms(1'620'051'628'712), out);
  CHECK(out == R"({"ok":false,"error":"bad_second","message":"second 301 is outside 1..300","retry":false,)"
               R"("ts":1620051628712})");
  CHECK(decode_answer(out) ==
        answer{false, {}, "bad_second", "second 301 is outside 1..300", false, at_ms(1'620'051'628'712)});
  out.clear();
  encode_refused(refusal::not_stored, "said \"no\"", {}, out);
  CHECK(decode_answer(out) == answer{false, {}, "not_stored", "said \"no\"", false, {}});
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

} // namespace alleycat

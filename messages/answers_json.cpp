#include "messages/json.hpp"
#include "messages/json_text.hpp"

#include <fmt/format.h>

namespace alleycat {

using detail::json_text;

void encode_stored(journal_position position, unix_ms ts, std::string& out) {
  json_text{out}.raw(R"({"ok":true,"seq":)").id(position).raw(R"(,"ts":)").integer(ts).raw("}");
}

void encode_refused(refusal reason, std::string_view message, unix_ms ts, std::string& out) {
  json_text json{out};
  json.raw(R"({"ok":false,"error":)").string(to_string(reason));
  json.raw(R"(,"message":)").string(message);
  json.raw(R"(,"retry":)").boolean(worth_a_retry(reason));
  json.raw(R"(,"ts":)").integer(ts).raw("}");
}

void encode_error(std::string_view code, std::string_view message, std::string& out) {
  json_text{out}.raw(R"({"error":{"code":)").string(code).raw(R"(,"message":)").string(message).raw("}}");
}

std::string explain(refusal reason, const update& u, const rule_set& rules) {
  switch (reason) {
  case refusal::bad_second:
    return fmt::format("second {} is outside 1..{}", u.second.value(), rules.race.ride_seconds);
  case refusal::bad_subject:
    return "the subject is not alleycat.update.<class>.<racer>";
  case refusal::identity_mismatch:
    return fmt::format("the message is of racer {} in class {}, the subject is not", u.racer.value(), u.cls.value());
  case refusal::unknown_class:
    return fmt::format("class {} is not run here", u.cls.value());
  case refusal::bad_race:
    return fmt::format("race {} is not one of now", u.race.value());
  case refusal::too_early:
    return fmt::format("second {} of race {} cannot have been ridden yet", u.second.value(), u.race.value());
  case refusal::too_late:
    return fmt::format("race {} takes no more updates", u.race.value());
  case refusal::busy:
    return "the journal does not keep up, send it again";
  case refusal::not_stored:
    return "the journal did not confirm in time, send it again";
  default:
    return fmt::format("refused as {}", to_string(reason));
  }
}

} // namespace alleycat

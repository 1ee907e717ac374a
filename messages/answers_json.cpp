#include "messages/json.hpp"
#include "messages/json_text.hpp"

namespace alleycat {

using detail::json_text;

void encode_stored(journal_position position, unix_ms ts, std::string& out) {
  json_text{out}.raw(R"({"ok":true,"seq":)").id(position).raw(R"(,"ts":)").time(ts).raw("}");
}

void encode_refused(refusal reason, std::string_view message, unix_ms ts, std::string& out) {
  json_text json{out};
  json.raw(R"({"ok":false,"error":)").string(to_string(reason));
  json.raw(R"(,"message":)").string(message);
  json.raw(R"(,"retry":)").boolean(worth_a_retry(reason));
  json.raw(R"(,"ts":)").time(ts).raw("}");
}

void encode_error(std::string_view code, std::string_view message, std::string& out) {
  json_text{out}.raw(R"({"error":{"code":)").string(code).raw(R"(,"message":)").string(message).raw("}}");
}

} // namespace alleycat

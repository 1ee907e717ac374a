#include "node/nats/stream_info.hpp"

#include "messages/subjects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace alleycat {

namespace {

using nlohmann::json;

/// @returns 0 where there is none, and for -1, which is "without limit"
std::uint64_t number_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

} // namespace

contents_question question_for_contents(class_id cls) {
  return {"$JS.API.STREAM.INFO." + journal_stream(cls), R"({"subjects_filter":")" + journal_wildcard(cls) + "\"}"};
}

std::optional<journal_contents> parse_contents(std::string_view text) {
  const auto answer = json::parse(text, nullptr, false);
  if (!answer.is_object())
    return std::nullopt;
  const auto config = answer.find("config");
  const auto state = answer.find("state");
  if (config == answer.end() || state == answer.end() || !config->is_object() || !state->is_object())
    return std::nullopt;
  journal_contents found;
  found.bytes = number_at(*state, "bytes");
  found.max_bytes = number_at(*config, "max_bytes");
  found.last_sequence = number_at(*state, "last_seq");
  if (const auto subjects = state->find("subjects"); subjects != state->end() && subjects->is_object()) {
    if (number_at(answer, "total") > subjects->size())
      return std::nullopt;
    for (const auto& [subject, messages] : subjects->items())
      if (const auto key = parse_journal_subject(subject); key && messages.is_number_unsigned())
        found.subjects.emplace_back(*key, messages.get<std::uint64_t>());
  }
  std::sort(found.subjects.begin(), found.subjects.end());
  return found;
}

} // namespace alleycat

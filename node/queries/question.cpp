#include "node/queries/question.hpp"

#include "racing/corrections.hpp"
#include "racing/update.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace alleycat {

namespace {

constexpr std::uint64_t most_offset = 1U << 30;

std::optional<std::uint64_t> number(const nlohmann::json& body, const char* name, std::uint64_t highest) {
  const auto at = body.find(name);
  if (at == body.end() || at->is_null())
    return std::nullopt;
  if (!at->is_number_unsigned() || at->get<std::uint64_t>() > highest)
    throw bad_query{"bad_request", fmt::format("{} must be a whole number in 0..{}", name, highest)};
  return at->get<std::uint64_t>();
}

period period_in(const nlohmann::json& body) {
  constexpr std::array<std::pair<std::string_view, period>, 4> names{
      {{"all", period::all}, {"today", period::today}, {"7d", period::week}, {"30d", period::month}}};
  const auto at = body.find("period");
  if (at == body.end() || at->is_null())
    return period::all;
  for (const auto& [name, over] : names)
    if (*at == name)
      return over;
  throw bad_query{"bad_request", "period must be all, today, 7d or 30d"};
}

std::vector<std::string> fields_in(const nlohmann::json& body) {
  const auto at = body.find("fields");
  if (at == body.end() || at->is_null())
    return {};
  const bool names = at->is_array() && !at->empty() && at->size() <= most_fields &&
                     std::all_of(at->begin(), at->end(), [](const auto& each) { return each.is_string(); });
  if (!names)
    throw bad_query{"bad_request", fmt::format("fields must be a list of 1 to {} names", most_fields)};
  return at->get<std::vector<std::string>>();
}

} // namespace

ghost_wish read_ghost_wish(const std::string& text) {
  const auto body = nlohmann::json::parse(text, nullptr, false);
  if (!body.is_object())
    throw bad_query{"bad_request", "the body is not a JSON object"};
  ghost_wish wish;
  const auto cls = number(body, "classId", UINT16_MAX);
  if (!cls)
    throw bad_query{"bad_request", "classId is missing"};
  wish.cls = *cls;
  if (const auto race = number(body, "raceId", UINT32_MAX))
    wish.race = race_id{static_cast<std::uint32_t>(*race)};
  const auto ghost = body.find("ghost");
  if (ghost == body.end())
    throw bad_query{"bad_request", "ghost is missing: null for none"};
  if (ghost->is_null())
    return wish;
  wish.choice = parse_ghost(ghost->is_string() ? ghost->get<std::string>() : ghost->dump());
  if (!wish.choice)
    throw bad_query{"unknown_ghost", "a ghost is leader, median, rank-N or a racer's id"};
  return wish;
}

edit_wish read_edit_wish(const std::string& text, bool with_name) {
  const auto body = nlohmann::json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (!body.is_object())
    throw bad_query{"bad_request", "the body is not a JSON object"};
  const auto string = [&](const char* name) {
    const auto at = body.find(name);
    if (at == body.end() || at->is_null())
      return std::string{};
    if (!at->is_string())
      throw bad_query{"bad_request", fmt::format("{} must be a string", name)};
    return at->get<std::string>();
  };
  edit_wish wish{with_name ? string("name") : std::string{}, string("by")};
  if (with_name && !valid_name(wish.name))
    throw bad_query{"bad_name", "name must be 1 to 64 bytes of UTF-8 without control or direction characters"};
  if (!wish.by.empty() && !valid_name(wish.by))
    throw bad_query{"bad_request", "by must be at most 64 bytes of UTF-8 without control or direction characters"};
  return wish;
}

question read_question(const std::string& text) {
  question read;
  if (text.empty())
    return read;
  const auto body = nlohmann::json::parse(text, nullptr, false);
  if (!body.is_object())
    throw bad_query{"bad_request", "the body is not a JSON object"};
  read.page.offset = number(body, "offset", most_offset).value_or(read.page.offset);
  read.limit = number(body, "limit", most_rows);
  read.page.limit = read.limit.value_or(read.page.limit);
  if (const auto racer = number(body, "around", UINT32_MAX))
    read.page.around = racer_id{static_cast<std::uint32_t>(*racer)};
  if (const auto race = number(body, "before", UINT32_MAX))
    read.before = race_id{static_cast<std::uint32_t>(*race)};
  if (const auto second = body.find("second"); second != body.end() && *second == "half")
    read.usual_second = true;
  else
    read.second = number(body, "second", UINT32_MAX);
  read.over = period_in(body);
  if (const auto at = body.find("text"); at != body.end() && !at->is_null()) {
    if (!at->is_string())
      throw bad_query{"bad_request", "text must be a string"};
    read.text = at->get<std::string>();
  }
  if (const auto at = body.find("after"); at != body.end() && !at->is_null()) {
    if (!at->is_string() || at->get_ref<const std::string&>().size() > longest_cursor)
      throw bad_query{"bad_request", "after must be the text in next of the answer before"};
    if (read.page.around || read.before || read.page.offset != 0)
      throw bad_query{"bad_request", "after goes without offset, around and before: it says where the page begins"};
    read.after = at->get<std::string>();
  }
  read.fields = fields_in(body);
  return read;
}

} // namespace alleycat

/// Reads what nodes sent. Speed does not matter here: people's tools, simulators, one result per race.
#include "messages/json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace alleycat {

namespace {

/// What a decoder throws at itself; it never leaves this file.
struct unreadable {};

/// @throws unreadable when the field is absent or no integer in 0..most of Number
template <class Number>
Number number_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number_unsigned())
    throw unreadable{};
  const auto value = found->get<std::uint64_t>();
  if (value > static_cast<std::uint64_t>(std::numeric_limits<Number>::max()))
    throw unreadable{};
  return static_cast<Number>(value);
}

unix_ms time_of(const nlohmann::json& from, const char* name) {
  return at_ms(number_of<std::int64_t>(from, name));
}

template <class Id>
Id id_of(const nlohmann::json& from, const char* name) {
  return Id{number_of<typename Id::number_type>(from, name)};
}

rank_t rank_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_null() ? 0 : number_of<rank_t>(from, name);
}

/// A double holds all 9 digits before and 4 behind the point of the highest score, so rounding gives back the exact
/// units.
score score_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number())
    throw unreadable{};
  const auto units = std::round(found->get<double>() * 10'000);
  if (!(units >= 0 && units <= std::numeric_limits<std::uint32_t>::max()))
    throw unreadable{};
  return score{static_cast<std::uint32_t>(units)};
}

bool flag_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_boolean())
    throw unreadable{};
  return found->get<bool>();
}

std::string text_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_string())
    throw unreadable{};
  return found->get<std::string>();
}

race_key key_of(const nlohmann::json& from) {
  const race_key key{id_of<class_id>(from, "classId"), id_of<race_id>(from, "raceId")};
  if (key.cls.value() == 0)
    throw unreadable{};
  return key;
}

race_phase phase_of(const nlohmann::json& from) {
  const auto text = text_of(from, "state");
  if (text == "running")
    return race_phase::running;
  if (text == "complete")
    return race_phase::complete;
  if (text == "closed")
    return race_phase::closed;
  throw unreadable{};
}

standing row_of(const nlohmann::json& from) {
  standing row;
  row.rank = rank_of(from, "rank");
  row.here_now_rank = rank_of(from, "hereNowRank");
  row.racer = id_of<racer_id>(from, "racerId");
  row.name = text_of(from, "name");
  row.second = id_of<own_second>(from, "second");
  row.seconds = number_of<std::uint16_t>(from, "seconds");
  row.output = score_of(from, "output");
  row.total = score_of(from, "total");
  row.finished = flag_of(from, "finished");
  row.excluded = from.contains("excluded") && flag_of(from, "excluded");
  row.all_time_rank = rank_of(from, "allTimeRank");
  return row;
}

std::vector<standing> rows_of(const nlohmann::json& from) {
  const auto found = from.find("rows");
  if (found == from.end() || !found->is_array())
    throw unreadable{};
  std::vector<standing> rows;
  rows.reserve(found->size());
  for (const auto& row : *found)
    rows.push_back(row_of(row));
  return rows;
}

/// Runs `read` on the parsed text. @returns nothing when it is no JSON object or `read` found something amiss.
template <class Read>
auto guarded(std::string_view text, Read read) -> std::optional<decltype(read(nlohmann::json{}))> {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return std::nullopt;
  try {
    return read(parsed);
  } catch (const unreadable&) {
    return std::nullopt;
  }
}

} // namespace

std::optional<race_result> decode_result(std::string_view text) {
  return guarded(text, [](const nlohmann::json& from) {
    if (phase_of(from) != race_phase::closed)
      throw unreadable{};
    race_result result;
    result.key = key_of(from);
    result.owner_epoch = id_of<epoch>(from, "epoch");
    result.as_of = id_of<journal_position>(from, "asOf");
    result.closed = time_of(from, "ts");
    result.finished = number_of<std::uint32_t>(from, "finished");
    result.rows = rows_of(from);
    return result;
  });
}

std::optional<standings> decode_standings(std::string_view text) {
  return guarded(text, [](const nlohmann::json& from) {
    standings s;
    s.key = key_of(from);
    s.owner_epoch = id_of<epoch>(from, "epoch");
    s.as_of = id_of<journal_position>(from, "asOf");
    s.published = time_of(from, "ts");
    s.phase = phase_of(from);
    if (s.phase == race_phase::complete)
      s.final_at = time_of(from, "finalAt");
    s.second = id_of<own_second>(from, "second");
    s.reported = number_of<std::uint32_t>(from, "reported");
    s.finished = number_of<std::uint32_t>(from, "finished");
    s.rows = rows_of(from);
    const auto& rows = from["rows"];
    s.all_time_stale = !rows.empty() && rows.front().contains("allTimeStale") && flag_of(rows.front(), "allTimeStale");
    return s;
  });
}

std::optional<answer> decode_answer(std::string_view text) {
  return guarded(text, [](const nlohmann::json& from) {
    answer a;
    a.ok = flag_of(from, "ok");
    a.ts = time_of(from, "ts");
    if (a.ok) {
      a.position = id_of<journal_position>(from, "seq");
    } else {
      a.error = text_of(from, "error");
      a.message = text_of(from, "message");
      a.retry = flag_of(from, "retry");
    }
    return a;
  });
}

} // namespace alleycat

#include "node/queries/conversation.hpp"

#include "actors/errors.hpp"
#include "messages/fields_json.hpp"
#include "messages/subjects.hpp"

#include <array>
#include <chrono>
#include <span>

namespace alleycat {

std::string error_json(std::string_view code, std::string_view message) {
  std::string json;
  encode_error(code, message, json);
  return json;
}

std::string error_json(const caf::actor_system& system, const caf::error& e) {
  if (e.category() == caf::atom("alleycat"))
    return error_json(to_string(static_cast<ec>(e.code())), system.render(e));
  if (e == caf::sec::request_timeout || e == caf::sec::request_receiver_down)
    return error_json("timeout", "the owner did not answer in time");
  return error_json("internal", system.render(e));
}

// -- answering ---------------------------------------------------------------------------------------------------------

void conversation::answer(std::string_view json) const {
  if (asked.answer)
    asked.answer(std::string{json});
  else
    connection_.publish(asked.reply_to.c_str(), json);
  const auto took = std::chrono::steady_clock::now() - asked.arrived;
  auto& counts = parse_ghost_subject(asked.subject) ? partners.desk->ghosts() : partners.desk->queries();
  const bool is_error = json.starts_with(R"({"error":)");
  counts.add(is_error ? json : std::string_view{}, took);
  auto& by_verb = partners.took->of(verb_);
  by_verb.took.observe(took);
  by_verb.errors.add(is_error ? 1 : 0);
}

void conversation::answer_rows(std::string_view json) const {
  if (fields_.empty())
    return answer(json);
  static constexpr std::array<std::string_view, 2> beside_rides{"bests", "records"};
  const bool rides = verb_ == "racer";
  answer(only_fields(json,
                     {rides ? "rides" : "rows", fields_,
                      rides ? std::span<const std::string_view>{beside_rides} : std::span<const std::string_view>{}}));
}

// -- reading the question ----------------------------------------------------------------------------------------------

question conversation::rows_wanted(std::string_view known) {
  auto body = read_question(asked.body);
  for (const auto& field : body.fields)
    if (field.empty() || field.find(' ') != std::string::npos ||
        fmt::format(" {} ", known).find(fmt::format(" {} ", field)) == std::string::npos)
      throw bad_query{"bad_request", fmt::format("{} has no field \"{}\"; it has {}", verb_, field, known)};
  fields_ = body.fields;
  return body;
}

class_id conversation::known_class(std::string_view token) {
  const auto id = parse_class_id(token);
  if (!id || context.rules.find(*id) == nullptr)
    throw bad_query{"unknown_class", fmt::format("there is no class \"{}\"", token)};
  cls_ = id;
  return *id;
}

race_key conversation::known_race(std::string_view cls, std::string_view race) {
  const auto of = known_class(cls);
  const auto id = parse_race_id(race);
  if (!id)
    throw bad_query{"unknown_race", fmt::format("there is no race \"{}\"", race)};
  return {of, *id};
}

racer_id conversation::known_racer(std::string_view token) const {
  const auto id = parse_racer_id(token);
  if (!id)
    throw bad_query{"unknown_racer", fmt::format("there is no racer \"{}\"", token)};
  return *id;
}

own_second conversation::known_second(std::uint64_t number) const {
  const auto& rules = context.rules.race;
  if (number < 1 || number > rules.ride_seconds)
    throw bad_query{"bad_second", fmt::format("second {} is outside 1..{}", number, rules.ride_seconds)};
  return own_second{static_cast<std::uint16_t>(number)};
}

// -- asking ------------------------------------------------------------------------------------------------------------

void conversation::failed(const caf::error& e) {
  if (e == ec::not_owner && !asked.passed_on && cls_)
    partners.owners->ask_owner(*cls_, asked.subject, asked.body,
                               [me = shared_from_this()](const std::string& json) { me->answer(json); });
  else
    answer(error_json(self->system(), e));
}

} // namespace alleycat

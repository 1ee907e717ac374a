#include "node/queries.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "messages/json.hpp"
#include "messages/subjects.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace alleycat {

namespace {

using tokens = std::vector<std::string_view>;

constexpr std::size_t most_rows = 1000;

/// A question that can not be answered, with its code for programs.
struct bad_query {
  std::string_view code;
  std::string message;
};

/// What a question's body may say.
struct question_body {
  page_request page{.offset = 0, .limit = 20, .around = std::nullopt};
  std::optional<race_id> before;
};

std::uint64_t number(const nlohmann::json& body, const char* name, std::uint64_t otherwise, std::uint64_t highest) {
  const auto at = body.find(name);
  if (at == body.end() || at->is_null())
    return otherwise;
  if (!at->is_number_unsigned() || at->get<std::uint64_t>() > highest)
    throw bad_query{"bad_request", fmt::format("{} must be a whole number in 0..{}", name, highest)};
  return at->get<std::uint64_t>();
}

question_body read_body(const std::string& text) {
  question_body read;
  if (text.empty())
    return read;
  const auto body = nlohmann::json::parse(text, nullptr, false);
  if (!body.is_object())
    throw bad_query{"bad_request", "the body is not a JSON object"};
  const auto id = [&](const char* name) -> std::optional<std::uint32_t> {
    if (!body.contains(name) || body[name].is_null())
      return std::nullopt;
    return static_cast<std::uint32_t>(number(body, name, 0, UINT32_MAX));
  };
  read.page.offset = number(body, "offset", read.page.offset, 1U << 30);
  read.page.limit = number(body, "limit", read.page.limit, most_rows);
  if (const auto racer = id("around"))
    read.page.around = racer_id{*racer};
  if (const auto race = id("before"))
    read.before = race_id{*race};
  if (body.contains("period") && body["period"] != "all")
    throw bad_query{"bad_request", "period must be \"all\""};
  return read;
}

std::string error_json(std::string_view code, std::string_view message) {
  std::string json;
  encode_error(code, message, json);
  return json;
}

/// Errors of actors in the words of the contract.
std::string error_json(const caf::actor_system& system, const caf::error& e) {
  if (e.category() == caf::atom("alleycat"))
    return error_json(to_string(static_cast<ec>(e.code())), system.render(e));
  if (e == caf::sec::request_timeout || e == caf::sec::request_receiver_down)
    return error_json("timeout", "the owner did not answer in time");
  return error_json("internal", system.render(e));
}

/// One question on its way; shared by the handlers of its answers.
class conversation {
public:
  conversation(query_actor::pointer self, const actor_context& context, const nats_connection& connection,
               query_partners partners, query asked)
      : self_{self}, context_{context}, connection_{connection}, partners_{std::move(partners)}, asked_{std::move(
                                                                                                     asked)} {}

  static void start(const std::shared_ptr<conversation>& me) {
    try {
      me->dispatch(me);
    } catch (const bad_query& e) {
      me->answer(error_json(e.code, e.message));
    }
  }

private:
  using self_ptr = std::shared_ptr<conversation>;

  void answer(std::string_view json) const { connection_.publish(asked_.reply_to.c_str(), json); }

  /// Sends the request; its error becomes the answer.
  template <class Actor, class Message, class Then>
  void ask(const self_ptr& me, const Actor& whom, Message message, Then&& then) {
    self_->request(whom, defaults::store_deadline, std::move(message))
        .then(std::forward<Then>(then), [me](const caf::error& e) { me->answer(error_json(me->self_->system(), e)); });
  }

  void dispatch(const self_ptr& me) {
    const auto parts = parse_query_subject(asked_.subject);
    if (!parts)
      throw bad_query{"unknown_query", "the subject is not alleycat.query.<verb>[.<args>]"};
    const auto& verb = parts->front();
    const tokens args{parts->begin() + 1, parts->end()};
    struct entry {
      std::string_view verb;
      std::size_t args;
      void (conversation::*handle)(const self_ptr&, const tokens&);
    };
    static constexpr std::array table{
        entry{"now", 0, &conversation::now},
        entry{"classes", 0, &conversation::classes},
        entry{"leaderboard", 1, &conversation::leaderboard},
        entry{"alltime", 2, &conversation::all_time},
        entry{"races", 1, &conversation::races},
        entry{"race", 2, &conversation::race},
    };
    const auto found = std::find_if(table.begin(), table.end(), [&](const entry& e) { return e.verb == verb; });
    if (found == table.end())
      throw bad_query{"unknown_query", fmt::format("there is no query \"{}\"", verb)};
    if (found->args != args.size())
      throw bad_query{"bad_request", fmt::format("{} takes {} arguments, not {}", verb, found->args, args.size())};
    (this->*found->handle)(me, args);
  }

  class_id known_class(std::string_view token) const {
    const auto id = parse_class_id(token);
    if (!id || context_.rules.find(*id) == nullptr)
      throw bad_query{"unknown_class", fmt::format("there is no class \"{}\"", token)};
    return *id;
  }

  name_lookup names() const {
    return [this](racer_id racer) { return context_.names->of(racer); };
  }

  void now(const self_ptr& me, const tokens&) {
    ask(me, partners_.host, get_open_races{}, [me](const open_races& open) {
      const auto& rules = me->context_.rules.race;
      const auto ts = me->context_.clock->now();
      auto classes = nlohmann::ordered_json::array();
      for (const auto& course : me->context_.rules.classes) {
        auto races = nlohmann::ordered_json::array();
        for (const auto& race : open.races)
          if (race.key.cls == course.id)
            races.push_back({{"raceId", race.key.race.value()},
                             {"racers", race.racers},
                             {"live", race.live},
                             {"second", race.second.value()}});
        classes.push_back({{"classId", course.id.value()}, {"races", std::move(races)}});
      }
      const auto race = rules.race_at(ts);
      const nlohmann::ordered_json json{{"ts", ts},
                                        {"raceId", race.value()},
                                        {"windowStart", rules.start_ms(race)},
                                        {"windowEnd", rules.window_end_ms(race)},
                                        {"classes", std::move(classes)},
                                        {"rules",
                                         {{"windowSeconds", rules.window_seconds},
                                          {"rideSeconds", rules.ride_seconds},
                                          {"graceSeconds", rules.grace_seconds},
                                          {"capacity", rules.capacity},
                                          {"minPercent", rules.min_percent},
                                          {"admit", rules.admit == admission::live ? "live" : "any"}}}};
      me->answer(json.dump());
    });
  }

  void classes(const self_ptr& me, const tokens&) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& course : me->context_.rules.classes)
      rows.push_back({{"classId", course.id.value()},
                      {"name", course.name},
                      {"difficulty", course.difficulty},
                      {"score", course.score == scoring::total ? "total" : "output"}});
    answer(nlohmann::ordered_json{{"rows", std::move(rows)}}.dump());
  }

  template <class Then>
  void with_class(const self_ptr& me, class_id cls, Then then) {
    ask(me, partners_.host, find_class{cls}, std::move(then));
  }

  void leaderboard(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    const auto page = read_body(asked_.body).page;
    with_class(me, cls, [me, cls, page](const class_actor& course) {
      me->ask(me, course, get_leaderboard{page}, [me, cls](const leaderboard_answer& found) {
        std::string json;
        encode_leaderboard({cls, me->context_.by, me->context_.clock->now(), found.of, found.rows}, me->names(), json);
        me->answer(json);
      });
    });
  }

  void all_time(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    const auto second = parse_own_second(args[1]);
    if (!second || *second > context_.rules.race.last_second())
      throw bad_query{"bad_second",
                      fmt::format("second {} is outside 1..{}", args[1], context_.rules.race.ride_seconds)};
    const auto page = read_body(asked_.body).page;
    with_class(me, cls, [me, cls, second, page](const class_actor& course) {
      me->ask(me, course, get_all_time{*second, page}, [me, cls, second](const all_time_answer& found) {
        std::string json;
        encode_all_time({cls, *second, found.of, found.rows}, me->names(), json);
        me->answer(json);
      });
    });
  }

  void races(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    const auto body = read_body(asked_.body);
    ask(me, partners_.store, list_races{cls, body.before, body.page.limit}, [me, cls](const race_list& found) {
      std::string json;
      encode_races(cls, found.races, json);
      me->answer(json);
    });
  }

  void race(const self_ptr& me, const tokens& args) {
    const race_key key{known_class(args[0]), parse_race_id(args[1]).value_or(race_id{})};
    if (!parse_race_id(args[1]))
      throw bad_query{"unknown_race", fmt::format("there is no race \"{}\"", args[1])};
    // A finished race is in the store; a running one answers for itself.
    ask(me, partners_.store, find_result{key}, [me, key](const result_answer& found) {
      if (!found.result)
        return me->running_race(me, key);
      std::string json;
      encode_result(*found.result, json);
      me->answer(json);
    });
  }

  void running_race(const self_ptr& me, race_key key) {
    ask(me, partners_.host, find_race{key}, [me](const race_actor& running) {
      me->ask(me, running, get_standings{}, [me](const standings_ptr& table) {
        std::string json;
        encode_standings(*table, json);
        me->answer(json);
      });
    });
  }

  query_actor::pointer self_;
  const actor_context& context_;
  const nats_connection& connection_;
  query_partners partners_;
  query asked_;
};

} // namespace

query_actor::behavior_type queries(query_actor::pointer self, const actor_context* context,
                                   const nats_connection* connection, query_partners partners) {
  return {
      [=](query& asked) {
        conversation::start(std::make_shared<conversation>(self, *context, *connection, partners, std::move(asked)));
      },
  };
}

} // namespace alleycat

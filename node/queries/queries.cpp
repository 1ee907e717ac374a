#include "node/queries/queries.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "messages/fields_json.hpp"
#include "messages/json.hpp"
#include "messages/past_json.hpp"
#include "messages/subjects.hpp"
#include "node/queries/cursor.hpp"
#include "node/queries/kept_tables.hpp"
#include "node/queries/question.hpp"
#include "racing/check.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace alleycat {

namespace {

using tokens = std::vector<std::string_view>;

/// Earlier corrections of a forgotten rider that stay in the audit log.
constexpr std::size_t most_former = 1000;

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
               query_partners partners, kept_tables& kept, query asked)
      : self_{self}, context_{context},
        connection_{connection}, partners_{std::move(partners)}, kept_{kept}, asked_{std::move(asked)} {}

  static void start(const std::shared_ptr<conversation>& me) {
    if (std::chrono::steady_clock::now() - me->asked_.arrived > question_patience)
      return me->answer(error_json("timeout", "the question waited too long; this node does not keep up"));
    try {
      me->dispatch(me);
    } catch (const bad_query& e) {
      me->answer(error_json(e.code, e.message));
    }
  }

private:
  using self_ptr = std::shared_ptr<conversation>;

  void answer(std::string_view json) const {
    if (asked_.answer)
      asked_.answer(std::string{json});
    else
      connection_.publish(asked_.reply_to.c_str(), json);
    const auto took = std::chrono::steady_clock::now() - asked_.arrived;
    auto& counts = parse_ghost_subject(asked_.subject) ? partners_.desk->ghosts() : partners_.desk->queries();
    const bool is_error = json.starts_with(R"({"error":)");
    counts.add(is_error ? json : std::string_view{}, took);
    auto& by_verb = partners_.took->of(verb_);
    by_verb.took.observe(took);
    by_verb.errors.add(is_error ? 1 : 0);
  }

  /// An answer with rows: only the fields that were asked for.
  void answer_rows(std::string_view json) const {
    if (fields_.empty())
      return answer(json);
    static constexpr std::array<std::string_view, 2> beside_rides{"bests", "records"};
    const bool rides = verb_ == "racer";
    answer(only_fields(
        json, {rides ? "rides" : "rows", fields_,
               rides ? std::span<const std::string_view>{beside_rides} : std::span<const std::string_view>{}}));
  }

  /// Reads the body of a question for rows.
  /// @param known  names of the fields that rows may have, separated by blanks
  question rows_wanted(std::string_view known) {
    auto body = read_question(asked_.body);
    for (const auto& field : body.fields)
      if (field.empty() || field.find(' ') != std::string::npos ||
          fmt::format(" {} ", known).find(fmt::format(" {} ", field)) == std::string::npos)
        throw bad_query{"bad_request", fmt::format("{} has no field \"{}\"; it has {}", verb_, field, known)};
    fields_ = body.fields;
    return body;
  }

  /// @param place  what was read of the text in `after`
  template <class Place>
  static Place known_place(std::optional<Place> place) {
    if (!place)
      throw bad_query{"bad_request", "after is not from an answer to this question"};
    return *std::move(place);
  }

  /// Sends the request; its error becomes the answer.
  template <class Actor, class Message, class Then>
  void ask(const self_ptr& me, const Actor& whom, Message message, Then&& then) {
    self_->request(whom, defaults::store_deadline, std::move(message))
        .then(std::forward<Then>(then), [me](const caf::error& e) {
          if (e == ec::not_owner && !me->asked_.passed_on && me->cls_)
            me->partners_.owners->ask_owner(*me->cls_, me->asked_.subject, me->asked_.body,
                                            [me](const std::string& json) { me->answer(json); });
          else
            me->answer(error_json(me->self_->system(), e));
        });
  }

  void dispatch(const self_ptr& me) {
    if (const auto rider = parse_ghost_subject(asked_.subject)) {
      verb_ = "choose_ghost";
      return choose_ghost(me, *rider);
    }
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
        entry{"racer", 1, &conversation::racer},
        entry{"ride", 3, &conversation::ride},
        entry{"ghost", 2, &conversation::ghost},
        entry{"search", 0, &conversation::search},
        entry{"cluster", 0, &conversation::cluster},
        entry{"drain", 1, &conversation::drain},
        entry{"rename", 1, &conversation::rename},
        entry{"hide", 1, &conversation::hide},
        entry{"forget", 1, &conversation::forget},
        entry{"exclude", 3, &conversation::exclude},
        entry{"clear", 1, &conversation::clear},
        entry{"audit", 0, &conversation::audit},
    };
    const auto found = std::find_if(table.begin(), table.end(), [&](const entry& e) { return e.verb == verb; });
    if (found == table.end())
      throw bad_query{"unknown_query", fmt::format("there is no query \"{}\"", verb)};
    verb_ = found->verb;
    if (found->args != args.size())
      throw bad_query{"bad_request", fmt::format("{} takes {} arguments, not {}", verb, found->args, args.size())};
    (this->*found->handle)(me, args);
  }

  class_id known_class(std::string_view token) {
    const auto id = parse_class_id(token);
    if (!id || context_.rules.find(*id) == nullptr)
      throw bad_query{"unknown_class", fmt::format("there is no class \"{}\"", token)};
    cls_ = id;
    return *id;
  }

  name_lookup names() const {
    return [this](racer_id racer) { return context_.names->of(racer); };
  }

  /// Each owner tells of its own races.
  void now(const self_ptr& me, const tokens&) {
    ask(me, partners_.registry, get_open_races{}, [me](const open_races& open) {
      std::map<std::uint16_t, nlohmann::ordered_json> races;
      for (const auto& course : me->context_.rules.classes)
        races[course.id.value()] = nlohmann::ordered_json::array();
      for (const auto& race : open.races)
        races[race.key.cls.value()].push_back({{"raceId", race.key.race.value()},
                                               {"racers", race.racers},
                                               {"live", race.live},
                                               {"second", race.second.value()}});
      if (me->asked_.passed_on)
        return me->answer_now(races);
      me->partners_.owners->ask_others(me->asked_.subject, {},
                                       [me, races](const std::vector<std::string>& answers) mutable {
                                         for (const auto& answer : answers)
                                           merge_races(answer, races);
                                         me->answer_now(races);
                                       });
    });
  }

  static void merge_races(const std::string& answer, std::map<std::uint16_t, nlohmann::ordered_json>& into) {
    const auto json = nlohmann::ordered_json::parse(answer, nullptr, false);
    if (!json.is_object() || !json.contains("classes") || !json["classes"].is_array())
      return;
    for (const auto& each : json["classes"])
      if (each.is_object() && each.contains("classId") && each["classId"].is_number_unsigned() &&
          each.contains("races") && !each["races"].empty())
        into[each["classId"].get<std::uint16_t>()] = each["races"];
  }

  void answer_now(const std::map<std::uint16_t, nlohmann::ordered_json>& races) const {
    const auto& rules = context_.rules.race;
    const auto ts = context_.clock->now();
    auto classes = nlohmann::ordered_json::array();
    for (const auto& course : context_.rules.classes)
      classes.push_back({{"classId", course.id.value()}, {"races", races.at(course.id.value())}});
    const auto race = rules.race_at(ts);
    const nlohmann::ordered_json json{{"ts", ms_of(ts)},
                                      {"raceId", race.value()},
                                      {"windowStart", ms_of(rules.start_of(race))},
                                      {"windowEnd", ms_of(rules.window_end_of(race))},
                                      {"classes", std::move(classes)},
                                      {"rules",
                                       {{"windowSeconds", rules.window_seconds},
                                        {"rideSeconds", rules.ride_seconds},
                                        {"graceSeconds", rules.grace_seconds},
                                        {"capacity", rules.capacity},
                                        {"minPercent", rules.min_percent},
                                        {"admit", rules.admit == admission::live ? "live" : "any"}}}};
    answer(json.dump());
  }

  /// Members as this node sees them; of each class what its owner says.
  void cluster(const self_ptr& me, const tokens&) {
    ask(me, partners_.registry, get_open_races{}, [me](const open_races& open) {
      std::map<std::uint16_t, nlohmann::ordered_json> own;
      for (const auto& each : open.classes)
        own[each.cls.value()] = {{"ready", each.ready}, {"lagMs", me->context_.counts->classes.at(each.cls).lag_ms()}};
      if (me->asked_.passed_on) {
        auto classes = nlohmann::ordered_json::array();
        for (const auto& [cls, how] : own)
          classes.push_back({{"classId", cls}, {"ready", how["ready"]}, {"lagMs", how["lagMs"]}});
        return me->answer(nlohmann::ordered_json{{"classes", std::move(classes)}}.dump());
      }
      me->partners_.owners->ask_others(me->asked_.subject, {},
                                       [me, own](const std::vector<std::string>& answers) mutable {
                                         for (const auto& answer : answers)
                                           merge_classes(answer, own);
                                         me->answer_cluster(own);
                                       });
    });
  }

  static void merge_classes(const std::string& answer, std::map<std::uint16_t, nlohmann::ordered_json>& into) {
    const auto json = nlohmann::ordered_json::parse(answer, nullptr, false);
    if (!json.is_object() || !json.contains("classes") || !json["classes"].is_array())
      return;
    for (const auto& each : json["classes"])
      if (each.is_object() && each.contains("classId") && each["classId"].is_number_unsigned() &&
          each.contains("ready") && each.contains("lagMs"))
        into[each["classId"].get<std::uint16_t>()] = {{"ready", each["ready"]}, {"lagMs", each["lagMs"]}};
  }

  void answer_cluster(const std::map<std::uint16_t, nlohmann::ordered_json>& ready) const {
    static constexpr std::array states{"live", "unfit", "draining", "dead"};
    const auto seen = partners_.owners->picture();
    auto nodes = nlohmann::ordered_json::array();
    for (const auto& [last, state] : seen->members)
      nodes.push_back({{"name", last.name},
                       {"incarnation", last.incarnation},
                       {"address", last.address},
                       {"state", states.at(static_cast<std::size_t>(state))},
                       {"ready", last.ready},
                       {"version", last.version},
                       {"since", ms_of(last.started)},
                       {"classes", last.load.classes},
                       {"races", last.load.races},
                       {"riders", last.load.riders}});
    auto classes = nlohmann::ordered_json::array();
    for (const auto& course : context_.rules.classes) {
      nlohmann::ordered_json row{{"classId", course.id.value()}};
      if (const auto owner = seen->owners.find(course.id); owner != seen->owners.end()) {
        row["owner"] = owner->second.name;
        row["epoch"] = owner->second.owner_epoch.value();
        row["since"] = ms_of(owner->second.since);
      } else {
        row["owner"] = nullptr;
        row["epoch"] = 0;
        row["since"] = nullptr;
      }
      const auto how = ready.find(course.id.value());
      row["ready"] = how != ready.end() && how->second["ready"] == true;
      row["lagMs"] = how == ready.end() ? nlohmann::ordered_json{} : how->second["lagMs"];
      classes.push_back(std::move(row));
    }
    answer(nlohmann::ordered_json{{"nodes", std::move(nodes)}, {"classes", std::move(classes)}}.dump());
  }

  void drain(const self_ptr& me, const tokens& args) {
    const std::string node{args[0]};
    if (!partners_.owners->drain_node(node, [me](const std::string& json) { me->answer(json); }))
      answer(error_json("unknown_node", fmt::format("there is no node \"{}\"", node)));
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
    ask(me, partners_.registry, find_class{cls}, std::move(then));
  }

  void leaderboard(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    auto body = rows_wanted("rank racerId name total raceId at");
    if (body.after)
      body.page.after = known_place(read_table_place(*body.after));
    const auto show = [me, cls](const leaderboard_answer& found) {
      const auto next = found.more && !found.rows.empty()
                            ? cursor_text(table_place{found.rows.back().record.best, found.rows.back().racer})
                            : std::string{};
      std::string json;
      encode_leaderboard({cls, found.owner_epoch, me->context_.clock->now(), found.of, found.rows, next}, me->names(),
                         json);
      me->answer_rows(json);
    };
    if (body.over != period::all)
      return ask(me, partners_.calendar, get_period_board{cls, body.over, body.page}, show);
    with_class(me, cls, [me, page = body.page, show](const class_actor& course) {
      me->ask(me, course, get_leaderboard{page}, show);
    });
  }

  void all_time(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    const auto token = parse_own_second(args[1]);
    const auto second = known_second(token ? token->value() : 0);
    auto body = rows_wanted("rank racerId name score");
    if (body.after)
      body.page.after = known_place(read_table_place(*body.after));
    with_class(me, cls, [me, cls, second, page = body.page](const class_actor& course) {
      me->ask(me, course, get_all_time{second, page}, [me, cls, second](const all_time_answer& found) {
        const auto next = found.more && !found.rows.empty()
                              ? cursor_text(table_place{found.rows.back().best, found.rows.back().racer})
                              : std::string{};
        std::string json;
        encode_all_time({cls, second, found.of, found.rows, next}, me->names(), json);
        me->answer_rows(json);
      });
    });
  }

  void races(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    auto body = rows_wanted("raceId closed racers finished winner");
    if (body.after)
      body.before = race_id{static_cast<std::uint32_t>(known_place(read_number(*body.after, UINT32_MAX)))};
    const auto limit = body.page.limit;
    // One more: whether others follow.
    ask(me, partners_.archive, list_races{cls, body.before, limit + 1}, [me, cls, limit](const race_list& found) {
      const auto rows = std::span{found.races}.first(std::min(limit, found.races.size()));
      const auto next =
          rows.size() < found.races.size() && !rows.empty() ? cursor_text(rows.back().key.race.value()) : std::string{};
      std::string json;
      encode_races(cls, rows, json, next);
      me->answer_rows(json);
    });
  }

  race_key known_race(std::string_view cls, std::string_view race) {
    const auto of = known_class(cls);
    const auto id = parse_race_id(race);
    if (!id)
      throw bad_query{"unknown_race", fmt::format("there is no race \"{}\"", race)};
    return {of, *id};
  }

  racer_id known_racer(std::string_view token) const {
    const auto id = parse_racer_id(token);
    if (!id)
      throw bad_query{"unknown_racer", fmt::format("there is no racer \"{}\"", token)};
    return *id;
  }

  own_second known_second(std::uint64_t number) const {
    const auto& rules = context_.rules.race;
    if (number < 1 || number > rules.ride_seconds)
      throw bad_query{"bad_second", fmt::format("second {} is outside 1..{}", number, rules.ride_seconds)};
    return own_second{static_cast<std::uint16_t>(number)};
  }

  void race(const self_ptr& me, const tokens& args) {
    const auto key = known_race(args[0], args[1]);
    const auto body = rows_wanted(
        "rank hereNowRank racerId name second seconds output total finished allTimeRank allTimeStale excluded");
    const auto second = body.second ? std::optional{known_second(*body.second)} : std::nullopt;
    const race_page page{body.limit.value_or(most_rows),
                         body.after ? std::optional{known_place(read_race_place(*body.after))} : std::nullopt};
    // The rest of a table of which a page was seen here.
    if (page.after)
      if (const auto kept = kept_.find(key, page.after->table, asked_.arrived))
        return show(me, *kept, page, true);
    if (second || body.usual_second)
      return moment(me, key, second, page);
    // A finished race is in the store; a running one answers for itself.
    ask(me, partners_.archive, find_result{key}, [me, key, page](const result_answer& found) {
      if (found.result)
        me->show(me, table_of(found.result), page, false);
      else
        me->running_race(me, key, page);
    });
  }

  /// Which rows of a race.
  struct race_page {
    std::size_t limit = most_rows;
    std::optional<race_place> after;
  };

  /// @param open  another moment it will be another table
  static void show(const self_ptr& me, const race_table& table, const race_page& page, bool open) {
    if (page.after && page.after->table != table.print)
      return me->answer(
          error_json("expired_cursor", "that table is not kept any more, or was corrected: begin with its first page"));
    const auto from = page.after ? page.after->row : 0;
    if (from > table.rows)
      return me->answer(error_json("bad_request", "after is not from an answer to this question"));
    const auto count = std::min(page.limit, table.rows - from);
    const bool more = count != 0 && from + count < table.rows;
    const auto next = more ? cursor_text(race_place{table.print, from + count}) : std::string{};
    if (more && open)
      me->kept_.keep(table, me->asked_.arrived);
    std::string json;
    table.write({from, count, next}, json);
    me->answer_rows(json);
  }

  /// @param second  none: of a closed race the last one, of a live one where most of its field can be compared
  void moment(const self_ptr& me, race_key key, std::optional<own_second> second, const race_page& page) {
    ask(me, partners_.archive, find_moment{key, second.value_or(context_.rules.race.last_second())},
        [me, key, second, page](const moment_answer& found) {
          if (found.moment)
            return me->show(me, table_of(found.moment), page, false);
          me->ask(me, me->partners_.registry, find_race{key}, [me, second, page](const race_actor& running) {
            me->ask(me, running, get_moment{second},
                    [me, page](const moment_answer& live) { me->show(me, table_of(live.moment), page, true); });
          });
        });
  }

  void racer(const self_ptr& me, const tokens& args) {
    const auto racer = known_racer(args[0]);
    const auto body = rows_wanted("bests records classId raceId closed rank finished second seconds total");
    find_racer wanted{racer, body.page.offset, body.page.limit + 1};
    if (body.after)
      wanted.after = known_place(read_history_place(*body.after));
    ask(me, partners_.archive, wanted, [me, racer, limit = body.page.limit](const racer_answer& found) {
      if (found.classes.empty() && found.rides.empty())
        return me->answer(error_json("unknown_racer", fmt::format("racer {} has no closed ride", racer.value())));
      std::vector<std::pair<class_id, racer_bests>> classes;
      for (const auto& [cls, bests] : found.classes)
        classes.emplace_back(cls, bests);
      const auto rides = std::span{found.rides}.first(std::min(limit, found.rides.size()));
      const auto next = rides.size() < found.rides.size() && !rides.empty()
                            ? cursor_text(history_place{rides.back().closed, rides.back().key})
                            : std::string{};
      std::string json;
      encode_racer({racer, me->context_.names->of(racer), classes, rides, next}, json);
      me->answer_rows(json);
    });
  }

  void search(const self_ptr& me, const tokens&) {
    auto body = rows_wanted("racerId name");
    if (body.text.find_first_not_of(' ') == std::string::npos)
      throw bad_query{"bad_request", "text is missing: a name's beginning, or a racer's number"};
    find_people wanted{std::move(body.text), body.page.limit};
    if (body.after)
      wanted.after = known_place(read_hit_place(*body.after));
    ask(me, partners_.archive, std::move(wanted), [me](const people_found& found) {
      auto rows = nlohmann::ordered_json::array();
      for (const auto& each : found.people.rows)
        rows.push_back({{"racerId", each.racer.value()}, {"name", each.name}});
      nlohmann::ordered_json json{{"of", found.people.of}};
      if (found.people.last)
        json["next"] = cursor_text(*found.people.last);
      json["rows"] = std::move(rows);
      me->answer_rows(json.dump());
    });
  }

  // -- corrections ----------------------------------------------------------------------------------------------------

  void rename(const self_ptr& me, const tokens& args) { correct_rider(me, edit_kind::rename, args); }

  void hide(const self_ptr& me, const tokens& args) { correct_rider(me, edit_kind::hide, args); }
  void forget(const self_ptr& me, const tokens& args) { correct_rider(me, edit_kind::forget, args); }
  void clear(const self_ptr& me, const tokens& args) { correct_rider(me, edit_kind::clear, args); }

  void exclude(const self_ptr& me, const tokens& args) {
    edit e;
    e.kind = edit_kind::exclude;
    e.ride = known_race(args[0], args[1]);
    e.racer = known_racer(args[2]);
    e.by = read_edit_wish(asked_.body, false).by;
    cls_.reset(); // any node does it
    ask(me, partners_.archive, find_ride{e.ride, e.racer}, [me, e](const ride_answer& found) {
      if (!found.ride)
        return me->answer(found.race_known ? error_json("unknown_ride", fmt::format("racer {} has no ride in this race",
                                                                                    e.racer.value()))
                                           : error_json("unknown_race", "there is no such closed race"));
      me->write(me, e);
    });
  }

  void correct_rider(const self_ptr& me, edit_kind kind, const tokens& args) {
    const auto racer = known_racer(args[0]);
    const auto wish = read_edit_wish(asked_.body, kind == edit_kind::rename);
    edit e;
    e.kind = kind;
    e.racer = racer;
    e.name = wish.name;
    e.by = wish.by;
    ask(me, partners_.archive, find_racer{racer, 0, 1}, [me, e](const racer_answer& found) {
      if (found.classes.empty() && found.rides.empty() && !me->context_.names->knows(e.racer))
        return me->answer(error_json("unknown_racer", fmt::format("nothing is known of racer {}", e.racer.value())));
      if (e.kind != edit_kind::forget)
        return me->write(me, e);
      // What was corrected before goes with its names; that it was done stays.
      me->ask(me, me->partners_.archive, list_edits{std::nullopt, most_former, e.racer},
              [me, e](const edit_list& former) {
                auto whole = e;
                for (auto line : former.edits) {
                  line.name.clear();
                  line.former.clear();
                  whole.former.insert(whole.former.begin(), std::move(line));
                }
                me->write(me, whole);
              });
    });
  }

  /// Into the stream; answered once this node has applied it. From there on it is in force everywhere, sooner or later.
  void write(const self_ptr& me, const edit& e) {
    ask(me, partners_.writer, append_edit{e}, [me, e](const edit_appended& appended) {
      const auto done = [me, e, sequence = appended.sequence](const edit_effect* effect) {
        me->answer_edit(e, sequence, effect);
      };
      me->self_->request(me->partners_.editor, defaults::store_deadline, await_edit{appended.sequence})
          .then(
              [me, e, done, sequence = appended.sequence](const edit_effect& effect) {
                if (e.kind != edit_kind::forget && effect.results_changed.empty())
                  return done(&effect);
                me->clean(me, e, sequence, effect);
              },
              [done](const caf::error&) { done(nullptr); });
    });
  }

  /// The streams too; what is not done in time is done later.
  void clean(const self_ptr& me, const edit& e, std::uint64_t sequence, const edit_effect& effect) {
    self_->request(partners_.editor, defaults::store_deadline, clean_now{})
        .then([me, e, sequence, effect](const cleaned_streams& done) { me->answer_edit(e, sequence, &effect, &done); },
              [me, e, sequence, effect](const caf::error&) { me->answer_edit(e, sequence, &effect); });
  }

  void answer_edit(const edit& e, std::uint64_t sequence, const edit_effect* effect,
                   const cleaned_streams* cleaned = nullptr) const {
    nlohmann::ordered_json json{{"ok", true},
                                {"seq", sequence},
                                {"edit", std::string{to_string(e.kind)}},
                                {"racerId", e.racer.value()},
                                {"applied", effect != nullptr}};
    if (e.kind == edit_kind::rename)
      json["name"] = e.name;
    if (e.kind == edit_kind::exclude) {
      json["classId"] = e.ride.cls.value();
      json["raceId"] = e.ride.race.value();
    }
    if (effect != nullptr && !effect->results_changed.empty())
      json["resultsChanged"] = races_json(effect->results_changed);
    if (e.kind == edit_kind::forget && effect != nullptr) {
      json["removed"] = {{"name", effect->name_removed},
                         {"rides", races_json(effect->rides_removed)},
                         {"bests", effect->bests_changed.size()},
                         {"corrections", e.former.size()}};
      if (cleaned != nullptr)
        json["streams"] = {{"rides", cleaned->rides},
                           {"results", cleaned->results},
                           {"bests", cleaned->bests},
                           {"corrections", cleaned->edits}};
      else
        json["streams"] = nullptr; // within a minute
      // Batches of the journal have many riders' updates: they go with their race.
      const auto now = context_.clock->now();
      const auto& rules = context_.rules.race;
      const auto open_until = now + rules.window() + rules.ride_and_grace();
      json["agesOut"] = {{"journal", ms_of(open_until + defaults::purge_after)},
                         {"deadLetters", ms_of(now + std::chrono::days{1})}};
    }
    answer(json.dump());
  }

  static nlohmann::ordered_json races_json(const std::vector<race_key>& races) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& key : races)
      rows.push_back({{"classId", key.cls.value()}, {"raceId", key.race.value()}});
    return rows;
  }

  void audit(const self_ptr& me, const tokens&) {
    const auto body = rows_wanted("seq at edit racerId name classId raceId by");
    auto before = body.before ? std::optional<std::uint64_t>{body.before->value()} : std::nullopt;
    if (body.after)
      before = known_place(read_number(*body.after, UINT64_MAX));
    const auto limit = body.page.limit;
    ask(me, partners_.archive, list_edits{before, limit + 1}, [me, limit](const edit_list& found) {
      auto rows = nlohmann::ordered_json::array();
      const auto shown = std::span{found.edits}.first(std::min(limit, found.edits.size()));
      for (const auto& e : shown) {
        nlohmann::ordered_json row{{"seq", e.sequence},
                                   {"at", ms_of(e.at)},
                                   {"edit", std::string{to_string(e.kind)}},
                                   {"racerId", e.racer.value()}};
        if (e.kind == edit_kind::rename)
          row["name"] = e.name.empty() ? nlohmann::ordered_json{} : nlohmann::ordered_json(e.name);
        if (e.kind == edit_kind::exclude) {
          row["classId"] = e.ride.cls.value();
          row["raceId"] = e.ride.race.value();
        }
        row["by"] = e.by.empty() ? nlohmann::ordered_json{} : nlohmann::ordered_json(e.by);
        rows.push_back(std::move(row));
      }
      auto json = nlohmann::ordered_json::object();
      if (shown.size() < found.edits.size() && !shown.empty())
        json["next"] = cursor_text(shown.back().sequence);
      json["rows"] = std::move(rows);
      me->answer_rows(json.dump());
    });
  }

  void ride(const self_ptr& me, const tokens& args) {
    const auto key = known_race(args[0], args[1]);
    const auto racer = known_racer(args[2]);
    const auto body = rows_wanted("second cadence resistance output total hereNowRank allTimeRank power heartRate");
    rows_shown wanted;
    wanted.count = body.limit.value_or(most_rows);
    if (body.after)
      wanted.from = known_place(read_number(*body.after, UINT16_MAX));
    ask(me, partners_.archive, find_ride{key, racer}, [me, racer, wanted](const ride_answer& found) {
      if (!found.ride)
        return me->answer(found.race_known ? error_json("unknown_ride",
                                                        fmt::format("racer {} has no ride in this race", racer.value()))
                                           : error_json("unknown_race", "there is no such closed race"));
      auto shown = wanted;
      const auto end = shown.from + shown.count;
      const auto next = shown.count != 0 && end < found.ride->seconds.size() ? cursor_text(end) : std::string{};
      shown.next = next;
      std::string json;
      encode_ride(*found.ride, found.ride->name, json, shown);
      me->answer_rows(json);
    });
  }

  void ghost(const self_ptr& me, const tokens& args) {
    const auto cls = known_class(args[0]);
    const auto choice = parse_ghost(args[1]);
    if (!choice)
      throw bad_query{"unknown_ghost", "a ghost is leader, median, rank-N or a racer's id"};
    with_ghost(me, cls, *choice, [me, cls](const ghost_curve& curve) {
      std::string json;
      encode_ghost(cls, curve, me->context_.names->of(curve.racer), json);
      me->answer(json);
    });
  }

  /// The class knows whose ride it is, the store has its seconds.
  template <class Then>
  void with_ghost(const self_ptr& me, class_id cls, const ghost_choice& choice, Then then) {
    with_class(me, cls, [me, cls, choice, then](const class_actor& course) {
      me->ask(me, course, find_ghost{choice}, [me, cls, choice, then](const ghost_source& source) {
        if (!source.found)
          return me->answer(error_json("unknown_ghost", "nobody there has finished a ride"));
        if (choice.kind == ghost_kind::median)
          return then(ghost_curve{choice, {}, {}, {}, source.curve});
        me->ask(me, me->partners_.archive, find_ride{{cls, source.record.race}, source.racer},
                [me, cls, choice, source, then](const ride_answer& found) {
                  if (!found.ride)
                    return me->answer(error_json("not_ready", "this node has not read that ride yet"));
                  const auto rule = me->context_.rules.find(cls)->score;
                  then(ghost_curve{choice, source.racer, source.record.race, source.record.at,
                                   scores_of(*found.ride, rule)});
                });
      });
    });
  }

  void choose_ghost(const self_ptr& me, racer_id racer) {
    const auto wish = read_ghost_wish(asked_.body);
    const auto cls = known_class(std::to_string(wish.cls));
    const auto place = [me, racer, cls, race = wish.race](const ghost_curve& curve) {
      me->ask(me, me->partners_.registry, get_open_races{}, [me, racer, cls, race, curve](const open_races& open) {
        std::vector<race_id> there;
        for (const auto& each : open.races)
          if (each.key.cls == cls && (!race || each.key.race == *race))
            there.push_back(each.key.race);
        me->offer_ghost(me, cls, std::move(there), set_ghost{racer, curve, race.has_value()});
      });
    };
    if (wish.choice)
      with_ghost(me, cls, *wish.choice, place);
    else
      with_class(me, cls, [place](const class_actor&) { place({}); }); // only its owner knows who rides
  }

  /// To the latest of the races first, until one has the rider.
  void offer_ghost(const self_ptr& me, class_id cls, std::vector<race_id> races, const set_ghost& wish) {
    if (races.empty())
      return answer(error_json("not_riding", fmt::format("racer {} is in no open race of class {}: first ride, or say "
                                                         "the raceId of an open race",
                                                         wish.racer.value(), cls.value())));
    const race_key key{cls, races.back()};
    races.pop_back();
    ask(me, partners_.registry, find_race{key}, [me, key, races, wish](const race_actor& race) {
      me->ask(me, race, wish, [me, key, races, wish](ghost_set outcome) {
        if (!outcome.taken)
          return me->offer_ghost(me, key.cls, races, wish);
        std::string json;
        encode_ghost_chosen(key, wish.racer, wish.curve, me->context_.names->of(wish.curve.racer), json);
        me->answer(json);
      });
    });
  }

  void running_race(const self_ptr& me, race_key key, const race_page& page) {
    ask(me, partners_.registry, find_race{key}, [me, page](const race_actor& running) {
      me->ask(me, running, get_standings{},
              [me, page](const standings_ptr& table) { me->show(me, table_of(table), page, true); });
    });
  }

  query_actor::pointer self_;
  const actor_context& context_;
  const nats_connection& connection_;
  query_partners partners_;
  kept_tables& kept_; ///< of the actor
  query asked_;
  std::optional<class_id> cls_;     ///< the question is about
  std::string_view verb_;           ///< of the table; empty for what is none
  std::vector<std::string> fields_; ///< that rows shall have; empty: all
};

} // namespace

void query_entrance::take(std::string_view subject, std::string_view body, std::string_view reply_to) {
  ALLEYCAT_CHECK(may_answer(reply_to));
  query question{std::string{subject}, std::string{body}, std::string{reply_to}, {}, false, {}};
  if (body.size() > most_question_bytes)
    return refused_(question.reply_to,
                    error_json("bad_request", fmt::format("the body is longer than {} bytes", most_question_bytes)));
  question.admitted = gate_.enter();
  if (!question.admitted)
    return refused_(question.reply_to, error_json("busy", "too many questions at once; ask again in a moment"));
  asked_(std::move(question));
}

query_actor::behavior_type queries(query_self* self, const actor_context* context, const nats_connection* connection,
                                   query_partners partners) {
  return {
      [self, context, connection, partners = std::move(partners),
       kept = std::make_shared<kept_tables>()](query& asked) {
        conversation::start(
            std::make_shared<conversation>(self, *context, *connection, partners, *kept, std::move(asked)));
      },
  };
}

} // namespace alleycat

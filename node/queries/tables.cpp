#include "node/queries/tables.hpp"

#include "messages/past_json.hpp"
#include "messages/subjects.hpp"
#include "node/queries/cursor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>

namespace alleycat {

namespace {

/// `next` of an answer with a page of a table.
template <class Rows, class Place>
std::string next_of(const Rows& rows, bool more, Place place) {
  return more && !rows.empty() ? cursor_text(place(rows.back())) : std::string{};
}

/// The first ones; one more than `limit` was asked for, which tells whether others follow.
template <class Row>
std::span<const Row> page_of_list(const std::vector<Row>& rows, std::size_t limit) {
  return std::span{rows}.first(std::min(limit, rows.size()));
}

} // namespace

// -- tables of a class -------------------------------------------------------------------------------------------------

void answer_leaderboard(const conversation_ptr& me, const tokens& args) {
  const auto cls = me->known_class(args[0]);
  auto body = me->rows_wanted("rank racerId name total raceId at");
  if (body.after)
    body.page.after = known_place(read_table_place(*body.after));
  const auto show = [me, cls](const leaderboard_answer& found) {
    const auto next = next_of(found.rows, found.more, [](const leaderboard_row& last) {
      return table_place{last.record.best, last.racer};
    });
    std::string json;
    encode_leaderboard({cls, found.owner_epoch, me->context.clock->now(), found.of, found.rows, next}, me->names(),
                       json);
    me->answer_rows(json);
  };
  if (body.over != period::all)
    return me->ask(me->partners.calendar, get_period_board{cls, body.over, body.page}, show);
  me->with_class(
      cls, [me, page = body.page, show](const class_actor& course) { me->ask(course, get_leaderboard{page}, show); });
}

void answer_all_time(const conversation_ptr& me, const tokens& args) {
  const auto cls = me->known_class(args[0]);
  const auto token = parse_own_second(args[1]);
  const auto second = me->known_second(token ? token->value() : 0);
  auto body = me->rows_wanted("rank racerId name score");
  if (body.after)
    body.page.after = known_place(read_table_place(*body.after));
  me->with_class(cls, [me, cls, second, page = body.page](const class_actor& course) {
    me->ask(course, get_all_time{second, page}, [me, cls, second](const all_time_answer& found) {
      const auto next = next_of(found.rows, found.more, [](const best_row& last) {
        return table_place{last.best, last.racer};
      });
      std::string json;
      encode_all_time({cls, second, found.of, found.rows, next}, me->names(), json);
      me->answer_rows(json);
    });
  });
}

void answer_races(const conversation_ptr& me, const tokens& args) {
  const auto cls = me->known_class(args[0]);
  auto body = me->rows_wanted("raceId closed racers finished winner");
  if (body.after)
    body.before = race_id{static_cast<std::uint32_t>(known_place(read_number(*body.after, UINT32_MAX)))};
  const auto limit = body.page.limit;
  me->ask(me->partners.archive, list_races{cls, body.before, limit + 1}, [me, cls, limit](const race_list& found) {
    const auto rows = page_of_list(found.races, limit);
    const auto next = next_of(rows, rows.size() < found.races.size(),
                              [](const race_summary& last) { return std::uint64_t{last.key.race.value()}; });
    std::string json;
    encode_races(cls, rows, json, next);
    me->answer_rows(json);
  });
}

// -- a race ------------------------------------------------------------------------------------------------------------

namespace {

/// Which rows of a race.
struct race_page {
  std::size_t limit = most_rows;
  std::optional<race_place> after;
};

/// @param open  another moment it will be another table
void show(const conversation_ptr& me, const race_table& table, const race_page& page, bool open) {
  if (page.after && page.after->table != table.print)
    return me->refuse("expired_cursor", "that table is not kept any more, or was corrected: begin with its first page");
  const auto from = page.after ? page.after->row : 0;
  if (from > table.rows)
    return me->refuse("bad_request", "after is not from an answer to this question");
  const auto count = std::min(page.limit, table.rows - from);
  const bool more = count != 0 && from + count < table.rows;
  const auto next = more ? cursor_text(race_place{table.print, from + count}) : std::string{};
  if (more && open)
    me->kept.keep(table, me->asked.arrived);
  std::string json;
  table.write({from, count, next}, json);
  me->answer_rows(json);
}

void running_race(const conversation_ptr& me, race_key key, const race_page& page) {
  me->ask(me->partners.registry, find_race{key}, [me, page](const race_actor& running) {
    me->ask(running, get_standings{},
            [me, page](const standings_ptr& table) { show(me, table_of(table), page, true); });
  });
}

/// @param second  none: of a closed race the last one, of a live one where most of its field can be compared
void moment(const conversation_ptr& me, race_key key, std::optional<own_second> second, const race_page& page) {
  me->ask(me->partners.archive, find_moment{key, second.value_or(me->context.rules.race.last_second())},
          [me, key, second, page](const moment_answer& found) {
            if (found.moment)
              return show(me, table_of(found.moment), page, false);
            me->ask(me->partners.registry, find_race{key}, [me, second, page](const race_actor& running) {
              me->ask(running, get_moment{second},
                      [me, page](const moment_answer& live) { show(me, table_of(live.moment), page, true); });
            });
          });
}

} // namespace

void answer_race(const conversation_ptr& me, const tokens& args) {
  const auto key = me->known_race(args[0], args[1]);
  const auto body = me->rows_wanted(
      "rank hereNowRank racerId name second seconds output total finished allTimeRank allTimeStale excluded");
  const auto second = body.second ? std::optional{me->known_second(*body.second)} : std::nullopt;
  const race_page page{body.limit.value_or(most_rows),
                       body.after ? std::optional{known_place(read_race_place(*body.after))} : std::nullopt};
  // The rest of a table of which a page was seen here.
  if (page.after)
    if (const auto kept = me->kept.find(key, page.after->table, me->asked.arrived))
      return show(me, *kept, page, true);
  if (second || body.usual_second)
    return moment(me, key, second, page);
  // A finished race is in the store; a running one answers for itself.
  me->ask(me->partners.archive, find_result{key}, [me, key, page](const result_answer& found) {
    if (found.result)
      show(me, table_of(found.result), page, false);
    else
      running_race(me, key, page);
  });
}

// -- riders ------------------------------------------------------------------------------------------------------------

void answer_racer(const conversation_ptr& me, const tokens& args) {
  const auto racer = me->known_racer(args[0]);
  const auto body = me->rows_wanted("bests records classId raceId closed rank finished second seconds total");
  find_racer wanted{racer, body.page.offset, body.page.limit + 1};
  if (body.after)
    wanted.after = known_place(read_history_place(*body.after));
  me->ask(me->partners.archive, wanted, [me, racer, limit = body.page.limit](const racer_answer& found) {
    if (found.classes.empty() && found.rides.empty())
      return me->refuse("unknown_racer", fmt::format("racer {} has no closed ride", racer.value()));
    std::vector<std::pair<class_id, racer_bests>> classes;
    for (const auto& [cls, bests] : found.classes)
      classes.emplace_back(cls, bests);
    const auto rides = page_of_list(found.rides, limit);
    const auto next = next_of(rides, rides.size() < found.rides.size(), [](const ride_summary& last) {
      return history_place{last.closed, last.key};
    });
    std::string json;
    encode_racer({racer, me->context.names->of(racer), classes, rides, next}, json);
    me->answer_rows(json);
  });
}

void answer_ride(const conversation_ptr& me, const tokens& args) {
  const auto key = me->known_race(args[0], args[1]);
  const auto racer = me->known_racer(args[2]);
  const auto body = me->rows_wanted("second cadence resistance output total hereNowRank allTimeRank power heartRate");
  rows_shown wanted;
  wanted.count = body.limit.value_or(most_rows);
  if (body.after)
    wanted.from = known_place(read_number(*body.after, UINT16_MAX));
  me->ask(me->partners.archive, find_ride{key, racer}, [me, racer, wanted](const ride_answer& found) {
    if (!found.ride)
      return found.race_known
                 ? me->refuse("unknown_ride", fmt::format("racer {} has no ride in this race", racer.value()))
                 : me->refuse("unknown_race", "there is no such closed race");
    auto shown = wanted;
    const auto end = shown.from + shown.count;
    const auto next = shown.count != 0 && end < found.ride->seconds.size() ? cursor_text(end) : std::string{};
    shown.next = next;
    std::string json;
    encode_ride(*found.ride, found.ride->name, json, shown);
    me->answer_rows(json);
  });
}

void answer_search(const conversation_ptr& me, const tokens&) {
  auto body = me->rows_wanted("racerId name");
  if (body.text.find_first_not_of(' ') == std::string::npos)
    throw bad_query{"bad_request", "text is missing: a name's beginning, or a racer's number"};
  find_people wanted{std::move(body.text), body.page.limit};
  if (body.after)
    wanted.after = known_place(read_hit_place(*body.after));
  me->ask(me->partners.archive, std::move(wanted), [me](const people_found& found) {
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

} // namespace alleycat

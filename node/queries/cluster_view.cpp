#include "node/queries/cluster_view.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <map>

namespace alleycat {

namespace {

using nlohmann::ordered_json;
/// By class, so that what owners say can be put over it.
using class_facts = std::map<std::uint16_t, ordered_json>;

/// Has the other owners asked the same, and `then` called when they have answered, or had time to.
/// @param take  puts what an answer says of one class into the facts
template <class Take, class Then>
void gather(const conversation_ptr& me, class_facts own, Take take, Then then) {
  me->partners.owners->ask_others(
      me->asked.subject, {}, [own = std::move(own), take, then](const std::vector<std::string>& answers) mutable {
        for (const auto& answer : answers) {
          const auto json = ordered_json::parse(answer, nullptr, false);
          if (!json.is_object() || !json.contains("classes") || !json["classes"].is_array())
            continue;
          for (const auto& each : json["classes"])
            if (each.is_object() && each.contains("classId") && each["classId"].is_number_unsigned())
              take(each, own, each["classId"].get<std::uint16_t>());
        }
        then(own);
      });
}

std::string now_json(const actor_context& context, const class_facts& races) {
  const auto& rules = context.rules.race;
  const auto ts = context.clock->now();
  auto classes = ordered_json::array();
  for (const auto& course : context.rules.classes)
    classes.push_back({{"classId", course.id.value()}, {"races", races.at(course.id.value())}});
  const auto race = rules.race_at(ts);
  return ordered_json{{"ts", ms_of(ts)},
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
                        {"admit", rules.admit == admission::live ? "live" : "any"}}}}
      .dump();
}

/// @param told  what owners say of their classes
std::string cluster_json(const rule_set& rules, const cluster_picture& seen, const class_facts& told) {
  static constexpr std::array states{"live", "unfit", "draining", "dead"};
  auto nodes = ordered_json::array();
  for (const auto& [last, state] : seen.members)
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
  auto classes = ordered_json::array();
  for (const auto& course : rules.classes) {
    ordered_json row{{"classId", course.id.value()}};
    if (const auto owner = seen.owners.find(course.id); owner != seen.owners.end()) {
      row["owner"] = owner->second.name;
      row["epoch"] = owner->second.owner_epoch.value();
      row["since"] = ms_of(owner->second.since);
    } else {
      row["owner"] = nullptr;
      row["epoch"] = 0;
      row["since"] = nullptr;
    }
    const auto how = told.find(course.id.value());
    row["ready"] = how != told.end() && how->second["ready"] == true;
    row["lagMs"] = how == told.end() ? ordered_json{} : how->second["lagMs"];
    classes.push_back(std::move(row));
  }
  return ordered_json{{"nodes", std::move(nodes)}, {"classes", std::move(classes)}}.dump();
}

} // namespace

void answer_now(const conversation_ptr& me, const tokens&) {
  me->ask(me->partners.registry, get_open_races{}, [me](const open_races& open) {
    class_facts races;
    for (const auto& course : me->context.rules.classes)
      races[course.id.value()] = ordered_json::array();
    for (const auto& race : open.races)
      races[race.key.cls.value()].push_back({{"raceId", race.key.race.value()},
                                             {"racers", race.racers},
                                             {"live", race.live},
                                             {"second", race.second.value()}});
    if (me->asked.passed_on)
      return me->answer(now_json(me->context, races));
    gather(
        me, std::move(races),
        [](const ordered_json& told, class_facts& into, std::uint16_t cls) {
          if (told.contains("races") && !told["races"].empty())
            into[cls] = told["races"];
        },
        [me](const class_facts& all) { me->answer(now_json(me->context, all)); });
  });
}

void answer_cluster(const conversation_ptr& me, const tokens&) {
  me->ask(me->partners.registry, get_open_races{}, [me](const open_races& open) {
    class_facts own;
    for (const auto& each : open.classes)
      own[each.cls.value()] = {{"ready", each.ready}, {"lagMs", me->context.counts->classes.at(each.cls).lag_ms()}};
    if (me->asked.passed_on) {
      auto classes = ordered_json::array();
      for (const auto& [cls, how] : own)
        classes.push_back({{"classId", cls}, {"ready", how["ready"]}, {"lagMs", how["lagMs"]}});
      return me->answer(ordered_json{{"classes", std::move(classes)}}.dump());
    }
    gather(
        me, std::move(own),
        [](const ordered_json& told, class_facts& into, std::uint16_t cls) {
          if (told.contains("ready") && told.contains("lagMs"))
            into[cls] = {{"ready", told["ready"]}, {"lagMs", told["lagMs"]}};
        },
        [me](const class_facts& all) {
          me->answer(cluster_json(me->context.rules, *me->partners.owners->picture(), all));
        });
  });
}

void drain_node(const conversation_ptr& me, const tokens& args) {
  const std::string node{args[0]};
  if (!me->partners.owners->drain_node(node, [me](const std::string& json) { me->answer(json); }))
    me->refuse("unknown_node", fmt::format("there is no node \"{}\"", node));
}

void answer_classes(const conversation_ptr& me, const tokens&) {
  auto rows = ordered_json::array();
  for (const auto& course : me->context.rules.classes)
    rows.push_back({{"classId", course.id.value()},
                    {"name", course.name},
                    {"difficulty", course.difficulty},
                    {"score", course.score == scoring::total ? "total" : "output"}});
  me->answer(ordered_json{{"rows", std::move(rows)}}.dump());
}

} // namespace alleycat

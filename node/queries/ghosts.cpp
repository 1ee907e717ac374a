#include "node/queries/ghosts.hpp"

#include "messages/past_json.hpp"

namespace alleycat {

namespace {

/// The class knows whose ride it is, the store has its seconds.
template <class Then>
void with_ghost(const conversation_ptr& me, class_id cls, const ghost_choice& choice, Then then) {
  me->with_class(cls, [me, cls, choice, then](const class_actor& course) {
    me->ask(course, find_ghost{choice}, [me, cls, choice, then](const ghost_source& source) {
      if (!source.found)
        return me->refuse("unknown_ghost", "nobody there has finished a ride");
      if (choice.kind == ghost_kind::median)
        return then(ghost_curve{choice, {}, {}, {}, source.curve});
      me->ask(
          me->partners.archive, find_ride{{cls, source.record.race}, source.racer},
          [me, cls, choice, source, then](const ride_answer& found) {
            if (!found.ride)
              return me->refuse("not_ready", "this node has not read that ride yet");
            const auto rule = me->context.rules.find(cls)->score;
            then(ghost_curve{choice, source.racer, source.record.race, source.record.at, scores_of(*found.ride, rule)});
          });
    });
  });
}

/// To the latest of the races first, until one has the rider.
void offer_ghost(const conversation_ptr& me, class_id cls, std::vector<race_id> races, const set_ghost& wish) {
  if (races.empty())
    return me->refuse("not_riding",
                      fmt::format("racer {} is in no open race of class {}: first ride, or say the raceId "
                                  "of an open race",
                                  wish.racer.value(), cls.value()));
  const race_key key{cls, races.back()};
  races.pop_back();
  me->ask(me->partners.registry, find_race{key}, [me, key, races, wish](const race_actor& race) {
    me->ask(race, wish, [me, key, races, wish](ghost_set outcome) {
      if (!outcome.taken)
        return offer_ghost(me, key.cls, races, wish);
      std::string json;
      encode_ghost_chosen(key, wish.racer, wish.curve, me->context.names->of(wish.curve.racer), json);
      me->answer(json);
    });
  });
}

} // namespace

void answer_ghost(const conversation_ptr& me, const tokens& args) {
  const auto cls = me->known_class(args[0]);
  const auto choice = parse_ghost(args[1]);
  if (!choice)
    throw bad_query{"unknown_ghost", "a ghost is leader, median, rank-N or a racer's id"};
  with_ghost(me, cls, *choice, [me, cls](const ghost_curve& curve) {
    std::string json;
    encode_ghost(cls, curve, me->context.names->of(curve.racer), json);
    me->answer(json);
  });
}

void choose_ghost(const conversation_ptr& me, racer_id racer) {
  const auto wish = read_ghost_wish(me->asked.body);
  const auto cls = me->known_class(std::to_string(wish.cls));
  const auto place = [me, racer, cls, race = wish.race](const ghost_curve& curve) {
    me->ask(me->partners.registry, get_open_races{}, [me, racer, cls, race, curve](const open_races& open) {
      std::vector<race_id> there;
      for (const auto& each : open.races)
        if (each.key.cls == cls && (!race || each.key.race == *race))
          there.push_back(each.key.race);
      offer_ghost(me, cls, std::move(there), set_ghost{racer, curve, race.has_value()});
    });
  };
  if (wish.choice)
    with_ghost(me, cls, *wish.choice, place);
  else
    me->with_class(cls, [place](const class_actor&) { place({}); }); // only its owner knows who rides
}

} // namespace alleycat

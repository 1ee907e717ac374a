#include "node/queries/queries.hpp"

#include "messages/subjects.hpp"
#include "node/queries/cluster_view.hpp"
#include "node/queries/conversation.hpp"
#include "node/queries/corrections.hpp"
#include "node/queries/ghosts.hpp"
#include "node/queries/tables.hpp"
#include "racing/check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace alleycat {

namespace {

struct verb_entry {
  std::string_view verb;
  std::size_t args;
  query_handler handle;
};

constexpr std::array verbs{
    verb_entry{"now", 0, answer_now},
    verb_entry{"classes", 0, answer_classes},
    verb_entry{"leaderboard", 1, answer_leaderboard},
    verb_entry{"alltime", 2, answer_all_time},
    verb_entry{"races", 1, answer_races},
    verb_entry{"race", 2, answer_race},
    verb_entry{"racer", 1, answer_racer},
    verb_entry{"ride", 3, answer_ride},
    verb_entry{"ghost", 2, answer_ghost},
    verb_entry{"search", 0, answer_search},
    verb_entry{"cluster", 0, answer_cluster},
    verb_entry{"drain", 1, drain_node},
    verb_entry{"rename", 1, rename_rider},
    verb_entry{"hide", 1, hide_rider},
    verb_entry{"forget", 1, forget_rider},
    verb_entry{"exclude", 3, exclude_ride},
    verb_entry{"clear", 1, clear_rider},
    verb_entry{"audit", 0, answer_audit},
};

void dispatch(const conversation_ptr& me) {
  if (const auto rider = parse_ghost_subject(me->asked.subject)) {
    me->begin("choose_ghost");
    return choose_ghost(me, *rider);
  }
  const auto parts = parse_query_subject(me->asked.subject);
  if (!parts)
    throw bad_query{"unknown_query", "the subject is not alleycat.query.<verb>[.<args>]"};
  const auto& verb = parts->front();
  const tokens args{parts->begin() + 1, parts->end()};
  const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const verb_entry& e) { return e.verb == verb; });
  if (found == verbs.end())
    throw bad_query{"unknown_query", fmt::format("there is no query \"{}\"", verb)};
  me->begin(found->verb);
  if (found->args != args.size())
    throw bad_query{"bad_request", fmt::format("{} takes {} arguments, not {}", verb, found->args, args.size())};
  found->handle(me, args);
}

void start(const conversation_ptr& me) {
  if (std::chrono::steady_clock::now() - me->asked.arrived > question_patience)
    return me->refuse("timeout", "the question waited too long; this node does not keep up");
  try {
    dispatch(me);
  } catch (const bad_query& e) {
    me->refuse(e.code, e.message);
  }
}

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
        start(std::make_shared<conversation>(conversation::surroundings{self, *context, *connection, *kept}, partners,
                                             std::move(asked)));
      },
  };
}

} // namespace alleycat

/// One question on its way to its answer.
#pragma once

#include "actors/defaults.hpp"
#include "messages/json.hpp"
#include "node/queries/kept_tables.hpp"
#include "node/queries/queries.hpp"
#include "node/queries/question.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

std::string error_json(std::string_view code, std::string_view message);
/// Errors of actors in the words of the contract.
std::string error_json(const caf::actor_system& system, const caf::error& e);

/// @param place  what was read of the text in `after`
template <class Place>
Place known_place(std::optional<Place> place) {
  if (!place)
    throw bad_query{"bad_request", "after is not from an answer to this question"};
  return *std::move(place);
}

class conversation;
/// Shared by the handlers of what is asked on the way.
using conversation_ptr = std::shared_ptr<conversation>;
/// What the subject says behind the verb.
using tokens = std::vector<std::string_view>;
/// Answers one verb's questions, now or later. @throws bad_query
using query_handler = void (*)(const conversation_ptr&, const tokens&);

/// Knows who asked, how to answer, and whom to ask. Answered once; every way ends in `answer`.
class conversation : public std::enable_shared_from_this<conversation> {
public:
  /// All outlive it.
  struct surroundings {
    query_actor::pointer self = nullptr;
    const actor_context& context;
    const nats_connection& connection;
    kept_tables& kept; ///< of the actor
  };

  conversation(const surroundings& where, query_partners whom, query what)
      : self{where.self}, context{where.context}, partners{std::move(whom)}, kept{where.kept}, asked{std::move(what)},
        connection_{where.connection} {}

  /// @param verb  outlives it
  void begin(std::string_view verb) { verb_ = verb; }

  // -- answering ------------------------------------------------------------------------------------------------------

  void answer(std::string_view json) const;
  void refuse(std::string_view code, std::string_view message) const { answer(error_json(code, message)); }
  /// An answer with rows: only the fields that were asked for.
  void answer_rows(std::string_view json) const;

  // -- reading the question -------------------------------------------------------------------------------------------

  /// Reads the body of a question for rows.
  /// @param known  names of the fields that rows may have, separated by blanks
  question rows_wanted(std::string_view known);

  /// From here on the question is about this class: another node is asked if that one owns it.
  class_id known_class(std::string_view token);
  race_key known_race(std::string_view cls, std::string_view race);
  racer_id known_racer(std::string_view token) const;
  own_second known_second(std::uint64_t number) const;
  /// Any node does it.
  void about_no_class() { cls_.reset(); }

  // -- asking ---------------------------------------------------------------------------------------------------------

  /// Sends the request; its error becomes the answer, unless the class's owner is another node: then that one is asked.
  template <class Actor, class Message, class Then>
  void ask(const Actor& whom, Message message, Then&& then) {
    self->request(whom, defaults::store_deadline, std::move(message))
        .then(std::forward<Then>(then), [me = shared_from_this()](const caf::error& e) { me->failed(e); });
  }
  /// @param then  gets its actor
  template <class Then>
  void with_class(class_id cls, Then then) {
    ask(partners.registry, find_class{cls}, std::move(then));
  }

  name_lookup names() const {
    return [this](racer_id racer) { return context.names->of(racer); };
  }

  const query_actor::pointer self;
  const actor_context& context;
  const query_partners partners;
  kept_tables& kept;
  const query asked;

private:
  void failed(const caf::error& e);

  const nats_connection& connection_;
  std::optional<class_id> cls_;     ///< the question is about
  std::string_view verb_;           ///< of the table; empty for what is none
  std::vector<std::string> fields_; ///< that rows shall have; empty: all
};

} // namespace alleycat

/// `alleycat.query.>`: JSON questions in, JSON answers out.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "node/membership/cluster_driver.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/queries/query_gate.hpp"
#include "node/queries/query_meters.hpp"
#include "node/queries/services.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

/// A question as it came.
struct query {
  std::string subject;
  std::string body;
  std::string reply_to;                    ///< empty: `answer` takes it
  std::function<void(std::string)> answer; ///< of a question that another node passed on
  bool passed_on = false;                  ///< it is not passed on a second time
  query_gate::pass admitted;               ///< null: whoever passed it on counts it
  std::chrono::steady_clock::time_point arrived = std::chrono::steady_clock::now();
};

/// A question that waited longer than this is not looked into: whoever asked has given up.
inline constexpr std::chrono::milliseconds question_patience{2'000};

/// Takes questions from NATS threads: those that may be answered go to `asked`, after the gate; the others are refused at once.
class query_entrance {
public:
  /// @param refused  gets the reply subject and the answer
  query_entrance(std::function<void(query)> asked, std::function<void(const std::string&, const std::string&)> refused)
      : asked_{std::move(asked)}, refused_{std::move(refused)} {}

  /// @pre may_answer(reply_to)
  void take(std::string_view subject, std::string_view body, std::string_view reply_to);

private:
  query_gate gate_;
  std::function<void(query)> asked_;
  std::function<void(const std::string&, const std::string&)> refused_;
};

/// Whom to ask for what other nodes own. Any thread; no call blocks; `done` is called once, on whatever thread.
class owner_desk {
public:
  virtual ~owner_desk() = default;
  /// @param done  gets the owner's answer, or an error: no_owner
  virtual void ask_owner(class_id cls, const std::string& subject, const std::string& body,
                         std::function<void(std::string)> done) = 0;
  /// @param done  gets the answers of all other owners that answered in time
  virtual void ask_others(const std::string& subject, const std::string& body,
                          std::function<void(std::vector<std::string>)> done) = 0;
  virtual std::shared_ptr<const cluster_picture> picture() const = 0;
  /// @returns false for a node that is not known
  virtual bool drain_node(const std::string& name, std::function<void(std::string)> done) = 0;
};

/// Finds out whom to ask, asks with a deadline, and answers: always, if only with an error.
using query_actor = caf::typed_actor<caf::reacts_to<query>>;

struct query_partners {
  registry_actor registry;
  archive_actor archive;
  calendar_actor calendar;
  editor_actor editor;
  results_actor writer;         ///< of corrections
  service_desk* desk = nullptr; ///< counts what is answered; outlives the actor
  owner_desk* owners = nullptr; ///< outlives the actor
  query_meters* took = nullptr; ///< outlives the actor
};

using query_self = metered_plain<actor_kind::query, query_actor>;

/// @param connection  for the answers; outlives the actor
query_actor::behavior_type queries(query_self* self, const actor_context* context, const nats_connection* connection,
                                   query_partners partners);

} // namespace alleycat

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::query)

/// `alleycat.query.>`: JSON questions in, JSON answers out.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/queries/services.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace alleycat {

/// A question as it came.
struct query {
  std::string subject;
  std::string body;
  std::string reply_to;
};

/// Finds out whom to ask, asks with a deadline, and answers: always, if only with an error.
using query_actor = caf::typed_actor<caf::reacts_to<query>>;

struct query_partners {
  registry_actor registry;
  archive_actor archive;
  calendar_actor calendar;
  service_desk* desk = nullptr; ///< counts what is answered; outlives the actor
};

/// @param connection  for the answers; outlives the actor
query_actor::behavior_type queries(query_actor::pointer self, const actor_context* context,
                                   const nats_connection* connection, query_partners partners);

} // namespace alleycat

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::query)

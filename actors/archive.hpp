/// Answers questions about the past.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "racing/record_store.hpp"

namespace alleycat {

using archive_self = metered_plain<actor_kind::archive, archive_actor>;

/// Spawn detached: every call may block. Errors as of `store`.
/// @param records  outlives the actor; only read here
archive_actor::behavior_type archive(archive_self* self, const actor_context* env, record_store* records);

} // namespace alleycat

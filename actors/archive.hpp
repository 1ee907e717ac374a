/// Answers questions about the past.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "racing/record_store.hpp"

namespace alleycat {

/// Spawn detached: every call may block. Errors as of `store`.
/// @param records  outlives the actor; only read here
archive_actor::behavior_type archive(archive_actor::pointer self, const actor_context* env, record_store* records);

} // namespace alleycat

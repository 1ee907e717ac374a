/// The only actor that touches the record store.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "racing/record_store.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace alleycat {

using store_self = metered_plain<actor_kind::store, store_actor>;

/// Spawn detached: every call may block. What may go away (a full disk) is answered with `ec::store_failed` and the store's
/// own words; after a failure that may not, `store.failed` is the process's last event.
/// @param records  outlives the actor; touched by nobody else
store_actor::behavior_type store(store_self* self, const actor_context* env, record_store* records);

} // namespace alleycat

/// The only actor that touches the record store.
#pragma once

#include "actors/interfaces.hpp"
#include "racing/record_store.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace alleycat {

/// Spawn detached: every call may block. Failures are answered with `ec::store_failed` and the store's own words.
/// @param records  outlives the actor; touched by nobody else
store_actor::behavior_type store(store_actor::pointer self, record_store* records);

} // namespace alleycat

/// Questions for ghosts, and riders who choose one.
#pragma once

#include "node/queries/conversation.hpp"

namespace alleycat {

/// `alleycat.query.ghost.<class>.<ghost>`: its curve.
void answer_ghost(const conversation_ptr& me, const tokens& args);
/// `alleycat.racer.<racer>.ghost`: against whom the rider races from now on.
void choose_ghost(const conversation_ptr& me, racer_id racer);

} // namespace alleycat

/// Questions that every node has a part of the answer to, and what concerns the nodes themselves.
#pragma once

#include "node/queries/conversation.hpp"

namespace alleycat {

/// `now`: the open races of every class, and the rules.
void answer_now(const conversation_ptr& me, const tokens& args);
/// `cluster`: members as this node sees them; of each class what its owner says.
void answer_cluster(const conversation_ptr& me, const tokens& args);
/// `drain.<node>`
void drain_node(const conversation_ptr& me, const tokens& args);
/// `classes`
void answer_classes(const conversation_ptr& me, const tokens& args);

} // namespace alleycat

/// What an operator corrects, and the log of it.
#pragma once

#include "node/queries/conversation.hpp"

namespace alleycat {

// `rename`, `hide`, `forget` and `clear`, each of `<racer>`: any node writes the edit into its stream, and answers once it has applied
// it. From there on it is in force everywhere, sooner or later.
void rename_rider(const conversation_ptr& me, const tokens& args);
void hide_rider(const conversation_ptr& me, const tokens& args);
void forget_rider(const conversation_ptr& me, const tokens& args);
void clear_rider(const conversation_ptr& me, const tokens& args);
/// `exclude.<class>.<race>.<racer>`: likewise, of one ride.
void exclude_ride(const conversation_ptr& me, const tokens& args);
/// `audit`: the edits, the latest first.
void answer_audit(const conversation_ptr& me, const tokens& args);

} // namespace alleycat

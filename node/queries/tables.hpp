/// Questions for rows: leaderboards, races, riders.
#pragma once

#include "node/queries/conversation.hpp"

namespace alleycat {

/// `leaderboard.<class>`: of all time by the class's owner, of the last days by this node.
void answer_leaderboard(const conversation_ptr& me, const tokens& args);
/// `alltime.<class>.<second>`
void answer_all_time(const conversation_ptr& me, const tokens& args);
/// `races.<class>`: closed ones, the latest first.
void answer_races(const conversation_ptr& me, const tokens& args);
/// `race.<class>.<race>`: its result; while it runs its standings; with `second` either one at that second.
void answer_race(const conversation_ptr& me, const tokens& args);
/// `racer.<racer>`
void answer_racer(const conversation_ptr& me, const tokens& args);
/// `ride.<class>.<race>.<racer>`: second by second.
void answer_ride(const conversation_ptr& me, const tokens& args);
/// `search`: riders by name or number.
void answer_search(const conversation_ptr& me, const tokens& args);

} // namespace alleycat

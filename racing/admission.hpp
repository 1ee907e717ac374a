/// What one message and the clock can tell about an update.
#pragma once

#include "racing/rules.hpp"
#include "racing/update.hpp"

#include <string>

namespace alleycat {

/// How long before the deadline ingest stops admitting, so that a batch still reaches the journal in time.
inline constexpr milliseconds ingest_margin{5'000};

/// Checks class and second, then (with `admit live`) the clock:
/// `start(race) + second - 5 s <= now <= deadline(race) - 5 s`.
/// @param now  ingest's own clock
refusal judge(const update& u, const rule_set& rules, unix_ms now);

/// A verdict of `judge` in a sentence for the bike's developer: "second 301 is outside 1..300". Refusals of others are
/// explained where they are found.
std::string explain(refusal verdict, const update& u, const rule_set& rules);

/// The binding check, by the journal's timestamp: `start(race) + second - 7 s <= stored <= deadline(race)`: wider at the early
/// edge than ingest's.
bool in_time(const race_rules& rules, race_id race, own_second second, unix_ms stored);

} // namespace alleycat

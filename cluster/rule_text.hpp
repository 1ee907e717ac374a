/// The rule set as it stands in the bucket, and what differs between two of them.
///
/// One `name=value` a line, named as in the configuration; only what changes results. A rule that is not named has its
/// default, so a rule may be added with a default that changes nothing. Classes by id.
///
///     race.window_seconds=60
///     class.3.score=total
#pragma once

#include "racing/rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

std::string rules_text(const rule_set& rules);

/// Equal for rules with equal results: 64-bit FNV-1a of `rules_text`.
std::uint64_t rules_digest(const rule_set& rules);

/// What differs, a sentence each ("race.grace_seconds is 10 here and 30 in the cluster"); nothing when the rules agree.
/// @param ours, theirs  as `rules_text` writes them, maybe of another version of the program
std::vector<std::string> rule_differences(std::string_view ours, std::string_view theirs);

} // namespace alleycat

/// The rule set as it stands in the bucket, and what differs between two of them.
///
/// One `name=value` a line, named as in the configuration; classes by id. The value of a text has control characters and
/// backslashes written as \xHH.
///
///     race.window_seconds=300
///     class.3.name=Old Town Twist
#pragma once

#include "racing/rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

std::string rules_text(const rule_set& rules);

/// Equal for equal rules: 64-bit FNV-1a of `rules_text`.
std::uint64_t rules_digest(const rule_set& rules);

/// What differs, a sentence each ("race.grace_seconds is 10 here and 30 in the cluster"); nothing when the rules agree.
/// @param ours, theirs  as `rules_text` writes them, maybe of another version of the program
std::vector<std::string> rule_differences(std::string_view ours, std::string_view theirs);

} // namespace alleycat

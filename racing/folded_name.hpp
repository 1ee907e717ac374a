/// Names as a search compares them.
#pragma once

#include <string>
#include <string_view>

namespace alleycat {

/// "Søren Ł." and "soren l." are the same: Unicode compatibility decomposition (NFKD) without marks, case folded; ø, ł, đ, ı and æ,
/// which do not decompose, as o, l, d, i and ae.
/// @returns empty for what is not UTF-8
std::string folded_name(std::string_view name);

/// @param folded  a folded name
/// @param wanted  folded, not empty
/// @returns whether a word of the name begins with `wanted`
bool has_word(std::string_view folded, std::string_view wanted);

} // namespace alleycat

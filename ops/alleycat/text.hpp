/// Text from the network made fit for a terminal, measured in columns.
#pragma once

#include <string>
#include <string_view>

namespace alleycat::cli {

/// The text without what could steer a terminal or turn its writing direction: control characters (C0, DEL, C1), line
/// and paragraph separators, direction marks, private and unassigned code points. Bytes that are no UTF-8 are dropped.
std::string printable(std::string_view text);

/// Columns a terminal uses for printable UTF-8; wide characters take two, combining ones none.
std::size_t columns(std::string_view text);

/// The longest beginning of the text that fits into `width` columns; where something was cut, it ends in '…'.
std::string fit(std::string_view text, std::size_t width);

enum class align { left, right };

/// Exactly `width` columns: cut or filled with spaces.
std::string pad(std::string_view text, std::size_t width, align where);

} // namespace alleycat::cli

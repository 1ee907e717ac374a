/// A correction as bytes. Layout: edit.proto.
#pragma once

#include "racing/corrections.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// Sequence and time are not written, but of former edits: the stream has them.
std::string encode(const edit& e);

/// @returns nothing when the bytes are no edit or a value is outside its range.
std::optional<edit> decode_edit(std::string_view bytes);

} // namespace alleycat

/// Journal messages as bytes. Layout: journal.proto, where sizes are given.
#pragma once

#include "racing/journal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace alleycat {

/// Replaces `out` with the encoded batch. O(updates); allocates only when `out` has to grow.
/// @pre every update is as `update_decoder` and `judge` let it pass
void encode(const journal_batch& batch, std::string& out);
std::string encode(const journal_batch& batch);
std::string encode(const close_mark& mark);

/// What a journal message's content can be.
using journal_content = std::variant<journal_batch, close_mark>;

/// @returns nothing when the bytes are no journal message, when columns differ in length, or when a value is outside
/// its range (second 1..65535, timestamp 0..2^53, measurements as in update.hpp, names by `valid_name`).
std::optional<journal_content> decode_journal(std::string_view bytes);

} // namespace alleycat

/// Less of an answer: only the fields that were asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace alleycat {

/// What a question wants of the rows of its answer.
struct field_choice {
  std::string_view rows;                       ///< name of the array of rows
  std::span<const std::string> wanted;         ///< fields of a row
  std::span<const std::string_view> besides{}; ///< fields beside the rows that are left out too unless they are wanted
};

/// Values stay byte for byte as they are, in their order.
/// @param json  an answer that a node has written
/// @returns it, with nothing but the wanted fields in its rows; as it is when it is no object
std::string only_fields(std::string_view json, const field_choice& choice);

} // namespace alleycat

/// What JetStream says of a class's journal, asked and read without waiting for it.
#pragma once

#include "racing/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

/// What the journal of a class holds.
struct journal_contents {
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0; ///< 0 = without limit
  std::uint64_t last_sequence = 0;
  std::vector<std::pair<race_key, std::uint64_t>> subjects; ///< with their messages, by race; empty where not asked for

  friend bool operator==(const journal_contents&, const journal_contents&) = default;
};

/// Where a journal is asked for its contents, with its subjects.
struct contents_question {
  std::string subject;
  std::string payload;
};
contents_question question_for_contents(class_id cls);
/// @returns nothing for an error, what is no answer, or one page of several
std::optional<journal_contents> parse_contents(std::string_view answer);

} // namespace alleycat

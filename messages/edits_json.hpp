/// Corrections as JSON (docs/queries.md): what became of one, and the log of all. Conventions as in messages/json.hpp.
#pragma once

#include "racing/corrections.hpp"
#include "racing/record_store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace alleycat {

/// Messages that left the streams.
struct cleaned_counts {
  std::size_t rides = 0;
  std::size_t results = 0;
  std::size_t bests = 0;
  std::size_t corrections = 0;
};

/// What a correction did.
struct edit_report {
  const edit& what;
  std::uint64_t sequence = 0;
  const edit_effect* effect = nullptr;   ///< null: it is in the stream, and not applied yet
  std::optional<cleaned_counts> cleaned; ///< of `forget`; none: within a minute
  unix_ms journal_gone{};                ///< of `forget`: when what cannot be taken out singly is gone
  unix_ms dead_letters_gone{};
};
/// `{"ok":true,"seq","edit","racerId","applied","name"?,"classId"?,"raceId"?,"resultsChanged"?,"removed"?,"streams"?,"agesOut"?}`;
/// the last three of `forget` once it is applied, `streams` null while they are not clean.
void encode_edit_report(const edit_report& report, std::string& out);

/// `{"next"?,"rows":[{"seq","at","edit","racerId","name"?,"classId"?,"raceId"?,"by"}]}`, in the order given. `name` of `rename`: null once
/// the rider was forgotten; class and race of `exclude`; `by` null where nobody said so.
void encode_audit(std::span<const edit> edits, std::string& out, std::string_view next = {});

} // namespace alleycat

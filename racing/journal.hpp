/// What stands in the journal of a race: batches of updates, and at last the close mark.
#pragma once

#include "racing/update.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace alleycat {

/// One update inside a race's batch; class and race are those of the journal subject.
struct journal_update {
  racer_id racer;
  own_second second;
  unix_ms device_timestamp{};
  measurement measured;
  bool wants_view = false;
  std::string name; ///< only when this ingest has not written it for this ride yet; else empty

  friend bool operator==(const journal_update&, const journal_update&) = default;
};

/// In the order of arrival.
using journal_batch = std::vector<journal_update>;

/// Ends the race for everyone, for ever: the first one that the journal stored after the race's deadline counts (with
/// `admit any` the first one), whoever wrote it.
struct close_mark {
  epoch owner_epoch; ///< epoch of the owner that wrote it
  unix_ms written{}; ///< the owner's clock, for people

  friend bool operator==(const close_mark&, const close_mark&) = default;
};

/// One message of the journal as it was read.
struct journal_entry {
  journal_position position;
  unix_ms stored{}; ///< the journal's own timestamp: what admission is judged by
  std::variant<journal_batch, close_mark> content;
};

} // namespace alleycat

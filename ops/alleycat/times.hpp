/// Moments and spans of time as people write them: UTC.
#pragma once

#include "racing/time.hpp"

#include <optional>
#include <string>

namespace alleycat::cli {

/// `to` is outside. None = open.
struct time_span {
  std::optional<unix_ms> from, to;
};

/// Of "2026-11-26", "2026-11-26T20" or "2026-11-26T20:00:00", the last also with a fraction and with `Z` or an offset
/// from UTC (`+02:00`) behind it.
/// @throws command_failed for anything else, and for years before 1970
unix_ms time_of(const std::string& text);
/// @param text  "2026-11-26"
time_span day_of(const std::string& text);
/// @param text  "2026-11-26T20"
time_span hour_of(const std::string& text);

/// "2021-05-03T14:20:15.707Z"
std::string timestamp_text(unix_ms t);

} // namespace alleycat::cli

/// One message of one second, as a bike sends it, and its exact score.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// What a bike measured in one second. Integers, so that scores are exact.
struct measurement {
  std::uint16_t cadence = 0;    ///< 0.1 rpm, 0..2500
  std::uint16_t resistance = 0; ///< 0.1 %, 0..1000
  std::uint16_t power = 0;      ///< W, 1..65535; 0 = not sent
  std::uint8_t heart_rate = 0;  ///< beats per minute, 1..255; 0 = not sent

  friend bool operator==(const measurement&, const measurement&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, measurement& x) {
    return f(x.cadence, x.resistance, x.power, x.heart_rate);
  }
};

inline constexpr std::uint16_t max_cadence = 2500;
inline constexpr std::uint16_t max_resistance = 1000;
inline constexpr std::size_t max_name_bytes = 64;

/// Work rate of one second: `(cadence + 35) * (resistance + 65) / 100`, in units of 0.0001.
/// With both inputs in tenths the quotient is `(c10 + 350) * (r10 + 650) / 10000`: always an exact integer here.
/// @returns 227'500 (no input) .. 4'702'500; never 0, so 0 can mean "no value".
constexpr score output_of(const measurement& m) {
  return score{(m.cadence + 350U) * (m.resistance + 650U)};
}

/// One update that passed the decoder: every field is in its range, except that `second`, `cls` and `race`
/// still have to be checked against the rules.
struct update {
  class_id cls;
  race_id race;
  racer_id racer;
  own_second second;
  unix_ms device_timestamp{}; ///< the bike's own clock
  measurement measured;
  bool wants_view = false; ///< `"view":true`, for `race.views asked`
  std::string name;        ///< valid by `valid_name`; empty = not sent
};

/// How long a ride has lasted when this second of it is over.
constexpr std::chrono::seconds length_of(own_second second) {
  return std::chrono::seconds{second.value()};
}

/// When the ride began by the bike's own clock: `deviceTimestamp - 1000 * second`.
constexpr unix_ms anchor_of(unix_ms device_timestamp, own_second second) {
  return device_timestamp - length_of(second);
}

/// Why an update has no effect. The names (`to_string`) are part of the contract: answers, views and metrics use them.
enum class refusal : std::uint8_t {
  none, ///< it counts
  // Judged by ingest, from one message and the clock:
  too_big,           ///< more than 1 KiB
  bad_json,          ///< not a JSON object, or not a valid Protobuf message
  missing_field,     ///< a required field is absent
  bad_number,        ///< a number has the wrong type or does not fit its field
  bad_second,        ///< second outside 1..ride_seconds
  bad_cadence,       ///< outside 0..250 rpm
  bad_resistance,    ///< outside 0..100 %
  bad_name,          ///< more than 64 bytes, not UTF-8, or control or direction characters
  bad_subject,       ///< the subject is not alleycat.update.<class>.<racer>
  identity_mismatch, ///< subject and body name different riders or classes
  unknown_class,     ///< no such class here
  bad_race,          ///< the race cannot be one of now
  too_early,         ///< the second cannot have been ridden yet
  too_late,          ///< the race takes no more updates
  busy,              ///< the journal does not keep up; try again
  not_stored,        ///< the journal did not confirm in time
  // Judged by the fold, from the journal:
  duplicate,   ///< the slot holds this very value
  conflict,    ///< the slot holds another value
  other_ride,  ///< more than 5 s off the ride's anchor
  race_full,   ///< the race had its capacity of riders before
  out_of_time, ///< the journal's clock says: not the time of this second, or the race has ended
};
inline constexpr std::size_t refusal_count = static_cast<std::size_t>(refusal::out_of_time) + 1;

std::string_view to_string(refusal r);
/// Whether the bike should send the same update again.
constexpr bool worth_a_retry(refusal r) {
  return r == refusal::busy || r == refusal::too_early;
}

/// @returns whether `name` is 1..64 bytes of UTF-8 without control (C0, DEL, C1), line-separator or direction characters
/// (U+061C, U+200B..U+200F, U+2028..U+202E, U+2060..U+2069, U+FEFF). Zero width non-joiner and joiner (U+200C, U+200D) may stand
/// between two characters that they can join, as Persian, Indic names and joined emoji need: UAX #31, section 2.3.1, here by
/// the character's block instead of its script's joining type.
bool valid_name(std::string_view name);

} // namespace alleycat

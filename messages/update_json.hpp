/// An update as it comes from a bike, and as the simulator sends it: JSON (docs/contract.md) or Protobuf
/// (update.proto).
#pragma once

#include "racing/update.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat {

inline constexpr std::size_t max_update_bytes = 1024;
inline constexpr std::size_t max_batch_bytes = std::size_t{1} << 20;
inline constexpr std::size_t max_batch_updates = 1000;
/// Highest `deviceTimestamp`: what a JavaScript number holds exactly.
inline constexpr unix_ms max_device_timestamp = at_ms(std::int64_t{1} << 53);

/// One update out of a gateway's batch, judged for itself.
struct batch_item {
  update content; ///< only meaningful with `verdict == refusal::none`
  refusal verdict = refusal::none;
  std::string why; ///< a sentence; empty with `none`
};

/// Turns payloads into updates. Not thread safe: one per thread. It keeps its buffers, so that an update costs no
/// allocation, apart from a name too long for the string's own space.
///
/// JSON: one object; fields in any order, unknown ones ignored, whatever they contain, as long as all of it is JSON.
/// - `event` "update" or "final"; `deviceTimestamp` (ms, 0..2^53), `second` (1..65535 here: the ride's length is
///   `judge`'s to check), `raceId`, `racerId` (0..2^32-1), `classId` (1..65535): integers, required
/// - `cadence` 0..250 rpm, `resistance` 0..100 %: numbers, required, rounded to 0.1, halves away from zero
/// - `name` string ("" = not sent), `power` 0..65535 W, `heartRate` 0..255 per minute (0 = not sent; rounded), `view`
/// boolean: optional; null = not sent
///
/// Faults: too_big over 1 KiB. bad_json: not one JSON object in UTF-8 and nothing after it, a known field twice, an
/// unknown event, a `view` that is no boolean, more than 64 levels. missing_field. bad_number: another type than a
/// number, decimals where an integer is due, outside the range. bad_second, bad_cadence, bad_resistance: a number
/// outside its range. bad_name: not a string, or not `valid_name`. With several faults: first what makes it no JSON,
/// then the first faulty field in the order of the text, then a missing one.
class update_decoder {
public:
  /// @param ride_seconds  only for the wording: "second 0 is outside 1..300"
  explicit update_decoder(std::uint32_t ride_seconds = 300);
  ~update_decoder();
  update_decoder(update_decoder&&) noexcept;
  update_decoder& operator=(update_decoder&&) noexcept;

  /// Decodes a JSON update.
  /// @param out  assigned field by field; unspecified after a fault
  /// @param why  a sentence that names the field; untouched when the update is good
  /// @returns none, too_big, bad_json, missing_field, bad_number, bad_second, bad_cadence, bad_resistance or bad_name
  refusal decode(std::string_view payload, update& out, std::string& why);

  /// Decodes a Protobuf update, with the same refusals; `bad_json` for what is not a Protobuf message.
  refusal decode_protobuf(std::string_view payload, update& out, std::string& why);

  /// JSON when the first byte that is not white space is '{', else Protobuf.
  refusal decode_any(std::string_view payload, update& out, std::string& why);

  /// Decodes a gateway's batch, JSON `{"updates":[…]}` or Protobuf UpdateBatch.
  /// @param out  one item per update, in order; empty when the batch as a whole is refused
  /// @returns none (then look at each item), too_big (1 MiB, 1000 updates), bad_json or missing_field (no `updates`)
  refusal decode_batch(std::string_view payload, std::vector<batch_item>& out, std::string& why);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Appends the update to `out` exactly in the form that bikes send: 74.2 and 74; no name when it is empty; power,
/// heart rate and view only when set.
/// @param is_final  `"event":"final"` instead of `"update"`
void encode_update(const update& u, std::string& out, bool is_final = false);
std::string encode_update(const update& u, bool is_final = false);

/// The same as Protobuf (alleycat.v1.Update).
std::string encode_update_protobuf(const update& u, bool is_final = false);

} // namespace alleycat

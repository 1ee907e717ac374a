/// Answers about the past as JSON (docs/queries.md). Encoders append to `out`; conventions as in messages/json.hpp.
#pragma once

#include "messages/json.hpp"
#include "racing/ghost.hpp"
#include "racing/record_store.hpp"
#include "racing/replay.hpp"
#include "racing/rules.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

/// A race at an own second, in the form of standings: `racers` counts the whole race, `reported` those who reached the second; rows
/// are those who have a score there, and in a live race then the others, with null for their ranks. A live race says
/// `"allTimeOf"` where it is known.
void encode_moment(const race_moment& moment, std::string& out, const rows_shown& shown = {});

/// What is known of a racer.
struct racer_page {
  racer_id racer;
  std::string name;
  std::span<const std::pair<class_id, racer_bests>> classes; ///< by class
  std::span<const ride_summary> rides;                       ///< newest first
  std::string_view next = {};                                ///< of the rides; empty: is not said
};
/// `{"racerId","name","bests":[{"classId","scores":[…]}],"records":[{"classId","total","raceId","at"}],
///   "next"?,"rides":[{"classId","raceId","closed","rank","finished","second","seconds","total"}]}`; scores by own second from 1, null
/// where there is none.
void encode_racer(const racer_page& page, std::string& out);

/// `{"classId","raceId","racerId","name","start","closed","rank","finished","excluded","second","seconds","total","rows":
///   [{"second","cadence","resistance","output","total","hereNowRank","allTimeRank"}]}`: a row for each own second up to the
/// furthest; measurements and output are null where the second is missing, ranks where undefined. `power` and `heartRate`
/// follow in rows that have them. `start` is by the bike's clock.
void encode_ride(const ride_record& ride, std::string_view name, std::string& out, const rows_shown& shown = {});

/// `{"classId","kind","racerId","name","raceId","at","scores":[…]}`; of the median racer, name, race and time are null.
void encode_ghost(class_id cls, const ghost_curve& curve, std::string_view name, std::string& out);

/// `{"ok":true,"classId","raceId","racerId","ghost":{"kind","racerId","name","total"}}`, `total` at the last second; `ghost` is
/// null for a curve without scores.
void encode_ghost_chosen(race_key key, racer_id racer, const ghost_curve& curve, std::string_view name,
                         std::string& out);

} // namespace alleycat

/// Corrections of what is kept, made by an operator: a rider gets another name, is hidden or forgotten, a ride does not
/// count.
///
/// What stands anywhere is a function of two sets: the closed races, and the edits in the order of their stream. So it makes
/// no difference whether an edit or the race it is about comes first.
#pragma once

#include "racing/closed_race.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alleycat {

/// The numbers are stored and sent.
enum class edit_kind : std::uint8_t {
  rename = 1,  ///< shown by another name, wherever they are or will be shown
  hide = 2,    ///< in no table of bests, nobody's ghost, not found by search; rides and results stay, without the name
  forget = 3,  ///< every race that had begun is as if they had never been there; cannot be taken back
  exclude = 4, ///< one ride counts for nothing: last in its result, without a rank; bests come from the other rides
  clear = 5,   ///< takes back their name, that they are hidden, and that rides are excluded
};
/// `rename`, `hide` ...; empty for a number that is none of these.
std::string_view to_string(edit_kind kind);

/// A line of the audit log.
struct edit {
  edit_kind kind = edit_kind::rename;
  racer_id racer;
  std::string name; ///< of `rename`: valid by `valid_name`; gone once the rider was forgotten
  race_key ride;    ///< of `exclude`
  std::string by;   ///< who asked; may be empty
  // As the stream has it:
  std::uint64_t sequence = 0;
  unix_ms at{};
  std::vector<edit> former; ///< of `forget`: what the rider's edits were, without names, since they leave the stream

  friend bool operator==(const edit&, const edit&) = default;
};

/// Bytes of `edit::by` at most.
inline constexpr std::size_t max_by_bytes = 64;

/// The fold of all edits.
class corrections {
public:
  /// In the order of the stream; one that comes again changes nothing.
  void apply(const edit& e);

  /// What a rider is called in the place of `own`, their own name: the name they were given, nothing when hidden.
  std::string shown(racer_id racer, const std::string& own) const;
  /// The name given to a rider; null = none.
  const std::string* given_name(racer_id racer) const;
  bool hidden(racer_id racer) const;
  bool excluded(race_key race, racer_id racer) const;
  /// Whether a race that began then is one in which the rider is forgotten.
  bool forgotten(racer_id racer, unix_ms race_start) const;
  /// Sequence of the last edit that changed what the rider's bests in a class are made of: bests that do not include it
  /// do not count. 0 = none.
  std::uint64_t bests_since(class_id cls, racer_id racer) const;
  /// What a `clear` would bring back; by class, then race.
  std::vector<race_key> excluded_rides(racer_id racer) const;

  /// Whether there is any correction of the rider.
  bool knows(racer_id racer) const { return find(racer) != nullptr; }
  bool empty() const { return riders_.empty(); }

private:
  struct rider {
    std::optional<std::string> name;
    bool hidden = false;
    std::optional<unix_ms> forgotten_at;
    std::uint64_t forgotten_by = 0;
    std::set<race_key> excluded;
    std::map<class_id, std::uint64_t> bests_since;
    std::uint64_t last = 0; ///< edit taken
  };
  const rider* find(racer_id racer) const;

  std::unordered_map<racer_id, rider> riders_;
};

/// Brings a closed race up to date with the edits: rides and rows of forgotten riders go, excluded rides are flagged and
/// their rows go last without a rank, the others close up. Names stay: those are a matter of showing. Ranks at the seconds of a
/// ride stay as they were at the close. Doing it twice is the same as once.
/// @param race_start  milliseconds, of the race's window
/// @returns whether somebody was forgotten, excluded or taken back in here
bool correct(closed_race& race, const corrections& by, scoring rule, unix_ms race_start);
/// The rows of a result alone.
bool correct(race_result& result, const corrections& by, scoring rule, unix_ms race_start);

} // namespace alleycat

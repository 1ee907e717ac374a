/// What stands in the bucket: keys, and values as text.
///
///     key                        value                        written
///     node.<name>                heartbeat                    put by that node, once a second
///     claim.<class>.<epoch>      claim                        created, never updated; deleted when it is long overtaken
///     generation.<n>             the creator's name           created, never updated, never deleted
///     rules.<n>                  rule set, rule_text.hpp      created; the highest holds
///     format.<n>                 the creator's name           created; the highest is what may be written
///
/// A value is `field=value` pairs, separated by one space; unknown fields are passed over, so fields may be added. No
/// field holds a space. The first field of each is `v=1`; a heartbeat of another version is not understood, a claim of
/// another version is if it names its owner.
///
///     heartbeat  v=1 incarnation=65540 counter=17 address=10.0.0.5:7701 started=1620051628707 version=0.2.0 rules=39951 agreed=1
///                protocol=1 reads=1 writes=1 state=serving fit=1 ready=1 steady=1 highest=12 ahead=0 behind=3 races=3 classes=2
///                riders=120 rate=118 lag=4 cpu=180
///     claim      v=1 owner=north incarnation=65540 release=0 since=1620051628707      a release: release=1, and to=<name> when it
///                is meant for one
///
/// A node that starts anew under the same name has a higher incarnation. A generation is the life of one bucket: epochs
/// of generation n are (n-1)·1,000,000 + 1, 2, 3 …, so a bucket that was lost and came back empty cannot bring an epoch
/// a second time: before the first claim of a generation it is noted outside the bucket, and a new bucket gets a higher
/// one. (Taken for granted: a request to create a generation is not carried out in a later bucket than it was meant for.)
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace alleycat {

/// What a node does with what it owns. `draining`: claims nothing, hands over. `left`: gone for good, by its own will.
enum class member_state : std::uint8_t { serving, draining, left };

/// For people, decides nothing.
struct node_load {
  std::uint32_t races = 0;        ///< of the owned classes, live
  std::uint32_t classes = 0;      ///< owned
  std::uint32_t riders = 0;       ///< live ones in those races
  std::uint32_t rate = 0;         ///< updates in the last second
  std::uint32_t lag_ms = 0;       ///< from stored to ranked, worst of the last second
  std::uint32_t cpu_permille = 0; ///< of one core

  friend bool operator==(const node_load&, const node_load&) = default;
};

/// Who comes first when a class needs an owner; higher is better.
enum class fitness : std::uint8_t {
  none,   ///< may claim nothing
  fit,    ///< its connections of journal and output answer
  ready,  ///< fit, and its store has caught up
  steady, ///< ready for a while
};

struct heartbeat {
  std::string name;              ///< see `is_node_name`
  std::uint64_t incarnation = 0; ///< higher with each start of this name
  std::uint64_t counter = 0;     ///< 1, 2, 3 … within the incarnation
  std::string address;           ///< of CAF: host:port
  unix_ms started{};             ///< by the node's own clock, for people
  std::string version = "0";     ///< of the program, for people; see `is_node_version`
  std::uint64_t rules = 0;       ///< `rules_digest`
  std::uint64_t agreed = 0;      ///< number of the rules in the bucket that it found to be its own; 0: not yet
  std::uint32_t protocol = 0;    ///< of the messages between nodes
  std::uint32_t reads = 1;       ///< highest format that it can read
  std::uint32_t writes = 1;      ///< format that it writes
  member_state state = member_state::serving;
  bool fit = false, ready = false, steady = false; ///< see `fitness`
  epoch highest;                                   ///< epoch it knows of, of any class
  std::int32_t clock_ahead_ms = 0;                 ///< of its wall clock before the server's
  node_load load;

  friend bool operator==(const heartbeat&, const heartbeat&) = default;
};

/// What its owner says of itself.
fitness fitness_of(const heartbeat& beat);

struct claim {
  std::string owner;             ///< empty: cannot be read. It is somebody's, though
  std::uint64_t incarnation = 0; ///< of the owner
  bool release = false;          ///< the owner gave it up: whoever is first in line claims the next epoch
  std::string to;                ///< only of a release: who has preloaded and should be first; may be empty
  unix_ms since{};               ///< by the owner's clock, for people

  friend bool operator==(const claim&, const claim&) = default;
};

/// 1..64 of A-Z a-z 0-9 - _
bool is_node_name(std::string_view text);
/// 1..64 visible ASCII characters.
bool is_node_version(std::string_view text);

struct node_key {
  std::string name;
  friend bool operator==(const node_key&, const node_key&) = default;
};
struct claim_key {
  class_id cls;
  epoch owner_epoch;
  friend bool operator==(const claim_key&, const claim_key&) = default;
};
struct generation_key {
  std::uint64_t number = 0; ///< 1, 2, 3 …
  friend bool operator==(const generation_key&, const generation_key&) = default;
};
struct rules_key {
  std::uint64_t number = 0; ///< 1, 2, 3 …
  friend bool operator==(const rules_key&, const rules_key&) = default;
};
struct format_key {
  std::uint32_t number = 0; ///< 1, 2, 3 …
  friend bool operator==(const format_key&, const format_key&) = default;
};
using bucket_key = std::variant<node_key, claim_key, generation_key, rules_key, format_key>;

std::string to_text(const bucket_key& key);
/// @returns nothing for anything `to_text` does not write.
std::optional<bucket_key> parse_bucket_key(std::string_view text);

/// @pre name, incarnation, counter, address and version are such as `parse_heartbeat` takes
std::string to_text(const heartbeat& beat);
/// @param name  from the key
/// @returns nothing when a field that decides is missing, or any is out of its range
std::optional<heartbeat> parse_heartbeat(std::string_view name, std::string_view text);

/// @pre it names its owner
std::string to_text(const claim& what);
/// @returns nothing when it does not name its owner
std::optional<claim> parse_claim(std::string_view text);

inline constexpr std::uint64_t epochs_per_generation = 1'000'000;

/// The epoch below the first one of a generation.
constexpr epoch generation_base(std::uint64_t generation) {
  return epoch{generation == 0 ? 0 : (generation - 1) * epochs_per_generation};
}
/// 0 for epoch 0, which nobody ever has.
constexpr std::uint64_t generation_of(epoch any) {
  return any.value() == 0 ? 0 : (any.value() - 1) / epochs_per_generation + 1;
}

/// For a start: above every incarnation of this name that was seen and every start of the data folder, and unlike that of
/// another process that uses the name by mistake.
/// @param highest_seen  that was parsed: such are far from the end of their range
/// @param salt  random
constexpr std::uint64_t next_incarnation(std::uint64_t highest_seen, std::uint64_t starts, std::uint16_t salt) {
  const auto seen = highest_seen >> 16;
  return ((seen > starts ? seen : starts) + 1) << 16 | salt;
}

} // namespace alleycat

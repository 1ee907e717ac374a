/// What stands in the bucket: keys, and values as text.
///
///     key                        value                        written
///     node.<name>                heartbeat                    put by that node, once a second
///     claim.<entity>.<epoch>     claim                        created, never updated; deleted when the race is over
///     generation.<n>             the creator's name           created, never updated, never deleted
///     rules                      rule set, rule_text.hpp      created, never updated, never deleted
///
/// A value is `field=value` pairs, separated by one space; unknown fields are passed over, so fields may be added. No
/// field holds a space. The first field of each is `v=1`; a value of another version is not understood.
///
///     heartbeat  v=1 incarnation=65540 counter=17 address=10.0.0.5:7701 started=1620051628707 rules=9c0f… protocol=1
///                state=serving races=3 classes=2 riders=120 rate=118 lag=4 cpu=180
///     claim      v=1 owner=north incarnation=65540 release=0      a release: release=1, and to=<name> when it is meant for one
///
/// A node that starts anew under the same name has a higher incarnation. A generation is the life of one bucket: epochs
/// of generation n are (n-1)·1,000,000 + 1, 2, 3 …, so a bucket that was lost and came back empty can not bring an epoch
/// a second time: before the first claim of a generation it is noted outside the bucket, and a new bucket gets a higher
/// one. (Taken for granted: a request to create a generation is not carried out in a later bucket than it was meant for.)
#pragma once

#include "cluster/entity.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace alleycat {

/// What a node does with what it owns. `draining`: claims nothing, hands over. `left`: gone for good, by its own will.
enum class member_state : std::uint8_t { serving, draining, left };

/// For people, decides nothing.
struct node_load {
  std::uint32_t races = 0;        ///< owned
  std::uint32_t classes = 0;      ///< owned
  std::uint32_t riders = 0;       ///< live ones in the owned races
  std::uint32_t rate = 0;         ///< updates in the last second
  std::uint32_t lag_ms = 0;       ///< from stored to ranked, worst of the last second
  std::uint32_t cpu_permille = 0; ///< of one core

  friend bool operator==(const node_load&, const node_load&) = default;
};

struct heartbeat {
  std::string name;              ///< see `is_node_name`
  std::uint64_t incarnation = 0; ///< higher with each start of this name
  std::uint64_t counter = 0;     ///< 1, 2, 3 … within the incarnation
  std::string address;           ///< of CAF: host:port
  unix_ms started = 0;           ///< by the node's own clock, for people
  std::uint64_t rules = 0;       ///< `rules_digest`
  std::uint32_t protocol = 0;    ///< of the messages between nodes
  member_state state = member_state::serving;
  node_load load;

  friend bool operator==(const heartbeat&, const heartbeat&) = default;
};

struct claim {
  std::string owner;
  std::uint64_t incarnation = 0; ///< of the owner
  bool release = false;          ///< the owner gave it up: whoever is first in line claims the next epoch
  std::string to;                ///< only of a release: who has preloaded and should be first; may be empty

  friend bool operator==(const claim&, const claim&) = default;
};

/// 1..64 of A-Z a-z 0-9 - _
bool is_node_name(std::string_view text);

struct node_key {
  std::string name;
  friend bool operator==(const node_key&, const node_key&) = default;
};
struct claim_key {
  entity what;
  epoch at;
  friend bool operator==(const claim_key&, const claim_key&) = default;
};
struct generation_key {
  std::uint64_t number = 0; ///< 1, 2, 3 …
  friend bool operator==(const generation_key&, const generation_key&) = default;
};
struct rules_key {
  friend bool operator==(const rules_key&, const rules_key&) = default;
};
using bucket_key = std::variant<node_key, claim_key, generation_key, rules_key>;

std::string to_text(const bucket_key& key);
/// @returns nothing for anything `to_text` does not write.
std::optional<bucket_key> parse_bucket_key(std::string_view text);

std::string to_text(const heartbeat& beat);
/// @param name  from the key
/// @returns nothing when a field but those of the load is missing or out of its range
std::optional<heartbeat> parse_heartbeat(std::string_view name, std::string_view text);

std::string to_text(const claim& what);
std::optional<claim> parse_claim(std::string_view text);

inline constexpr std::uint64_t epochs_per_generation = 1'000'000;

/// The epoch below the first one of a generation.
constexpr epoch generation_base(std::uint64_t generation) {
  return epoch{generation == 0 ? 0 : (generation - 1) * epochs_per_generation};
}
/// 0 for epoch 0, which nobody ever has.
constexpr std::uint64_t generation_of(epoch at) {
  return at.value() == 0 ? 0 : (at.value() - 1) / epochs_per_generation + 1;
}

/// For a start: above every incarnation of this name that was seen and every start of the data folder, and unlike that of
/// another process that uses the name by mistake.
/// @param salt  random
constexpr std::uint64_t next_incarnation(std::uint64_t highest_seen, std::uint64_t starts, std::uint16_t salt) {
  const auto seen = highest_seen >> 16;
  return ((seen > starts ? seen : starts) + 1) << 16 | salt;
}

} // namespace alleycat

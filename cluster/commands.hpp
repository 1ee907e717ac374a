/// What `ownership` wants done.
#pragma once

#include "cluster/bucket.hpp"
#include "cluster/records.hpp"

#include <string>
#include <variant>
#include <vector>

namespace alleycat {

// -- for the bucket, see bucket_port -----------------------------------------------------------------------------------

struct put_entry {
  std::string key, value;
};
struct create_entry {
  std::string key, value;
};
struct read_entry {
  std::string key;
};
struct erase_entry {
  std::string key;
};
struct read_entries {
  std::uint64_t token = 0;
};

// -- for the owner's side ----------------------------------------------------------------------------------------------

/// Own it by this epoch: load it, then say `recovered`. If it runs here already it goes on with this epoch, state kept. What
/// was preloaded for a hand-over is taken up.
struct start_entity {
  entity what;
  epoch by;
};

enum class stop_reason : std::uint8_t {
  fenced,   ///< somebody owns a higher epoch: end it, nothing of it counts any more
  released, ///< handed over: flush, end it, then say `stopped`
  ended,    ///< the race is over, somebody else saw to it
  lost,     ///< this node may not go on
};

struct stop_entity {
  entity what;
  epoch by;
  stop_reason why = stop_reason::fenced;
};

/// The bucket has no generation yet: say `outside` what the highest epoch is that can be found anywhere else (notes of
/// generations, LMDB, changelog, results, marks), of whatever entity; epoch 0 if there is none.
struct look_outside {};
/// Note outside the bucket, durably and where every node will find it, that this generation is in use; then say `noted`. Many
/// nodes note the same one. Nothing is claimed before.
struct note_generation {
  std::uint64_t number = 0;
};

/// Ask this member to preload; when it is less than a second behind say `preloaded`. Comes again every two seconds.
struct offer_entity {
  entity what;
  epoch by;
  std::string to;
};

enum class trust : std::uint8_t {
  fresh,   ///< what is owned here is owned here
  stale,   ///< the bucket is away: go on, mark output stale
  suspect, ///< this process did not run for a while: hold output back until the claims have been read again
};

struct trust_changed {
  trust now = trust::stale;
};

// -- about others ------------------------------------------------------------------------------------------------------

/// A member is there, or there again, or there anew: connect.
struct peer_up {
  heartbeat last;
  bool speaks_with_us = true; ///< false: other rules or another protocol; it is given nothing
};
struct peer_down {
  heartbeat last;
};

// -- the end -----------------------------------------------------------------------------------------------------------

/// This node can not be a member: other rules, or another process has its name. Comes after a `stop_entity` for all it owns;
/// nothing comes after it.
struct give_up {
  std::string why; ///< for an operator; may have several lines
};
/// Everything is handed over, or the time for it is over. Nothing comes after it.
struct leave_cluster {};

using command =
    std::variant<put_entry, create_entry, read_entry, erase_entry, read_entries, look_outside, note_generation,
                 start_entity, stop_entity, offer_entity, trust_changed, peer_up, peer_down, give_up, leave_cluster>;
/// To be carried out in order.
using commands = std::vector<command>;

/// Does what is meant for the bucket. @returns false when it is not
bool carry_out(const command& what, bucket_port& bucket);

} // namespace alleycat

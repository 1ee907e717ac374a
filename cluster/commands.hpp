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

/// How a class came here.
enum class succession : std::uint8_t {
  first,       ///< nobody had it before
  took_over,   ///< its owner died, or its claim was gone
  handed_over, ///< its owner released it
  renewed,     ///< it runs here already, by a lower epoch
};

/// Own it by this epoch: load it, then say `recovered`. If it runs here already it goes on with this epoch, state kept. What
/// was preloaded for a hand-over is taken up.
struct start_class {
  class_id cls;
  epoch owner_epoch;
  succession how = succession::first;
  std::string before; ///< who had it; empty: nobody, or unknown
};

enum class stop_reason : std::uint8_t {
  fenced,   ///< somebody owns a higher epoch: end it, nothing of it counts any more
  released, ///< given up: flush, end it, then say `stopped`
  lost,     ///< this node may not go on: end it
};

struct stop_class {
  class_id cls;
  epoch owner_epoch;
  stop_reason why = stop_reason::fenced;
};

/// Ask this member to preload; when it is less than a second behind say `preloaded`. Comes again every two seconds.
struct offer_class {
  class_id cls;
  epoch owner_epoch;
  std::string to;
};
/// It is not to be handed to this member: what it preloaded can go.
struct cancel_offer {
  class_id cls;
  std::string to;
};

/// Was the bucket lost, or set back? Say `outside` what the highest epoch is that can be found anywhere else (notes of
/// generations, LMDB, changelog, results), of whatever class; epoch 0 if there is none.
struct look_outside {};
/// Note outside the bucket, durably and where every node will find it, that this generation is in use; then say `noted`. Many
/// nodes note the same one. Nothing is claimed before.
struct note_generation {
  std::uint64_t number = 0;
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

// -- for an operator ---------------------------------------------------------------------------------------------------

/// Something in the bucket that should not be there, and is passed over.
struct report_oddity {
  std::string what; ///< a sentence
};
/// This node cannot be a member: other rules, an older format, or another process has its name. Comes after a `stop_class` for
/// all it owns; nothing comes after it.
struct give_up {
  std::string why; ///< may have several lines
};
/// Everything is handed over, or the time for it is over. Nothing comes after it.
struct leave_cluster {};

using command = std::variant<put_entry, create_entry, read_entry, erase_entry, read_entries, look_outside,
                             note_generation, start_class, stop_class, offer_class, cancel_offer, trust_changed,
                             peer_up, peer_down, report_oddity, give_up, leave_cluster>;
/// To be carried out in order.
using commands = std::vector<command>;

/// Does what is meant for the bucket. @returns false when it is not
bool carry_out(const command& what, bucket_port& bucket);

} // namespace alleycat

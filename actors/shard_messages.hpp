/// What is said about owning classes: to and from shards, and to whoever looks for a race.
#pragma once

#include "actors/ports.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <vector>

namespace alleycat {

/// What the cluster has decided for this node.
struct preload_class {
  class_id cls;
};

struct preload_over {
  class_id cls;
};

struct own_class {
  class_id cls;
  epoch owner_epoch;
};

struct disown_class {
  class_id cls;
};

/// The class is owned by this epoch from now on.
struct begin_term {
  epoch owner_epoch;
};

/// The term is over: end, and answer when nothing acts any more.
struct end_term {};

/// Something may be due.
struct go_on {};

/// Whether the journal still holds what an applied race was made from.
struct stamp_checked {
  race_key key;
  stamp_check found = stamp_check::same;
};

/// Results of a class that other nodes closed are wanted by its table here.
struct class_status {
  bool loaded = false;
};

/// How a race is doing, for lists.
struct race_status {
  race_key key;
  std::uint32_t racers = 0;
  std::uint32_t live = 0;
  own_second second;
  std::uint64_t read = 0; ///< messages of its journal
  bool caught_up = false; ///< false: still reading the journal from the start
  bool closed = false;
};

/// How a shard is doing.
struct shard_status {
  class_id cls;
  epoch owner_epoch; ///< 0 while preloading
  bool running = false;
  bool ready = false; ///< loaded, first look at the journal done, the races found there read; stays so
  std::vector<race_status> races;
};

struct get_open_races {};

/// A class that is owned here.
struct owned_class {
  class_id cls;
  epoch owner_epoch;
  bool ready = false;
};

struct open_races {
  std::vector<owned_class> classes; ///< by id
  std::vector<race_status> races;   ///< of these classes; by class, then race
};

struct find_race {
  race_key key;
};

struct find_class {
  class_id cls;
};

} // namespace alleycat

// Messages that stay within a node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::stamp_checked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::journal_listing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::preload_class)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::preload_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::own_class)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::disown_class)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::begin_term)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::end_term)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::go_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::class_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::shard_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::race_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::get_open_races)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::open_races)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_race)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::find_class)

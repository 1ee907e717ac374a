/// The shards of this node: which classes it owns, and whom to ask about them.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "actors/term.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>

namespace alleycat {

struct registry_partners {
  store_actor store;
  store_actor reader;
  archive_actor archive;
  results_actor results;
  follower_actor follower;
};

/// Carries out what the cluster has decided (`ownership_port` tells it back how far that is).
///
///     preload_class ──▶ shard under a term that is preloading ──own_class──▶ running ──disown_class──▶ ended
///                            own_class without a preload ─────────────────────▲
class registry_state {
public:
  using pointer = registry_actor::stateful_pointer<registry_state>;

  void start(pointer self, const actor_context& env, registry_partners partners);
  void preload(class_id cls);
  void own(const own_class& x);
  void disown(class_id cls);
  /// Nobody claimed for us what was preloaded.
  void drop_preload(class_id cls);
  void on_hint(race_key key);
  void on_status(shard_status& status);
  open_races open() const;
  caf::result<race_actor> find(const find_race& x);
  caf::result<class_actor> find(const find_class& x);

  static inline const char* name = "registry";

private:
  struct owned {
    term_ptr under;
    shard_actor shard;
    shard_status status;
    bool told = false;    ///< that it has recovered, or preloaded
    bool claimed = false; ///< its term has begun, or is about to
  };

  owned& make(term_ptr under);
  void lost(const caf::down_msg& down);
  void leave(const caf::error& why);
  void count() const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  registry_partners partners_;
  std::map<class_id, owned> owned_;
  std::map<shard_actor, class_id> leaving_; ///< ended, not gone yet
};

using registry_self = metered_actor<actor_kind::registry, registry_actor, registry_state>;

registry_actor::behavior_type registry(registry_self* self, const actor_context* env, registry_partners partners);

} // namespace alleycat

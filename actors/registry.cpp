#include "actors/registry.hpp"

#include "actors/defaults.hpp"
#include "actors/errors.hpp"
#include "actors/shard.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace alleycat {

void registry_state::start(pointer self, const actor_context& env, registry_partners partners) {
  self_ = self;
  env_ = &env;
  partners_ = std::move(partners);
  self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
  self_->set_exit_handler([this](const caf::exit_msg& exit) { leave(exit.reason); });
}

registry_state::owned& registry_state::make(term_ptr under) {
  const auto cls = under->cls();
  const shard_partners partners{caf::actor_cast<registry_actor>(self_),
                                partners_.store,
                                partners_.reader,
                                partners_.archive,
                                partners_.results,
                                partners_.follower};
  auto actor = self_->spawn<caf::monitored>(shard, env_, under, *env_->rules.find(cls), partners);
  auto& entry = owned_[cls];
  entry = {std::move(under), std::move(actor), {}, false, false};
  entry.status.cls = cls;
  return entry;
}

void registry_state::preload(class_id cls) {
  if (env_->rules.find(cls) == nullptr)
    return;
  if (const auto found = owned_.find(cls); found != owned_.end()) {
    // Asked again: the answer may have been lost.
    if (found->second.status.ready && !found->second.under->running())
      env_->ownership->preloaded(cls);
    return;
  }
  make(std::make_shared<term>(cls));
  self_->delayed_send(self_, defaults::preload_lives, preload_over{cls});
}

void registry_state::drop_preload(class_id cls) {
  if (const auto found = owned_.find(cls); found != owned_.end() && !found->second.claimed)
    disown(cls);
}

void registry_state::own(const own_class& x) {
  if (env_->rules.find(x.cls) == nullptr)
    return;
  const auto found = owned_.find(x.cls);
  auto& entry = found == owned_.end() ? make(std::make_shared<term>(x.cls)) : found->second;
  entry.told = false;
  entry.claimed = true;
  env_->log->info("class.owned", {{"class", x.cls}, {"epoch", x.owner_epoch}});
  self_->send(entry.shard, begin_term{x.owner_epoch});
}

void registry_state::disown(class_id cls) {
  const auto found = owned_.find(cls);
  if (found == owned_.end())
    return env_->ownership->stopped(cls);
  // At once, whatever waits in the mailboxes of the shard's actors.
  found->second.under->end();
  env_->log->info("class.disowned", {{"class", cls}, {"epoch", found->second.under->owner_epoch()}});
  const auto actor = found->second.shard;
  owned_.erase(found);
  leaving_.emplace(actor, cls);
  self_->request(actor, defaults::store_deadline, end_term{})
      .then([](ack) {}, [this, actor](const caf::error& e) { self_->send_exit(actor, e); });
  count();
}

void registry_state::lost(const caf::down_msg& down) {
  const auto left = std::find_if(leaving_.begin(), leaving_.end(),
                                 [&](const auto& entry) { return entry.first.address() == down.source; });
  if (left != leaving_.end()) {
    const auto cls = left->second;
    leaving_.erase(left);
    env_->ownership->stopped(cls);
    return;
  }
  const auto found = std::find_if(owned_.begin(), owned_.end(),
                                  [&](const auto& entry) { return entry.second.shard.address() == down.source; });
  if (found == owned_.end())
    return;
  // It begins anew under the same term: everything is in the streams.
  const auto cls = found->first;
  const auto owner_epoch = found->second.under->owner_epoch();
  env_->log->warn("shard.lost", {{"class", cls}, {"reason", self_->system().render(down.reason)}});
  owned_.erase(found);
  actor_meters::of(actor_kind::shard).restarted();
  if (owner_epoch == epoch{})
    preload(cls);
  else
    own({cls, owner_epoch});
}

void registry_state::on_hint(race_key key) {
  if (const auto found = owned_.find(key.cls); found != owned_.end())
    self_->send(found->second.shard, race_hint{key});
  else
    env_->ownership->hint(key);
}

void registry_state::on_status(shard_status& status) {
  const auto found = owned_.find(status.cls);
  if (found == owned_.end() || self_->current_sender() != found->second.shard)
    return;
  auto& entry = found->second;
  entry.status = std::move(status);
  if (entry.status.ready && !entry.told) {
    entry.told = true;
    if (entry.status.running)
      env_->ownership->recovered(entry.status.cls, entry.status.owner_epoch);
    else
      env_->ownership->preloaded(entry.status.cls);
  }
  count();
}

void registry_state::count() const {
  std::int64_t races = 0;
  std::int64_t live = 0;
  for (const auto& [cls, entry] : owned_)
    if (entry.under->running())
      for (const auto& race : entry.status.races) {
        ++races;
        live += race.live;
      }
  env_->counts->races_open.set(races);
  env_->counts->riders_live.set(live);
}

open_races registry_state::open() const {
  open_races result;
  for (const auto& [cls, entry] : owned_)
    if (entry.under->running()) {
      result.classes.push_back({cls, entry.under->owner_epoch(), entry.status.ready});
      result.races.insert(result.races.end(), entry.status.races.begin(), entry.status.races.end());
    }
  return result;
}

caf::result<race_actor> registry_state::find(const find_race& x) {
  const auto found = owned_.find(x.key.cls);
  if (found == owned_.end() || !found->second.under->running())
    return caf::make_error(ec::not_owner, "this node does not own class " + std::to_string(x.key.cls.value()));
  return self_->delegate(found->second.shard, x);
}

caf::result<class_actor> registry_state::find(const find_class& x) {
  const auto found = owned_.find(x.cls);
  if (found == owned_.end() || !found->second.under->running())
    return caf::make_error(ec::not_owner, "this node does not own class " + std::to_string(x.cls.value()));
  return self_->delegate(found->second.shard, x);
}

void registry_state::leave(const caf::error& why) {
  for (const auto& [cls, entry] : owned_) {
    entry.under->end();
    self_->send_exit(entry.shard, why);
  }
  self_->quit(why);
}

registry_actor::behavior_type registry(registry_self* self, const actor_context* env, registry_partners partners) {
  self->state.start(self, *env, std::move(partners));
  return {
      [self](const preload_class& x) { self->state.preload(x.cls); },
      [self](const own_class& x) { self->state.own(x); },
      [self](const preload_over& x) { self->state.drop_preload(x.cls); },
      [self](const disown_class& x) { self->state.disown(x.cls); },
      [self](const race_hint& x) { self->state.on_hint(x.key); },
      [self](shard_status& x) { self->state.on_status(x); },
      [self](get_open_races) { return self->state.open(); },
      [self](const find_race& x) { return self->state.find(x); },
      [self](const find_class& x) { return self->state.find(x); },
  };
}

} // namespace alleycat

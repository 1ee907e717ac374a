#include "node/cluster_side.hpp"

#include "node/peers/judge.hpp"
#include "node/telemetry/log.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto join_deadline = 60s;
/// A note to another node that needs no answer; it is repeated where it matters.
constexpr auto note_deadline = 2s;
/// A question to the owner, and to all others.
constexpr auto question_deadline = 4s;
constexpr auto gather_deadline = 1s;
/// How long the answer over the link may take before the question goes over NATS as well.
constexpr std::chrono::milliseconds link_patience = 700ms;
/// Clocks of a node and of the nats-servers may differ by this much.
constexpr std::chrono::milliseconds most_clock_offset = 1s;

std::string error_text(std::string_view code, std::string_view message) {
  return fmt::format(R"({{"error":{{"code":"{}","message":"{}"}}}})", code, message);
}

std::string text_of(const peer_outcome& outcome, const std::string& node) {
  if (const auto* answer = std::get_if<peer_answer>(&outcome))
    if (const auto* json = std::get_if<std::string>(answer))
      return *json;
  return error_text("no_owner", fmt::format("node {} did not answer; ask again", node));
}

} // namespace

cluster_side::~cluster_side() {
  stop();
}

void cluster_side::start(caf::actor_system& system, settings how, registry_actor registry, query_actor queries) {
  name_ = how.driver.ownership.name;
  hello_ = how.peers.hello;
  registry_ = std::move(registry);
  queries_ = std::move(queries);
  driver_ = std::make_unique<cluster_driver>(std::move(how.driver), *this);
  // The incarnation is one more than any that the bucket has seen of this name.
  const auto deadline = std::chrono::steady_clock::now() + join_deadline;
  while (driver_->picture()->incarnation == 0) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"the cluster's bucket does not answer"};
    std::this_thread::sleep_for(20ms);
  }
  how.peers.self = {name_, driver_->picture()->incarnation};
  if (how.before_listening)
    how.before_listening();
  auto made = std::make_shared<peers>(system, how.peers, *this);
  auto detour =
      std::make_shared<peer_detour>(*how.connection, peer_detour::settings{how.peers.self, how.peers.protocol}, *this);
  std::map<std::string, heartbeat> early;
  {
    const std::lock_guard lock{mutex_};
    peers_ = std::move(made);
    detour_ = std::move(detour);
    early.swap(early_);
  }
  for (const auto& [name, last] : early)
    connect(last);
}

void cluster_side::stop() {
  // Shards that are still ending ask it.
  if (driver_)
    driver_->halt();
  std::shared_ptr<peers> gone;
  std::shared_ptr<peer_detour> detour;
  {
    const std::lock_guard lock{mutex_};
    gone.swap(peers_);
    detour.swap(detour_);
  }
  if (gone)
    gone->stop();
  detour.reset();
  registry_ = nullptr;
  queries_ = nullptr;
}

void cluster_side::drain(std::chrono::milliseconds patience) {
  if (!driver_)
    return;
  driver_->drain();
  std::unique_lock lock{mutex_};
  if (!changed_.wait_for(lock, patience, [this] { return left_; }))
    log_event(log_level::warn, "cluster.drain_incomplete");
}

// -- from the shards ---------------------------------------------------------------------------------------------------

void cluster_side::recovered(class_id cls, epoch owner_epoch) {
  {
    const std::lock_guard lock{mutex_};
    if (const auto began = reading_.extract(cls)) {
      const auto& [since, took] = began.mapped();
      took->observe(std::chrono::steady_clock::now() - since);
    }
  }
  driver_->recovered(cls, owner_epoch);
}

void cluster_side::preloaded(class_id cls) {
  const auto seen = driver_->picture();
  if (const auto owner = seen->owners.find(cls); owner != seen->owners.end() && owner->second.name != name_)
    tell(owner->second.name, cls, owner->second.owner_epoch, preloaded_report{});
}

void cluster_side::stopped(class_id cls) {
  if (driver_)
    driver_->stopped(cls);
}

void cluster_side::hint(race_key key) {
  const auto seen = driver_->picture();
  if (const auto owner = seen->owners.find(key.cls); owner != seen->owners.end() && owner->second.name != name_)
    tell(owner->second.name, key.cls, owner->second.owner_epoch, journal_hint{key.race});
}

bool cluster_side::owns(class_id cls) const {
  return driver_ && driver_->owns(cls);
}

bool cluster_side::may_ingest() const {
  return !driver_ || std::chrono::abs(driver_->clock_ahead()) <= most_clock_offset;
}

std::size_t cluster_side::nodes() const {
  const auto seen = picture();
  const auto serving = std::count_if(seen->members.begin(), seen->members.end(),
                                     [](const auto& member) { return member.state == ownership::life::live; });
  return std::max<std::size_t>(1, static_cast<std::size_t>(serving));
}

// -- from the driver ---------------------------------------------------------------------------------------------------

void cluster_side::on_start(const start_class& what) {
  auto& took = what.how == succession::took_over     ? counts_.took_over
               : what.how == succession::handed_over ? counts_.handed_over
                                                     : counts_.claimed;
  {
    const std::lock_guard lock{mutex_};
    reading_[what.cls] = {std::chrono::steady_clock::now(), &took};
  }
  caf::anon_send(registry_, own_class{what.cls, what.owner_epoch});
  counts_.classes_started.add();
  if (what.how == succession::took_over)
    counts_.classes_taken_over.add();
  const auto* kind = what.how == succession::took_over     ? "took_over"
                     : what.how == succession::handed_over ? "handed_over"
                                                           : "owner_changed";
  publish_event(kind, fmt::format(R"("classId":{},"epoch":{},"node":"{}","before":"{}")", what.cls.value(),
                                  what.owner_epoch.value(), name_, what.before));
}

void cluster_side::on_stop(const stop_class& what) {
  caf::anon_send(registry_, disown_class{what.cls});
  log_event(log_level::info, "class.stopped",
            {{"class", what.cls},
             {"epoch", what.owner_epoch},
             {"reason", std::string{what.why == stop_reason::fenced     ? "fenced"
                                    : what.why == stop_reason::released ? "released"
                                                                        : "lost"}}});
  if (what.why != stop_reason::fenced)
    return;
  counts_.classes_fenced.add();
  publish_event("fenced", fmt::format(R"("classId":{},"epoch":{},"node":"{}")", what.cls.value(),
                                      what.owner_epoch.value(), name_));
}

void cluster_side::on_offer(const offer_class& what) {
  tell(what.to, what.cls, what.owner_epoch, preload_offer{});
}

void cluster_side::on_cancel(const cancel_offer& what) {
  tell(what.to, what.cls, epoch{}, preload_cancel{});
}

void cluster_side::on_trust(trust now) {
  log_event(now == trust::fresh ? log_level::info : log_level::warn, "cluster.trust",
            {{"state", std::string{now == trust::fresh   ? "fresh"
                                   : now == trust::stale ? "stale"
                                                         : "suspect"}}});
}

void cluster_side::on_peer(const heartbeat& last, bool up, bool speaks_with_us) {
  publish_event(up ? "joined" : "left", fmt::format(R"("node":"{}")", last.name));
  log_event(log_level::info, up ? "cluster.joined" : "cluster.left",
            {{"node", last.name}, {"address", last.address}, {"speaks_with_us", speaks_with_us ? 1 : 0}});
  if (up && speaks_with_us) {
    connect(last);
    return;
  }
  const std::lock_guard lock{mutex_};
  early_.erase(last.name);
  if (peers_)
    peers_->disconnect(last.name);
}

void cluster_side::connect(const heartbeat& last) {
  std::shared_ptr<peers> to;
  {
    const std::lock_guard lock{mutex_};
    if (!peers_)
      early_[last.name] = last;
    to = peers_;
  }
  if (!to)
    return;
  const auto colon = last.address.rfind(':');
  if (colon == std::string::npos)
    return;
  peer_target where;
  where.who = {last.name, last.incarnation};
  where.host = last.address.substr(0, colon);
  if (where.host.starts_with('[') && where.host.ends_with(']'))
    where.host = where.host.substr(1, where.host.size() - 2);
  where.port = static_cast<std::uint16_t>(std::strtoul(last.address.c_str() + colon + 1, nullptr, 10));
  to->connect(where);
}

void cluster_side::on_give_up(const std::string& why) {
  log_event(log_level::error, "cluster.refused", {{"why", why}});
  std::fprintf(stderr, "alleycat-node: this node cannot join the cluster: %s\n", why.c_str());
  std::fflush(nullptr);
  // Nothing acknowledged is held here: the journal has it.
  std::_Exit(1);
}

void cluster_side::on_left() {
  const std::lock_guard lock{mutex_};
  left_ = true;
  changed_.notify_all();
}

void cluster_side::leave() {
  if (!leaving_.test_and_set())
    kill(getpid(), SIGTERM);
}

void cluster_side::publish_event(std::string_view kind, const std::string& fields) {
  if (publisher_ != nullptr)
    publisher_->publish_cluster_event(kind, fields);
}

// -- from and to the peers ---------------------------------------------------------------------------------------------

void cluster_side::met(const peer_identity& from, class_id cls, epoch by) {
  const auto seen = driver_->picture();
  epoch highest;
  for (const auto& [owned, owner] : seen->owners)
    highest = std::max(highest, owner.owner_epoch);
  for (const auto& member : seen->members)
    highest = std::max(highest, member.last.highest);
  if (is_plausible(by, highest))
    return driver_->met(cls, by);
  counts_.peer_epochs_refused.add();
  log_event(log_level::warn, "peer.absurd_epoch", {{"node", from.node}, {"class", cls}, {"epoch", by}});
}

std::optional<std::pair<peer_fault, std::string>> cluster_side::judge(const peer_identity&, const peer_hello& hello) {
  return judge_hello(hello, hello_, driver_->picture()->format);
}

void cluster_side::on_ask(const peer_identity& from, class_id cls, epoch by, peer_request what, peer_reply reply) {
  if (by != epoch{} && cls != class_id{})
    met(from, cls, by);
  if (auto* question = std::get_if<peer_question>(&what)) {
    query asked{std::move(question->subject), std::move(question->payload), {}, {}, true, {}};
    asked.answer = [reply](std::string json) { reply(std::move(json)); };
    caf::anon_send(queries_, std::move(asked));
    return;
  }
  if (const auto* hint = std::get_if<journal_hint>(&what)) {
    if (owns(cls))
      caf::anon_send(registry_, race_hint{{cls, hint->race}});
  } else if (std::get_if<preload_offer>(&what) != nullptr) {
    caf::anon_send(registry_, preload_class{cls});
  } else if (std::get_if<preload_cancel>(&what) != nullptr) {
    caf::anon_send(registry_, preload_over{cls});
  } else if (std::get_if<preloaded_report>(&what) != nullptr) {
    driver_->preloaded(cls, from.node);
  } else if (std::get_if<drain_request>(&what) != nullptr) {
    log_event(log_level::info, "node.drain_asked", {{"by", from.node}});
    leave();
  } else {
    reply(peer_refusal{"unknown_request", "this node does not know that"});
    return;
  }
  reply(peer_done{});
}

void cluster_side::on_link(const link_event& what) {
  log_event(what.what == link_event::kind::up ? log_level::info : log_level::warn, "peer.link",
            {{"node", what.peer.node},
             {"state", std::string{to_string(what.what)}},
             {"address", what.address},
             {"detail", what.detail}});
  if (what.fault != peer_fault::none)
    publish_event("peer_refused", fmt::format(R"("node":"{}","peer":"{}","address":"{}","reason":"{}")", name_,
                                              what.peer.node, what.address, to_string(what.fault)));
  if (what.what == link_event::kind::down && driver_)
    driver_->connection_down(what.peer.node);
}

void cluster_side::ask_node(const std::string& node, class_id cls, epoch by, peer_request what,
                            std::chrono::milliseconds deadline, peer_done_handler done) {
  std::shared_ptr<peers> link;
  std::shared_ptr<peer_detour> detour;
  {
    const std::lock_guard lock{mutex_};
    link = peers_;
    detour = detour_;
  }
  if (!link || !detour)
    return done(peer_trouble::down);
  if (!link->is_up(node))
    return detour->ask(node, cls, by, std::move(what), deadline, std::move(done));
  // CAF takes up to 6 s to notice that a link is cut. Weak: the links tell their end to what is left by then.
  auto again = [detour = std::weak_ptr{detour}, node, cls, by, what, deadline, done](peer_outcome how) {
    const auto* why = std::get_if<peer_trouble>(&how);
    const auto way =
        why != nullptr && (*why == peer_trouble::down || *why == peer_trouble::timed_out) ? detour.lock() : nullptr;
    if (way && deadline > link_patience)
      way->ask(node, cls, by, what, deadline - link_patience, done);
    else
      done(std::move(how));
  };
  link->ask(node, cls, by, std::move(what), std::min<std::chrono::milliseconds>(deadline, link_patience),
            std::move(again));
}

void cluster_side::tell(const std::string& node, class_id cls, epoch by, peer_request what) {
  ask_node(node, cls, by, std::move(what), note_deadline, [](const peer_outcome&) {});
}

std::vector<peer_row> cluster_side::peer_rows() const {
  std::shared_ptr<peers> of;
  {
    const std::lock_guard lock{mutex_};
    of = peers_;
  }
  return of ? of->rows() : std::vector<peer_row>{};
}

std::uint64_t cluster_side::peer_refusals(peer_fault why) const {
  const std::lock_guard lock{mutex_};
  return peers_ ? peers_->refusals(why) : 0;
}

std::shared_ptr<const peer_detour> cluster_side::detour() const {
  const std::lock_guard lock{mutex_};
  return detour_;
}

// -- questions ---------------------------------------------------------------------------------------------------------

std::shared_ptr<const cluster_picture> cluster_side::picture() const {
  if (!driver_)
    return std::make_shared<const cluster_picture>();
  return driver_->picture();
}

void cluster_side::ask_owner(class_id cls, const std::string& subject, const std::string& body,
                             std::function<void(std::string)> done) {
  const auto seen = driver_->picture();
  const auto owner = seen->owners.find(cls);
  if (owner == seen->owners.end() || owner->second.name == name_)
    return done(error_text("no_owner", fmt::format("class {} has no owner at the moment; ask again", cls.value())));
  const auto node = owner->second.name;
  ask_node(node, cls, owner->second.owner_epoch, peer_question{subject, body, question_deadline}, question_deadline,
           [done, node](const peer_outcome& outcome) { done(text_of(outcome, node)); });
}

void cluster_side::ask_others(const std::string& subject, const std::string& body,
                              std::function<void(std::vector<std::string>)> done) {
  std::set<std::string> nodes;
  for (const auto& [cls, owner] : driver_->picture()->owners)
    if (owner.name != name_)
      nodes.insert(owner.name);
  if (nodes.empty())
    return done({});
  struct gathering {
    std::mutex mutex;
    std::vector<std::string> answers;
    std::size_t missing = 0;
  };
  const auto gathered = std::make_shared<gathering>();
  gathered->missing = nodes.size();
  for (const auto& node : nodes)
    ask_node(node, class_id{}, epoch{}, peer_question{subject, body, gather_deadline}, gather_deadline,
             [gathered, done](const peer_outcome& outcome) {
               std::vector<std::string> all;
               {
                 const std::lock_guard lock{gathered->mutex};
                 if (const auto* answer = std::get_if<peer_answer>(&outcome))
                   if (const auto* json = std::get_if<std::string>(answer))
                     gathered->answers.push_back(*json);
                 if (--gathered->missing != 0)
                   return;
                 all.swap(gathered->answers);
               }
               done(std::move(all));
             });
}

bool cluster_side::drain_node(const std::string& name, std::function<void(std::string)> done) {
  if (name == name_) {
    done(R"({"ok":true})");
    leave();
    return true;
  }
  const auto seen = driver_->picture();
  if (std::none_of(seen->members.begin(), seen->members.end(), [&](const auto& m) { return m.last.name == name; }))
    return false;
  ask_node(name, class_id{}, epoch{}, drain_request{}, note_deadline, [done, name](const peer_outcome& outcome) {
    const auto* answer = std::get_if<peer_answer>(&outcome);
    done(answer != nullptr && std::holds_alternative<peer_done>(*answer)
             ? R"({"ok":true})"
             : error_text("no_answer", "node " + name + " did not answer"));
  });
  return true;
}

} // namespace alleycat

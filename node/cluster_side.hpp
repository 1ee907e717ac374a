/// What joins the shards of this node to the cluster: decisions come from the driver, questions go to other nodes.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/meters.hpp"
#include "actors/ports.hpp"
#include "node/membership/cluster_driver.hpp"
#include "node/peers/detour.hpp"
#include "node/peers/peers.hpp"
#include "node/ports/publisher.hpp"
#include "node/queries/queries.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace alleycat {

/// Made before the actors, started after them. Callbacks come on threads of the driver and of the peers; none blocks.
class cluster_side : public ownership_port, public owner_desk, public driver_listener, public peer_handler {
public:
  struct settings {
    driver_settings driver;
    peer_settings peers; ///< the incarnation is filled in
    std::function<void()> before_listening;
    const nats_connection* connection = nullptr; ///< for what peers without a link ask each other; outlives this
  };

  cluster_side(meters& counts, nats_publisher* const& publisher) : counts_{counts}, publisher_{publisher} {}
  ~cluster_side() override;

  /// @throws std::runtime_error when the node cannot listen, or the bucket does not answer within a minute
  void start(caf::actor_system& system, settings how, registry_actor registry, query_actor queries);
  /// Hands everything over and leaves. @param patience  after which it returns whatever is left
  void drain(std::chrono::milliseconds patience);
  /// Nothing is called any more.
  void stop();

  cluster_driver* driver() { return driver_.get(); }
  const std::string& node() const { return name_; }
  /// Empty before there are peers.
  std::vector<peer_row> peer_rows() const;
  /// Of peers that were not spoken with, messages that were not taken. 0 before there are peers.
  std::uint64_t peer_refusals(peer_fault why) const;
  /// Null before there are peers.
  std::shared_ptr<const peer_detour> detour() const;
  milliseconds clock_ahead() const { return driver_ ? driver_->clock_ahead() : milliseconds{0}; }
  bool trusted() const { return driver_ && driver_->trusted(); }

  // ownership_port
  void recovered(class_id cls, epoch owner_epoch) override;
  void preloaded(class_id cls) override;
  void stopped(class_id cls) override;
  void hint(race_key key) override;
  bool owns(class_id cls) const override;
  bool may_ingest() const override;
  std::size_t nodes() const override;

  // owner_desk
  void ask_owner(class_id cls, const std::string& subject, const std::string& body,
                 std::function<void(std::string)> done) override;
  void ask_others(const std::string& subject, const std::string& body,
                  std::function<void(std::vector<std::string>)> done) override;
  std::shared_ptr<const cluster_picture> picture() const override;
  bool drain_node(const std::string& name, std::function<void(std::string)> done) override;

private:
  // driver_listener
  void on_start(const start_class& what) override;
  void on_stop(const stop_class& what) override;
  void on_offer(const offer_class& what) override;
  void on_cancel(const cancel_offer& what) override;
  void on_trust(trust now) override;
  void on_peer(const heartbeat& last, bool up, bool speaks_with_us) override;
  void on_give_up(const std::string& why) override;
  void on_left() override;

  // peer_handler
  std::optional<std::pair<peer_fault, std::string>> judge(const peer_identity& who, const peer_hello& hello) override;
  void on_ask(const peer_identity& from, class_id cls, epoch by, peer_request what, peer_reply reply) override;
  void on_link(const link_event& what) override;

  void met(const peer_identity& from, class_id cls, epoch by);
  void connect(const heartbeat& last);
  /// Over the link, and over NATS when there is none or it does not answer.
  void ask_node(const std::string& node, class_id cls, epoch by, peer_request what, std::chrono::milliseconds deadline,
                peer_done_handler done);
  void tell(const std::string& node, class_id cls, epoch by, peer_request what);
  void publish_event(std::string_view kind, const std::string& fields);
  /// As SIGTERM does, however often it is asked for: a second signal would end the process at once.
  void leave();

  meters& counts_;
  nats_publisher* const& publisher_;
  std::string name_;
  peer_hello hello_; ///< our own
  registry_actor registry_;
  query_actor queries_;
  std::unique_ptr<cluster_driver> driver_;
  std::atomic_flag leaving_ = ATOMIC_FLAG_INIT;

  mutable std::mutex mutex_; ///< guards what follows
  std::condition_variable changed_;
  /// Terms whose class and races are still being read: since when, and where the time they take is counted.
  std::map<class_id, std::pair<std::chrono::steady_clock::time_point, histogram*>> reading_;
  std::map<std::string, heartbeat> early_; ///< members that were seen before there were peers
  std::shared_ptr<peers> peers_;
  std::shared_ptr<peer_detour> detour_;
  bool left_ = false;
};

} // namespace alleycat

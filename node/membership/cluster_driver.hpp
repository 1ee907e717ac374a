/// Runs the ownership machine of this node on the cluster's bucket.
///
///     bucket on NATS ──events──▶ ┌────────────────┐ ──on_start, on_stop, on_offer …──▶ driver_listener
///                   ◀─commands── │ cluster_driver │
///     epochs elsewhere, notes ─▶ │  (ownership)   │ ◀──recovered, preloaded, stopped, health …── any thread
///                                └────────────────┘ ──trusted, picture──▶ any thread
#pragma once

#include "cluster/ownership.hpp"
#include "node/membership/clock_gauge.hpp"
#include "node/nats/cluster_bucket.hpp"
#include "node/nats/worker.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace alleycat {

/// What is decided for this node. Called on the driver's thread, in order; must not block. May call the driver.
class driver_listener {
public:
  virtual ~driver_listener() = default;
  virtual void on_start(const start_class& what) = 0;
  virtual void on_stop(const stop_class& what) = 0;
  virtual void on_offer(const offer_class& what) = 0;
  virtual void on_cancel(const cancel_offer& what) = 0;
  virtual void on_trust(trust now) = 0;
  virtual void on_peer(const heartbeat& last, bool up, bool speaks_with_us) = 0;
  /// This node cannot be a member. Nothing comes after it.
  virtual void on_give_up(const std::string& why) = 0;
  /// Drained. Nothing comes after it.
  virtual void on_left() = 0;
};

/// The cluster as this node sees it.
struct cluster_picture {
  std::vector<ownership::member_view> members; ///< by name
  std::map<class_id, ownership::owner> owners;
  std::vector<ownership::owned> own;
  trust trusted = trust::stale;
  std::uint64_t incarnation = 0; ///< 0 until the bucket was read
  std::uint32_t format = 1;      ///< what may be written
  bool draining = false;
};

struct driver_settings {
  std::vector<std::string> urls;
  ownership_settings ownership;
  /// The highest epoch in results, changelog and LMDB; may block and throw.
  std::function<epoch()> look_outside = [] { return epoch{}; };
  std::function<unix_ms()> wall_clock = {}; ///< none: the system's
  std::function<steady_time()> clock = {};  ///< none: `boot_now`
};

/// Its own thread ticks the machine every 200 ms by the boot clock, so that nothing that happens elsewhere in this process
/// delays a heartbeat; what may block (looking for epochs, noting a generation) has another one. Runs until it is
/// destroyed, gave up or has left.
class cluster_driver {
public:
  /// @param listener  outlives this
  /// @throws std::runtime_error for a URL that is none. A server that does not answer is waited for, for ever.
  cluster_driver(driver_settings settings, driver_listener& listener);
  ~cluster_driver();
  /// The same; what was known last can still be asked for, and nothing is owned or trusted any more. May be called twice.
  void halt();
  cluster_driver(const cluster_driver&) = delete;
  cluster_driver& operator=(const cluster_driver&) = delete;

  /// Ends at once, without leaving: to the others this node has died. See `drain`. The listener is not called any more; what
  /// is asked and told afterwards does no harm.
  void stop();

  // Thread safe, do not block.
  /// @param fit    the connections of journal and output answer
  /// @param ready  the store has caught up
  void health(bool fit, bool ready);
  void recovered(class_id cls, epoch owner_epoch);
  void preloaded(class_id cls, const std::string& by);
  /// What was stopped last of this class has ended.
  void stopped(class_id cls);
  /// An epoch that was seen outside the bucket.
  void met(class_id cls, epoch owner_epoch);
  void connection_down(const std::string& member);
  void drain();
  void set_load(const node_load& load);

  /// Whether what is owned here is known to be owned at this moment. Cheap; to be looked at again each time.
  bool trusted() const {
    return settings_.clock().time_since_epoch().count() < trusted_until_.load(std::memory_order_acquire);
  }
  /// By how much this node's wall clock is at least ahead of the server's, by the last own heartbeat that came back; 0 while
  /// they may agree.
  milliseconds clock_ahead() const { return clock_ahead_.load(std::memory_order_relaxed); }
  bool owns(class_id cls) const;
  std::shared_ptr<const cluster_picture> picture() const;

  const nats_connection& connection() const { return bucket_->connection(); }

private:
  /// What came in from other threads since the last step. Bounded by the classes, the members and `most_events`.
  struct inputs {
    std::deque<bucket_event> events;
    std::map<class_id, epoch> recovered, met;
    std::map<class_id, std::set<std::string>> preloaded;
    std::set<class_id> stopped;
    std::set<std::string> down;
    std::optional<std::pair<bool, bool>> health;
    std::optional<node_load> load;
    std::optional<std::pair<std::uint64_t, epoch>> outside; ///< with the round it was asked in
    std::optional<std::uint64_t> noted;
    bool drain = false;
    bool any = false;
  };

  template <class Change>
  void put_in(Change change);
  void put_in_event(const bucket_event& event);
  void work();
  void step(inputs in);
  template <class Input>
  void feed(Input input);
  void feed_events(std::deque<bucket_event> events);
  void measure_clock(const bucket_event& event);
  void execute(const command& what);
  void find_outside(std::uint64_t round, milliseconds pause);
  void note(std::uint64_t generation, milliseconds pause);
  void take_picture();

  driver_settings settings_;
  driver_listener& listener_;
  std::atomic<steady_time::rep> trusted_until_;
  std::atomic<milliseconds> clock_ahead_{milliseconds{0}};

  // Of the driver's thread.
  ownership machine_;
  clock_gauge gauge_;
  std::map<class_id, epoch> stopped_by_; ///< the epoch of what was stopped last
  std::uint64_t round_ = 0;              ///< of looks outside
  bool over_ = false;

  mutable std::mutex mutex_; ///< guards what follows
  std::condition_variable changed_;
  inputs in_;
  std::atomic<bool> stopping_{false};
  std::shared_ptr<const cluster_picture> picture_ = std::make_shared<const cluster_picture>();

  nats_connection notes_;
  jetstream js_;
  std::unique_ptr<jetstream_bucket> bucket_;
  std::unique_ptr<worker> blocking_;
  std::thread thread_; ///< last: uses the rest
};

/// Since the machine was booted, suspend included.
steady_time boot_now();

} // namespace alleycat

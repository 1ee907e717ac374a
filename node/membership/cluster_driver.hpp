/// Runs the ownership machine of this node on the cluster's bucket.
#pragma once

#include "cluster/ownership.hpp"
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
#include <string>
#include <thread>
#include <vector>

namespace alleycat {

/// What is decided for this node. Called on the driver's thread, in order; must not block.
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
  std::uint64_t incarnation = 0;
  bool draining = false;
};

struct driver_settings {
  std::vector<std::string> urls;
  ownership_settings ownership;
  /// The highest epoch in results, changelog and LMDB; may block and throw.
  std::function<epoch()> look_outside;
};

/// Its own thread ticks the machine every 100 ms by the boot clock, so that nothing that happens elsewhere in this process
/// delays a heartbeat; what may block (looking for epochs, noting a generation) has another one.
class cluster_driver {
public:
  /// @param listener  outlives this
  cluster_driver(driver_settings settings, driver_listener& listener);
  ~cluster_driver();
  cluster_driver(const cluster_driver&) = delete;
  cluster_driver& operator=(const cluster_driver&) = delete;

  // Thread safe, do not block.
  void health(bool fit, bool ready);
  void recovered(class_id cls, epoch owner_epoch);
  void preloaded(class_id cls, const std::string& by);
  void stopped(class_id cls);
  void met(class_id cls, epoch owner_epoch);
  void connection_down(const std::string& member);
  void drain();
  void set_load(const node_load& load);

  /// Whether what is owned here is known to be owned at this moment. Cheap.
  bool trusted() const;
  /// Of this node's wall clock before the server's, by the last own heartbeat that came back.
  std::int64_t clock_ahead_ms() const { return clock_ahead_ms_.load(std::memory_order_relaxed); }
  bool owns(class_id cls) const;
  std::shared_ptr<const cluster_picture> picture() const;

  const nats_connection& connection() const { return bucket_->connection(); }

private:
  using input = std::function<commands(ownership&, steady_time)>;

  void post(input what);
  void work();
  void carry_out_all(const commands& decided);
  void execute(const command& what);
  void look_outside();
  void note(std::uint64_t generation);
  void take_picture();
  void measure_clock(const bucket_event& event);

  driver_settings settings_;
  driver_listener& listener_;
  ownership machine_;
  std::atomic<steady_time::rep> trusted_until_{0};
  std::atomic<bool> fresh_{false};
  std::atomic<std::int64_t> clock_ahead_ms_{0};
  std::uint64_t counter_back_ = 0;    ///< of the bucket's thread: the last own beat that came back
  std::map<class_id, epoch> running_; ///< of the driver's thread: by what epoch a class was started last

  mutable std::mutex mutex_; ///< guards what follows
  std::condition_variable changed_;
  std::deque<input> inputs_;
  bool stopping_ = false;
  std::shared_ptr<const cluster_picture> picture_ = std::make_shared<const cluster_picture>();

  nats_connection notes_;
  jetstream js_;
  worker blocking_;
  std::unique_ptr<jetstream_bucket> bucket_;
  std::thread thread_; ///< last: uses the rest
};

/// Since the machine was booted, suspend included.
steady_time boot_now();

} // namespace alleycat

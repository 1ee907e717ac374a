/// A cluster in simulated time: nodes that are `ownership` and nothing else, a bucket, the network between, receivers of what
/// owners send; and whoever watches that the promises are kept.
///
/// A schedule has two parts. First things go wrong, as `choices` says: requests and answers are slow, get lost, arrive long after
/// they were given up; news of the watch come late, twice, in another order or only with the next reading; nodes are
/// killed, started, paused, cut off, drained; the bucket goes away or comes back empty; clocks run at different rates. Then
/// everything is healed, and within a bounded time each entity must have one owner.
#pragma once

#include "cluster/fence.hpp"
#include "cluster/ownership.hpp"
#include "tests/cluster/choices.hpp"
#include "tests/cluster/fake_bucket.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alleycat::testing {

/// Faults on purpose, in the surroundings of the state machine: each must be found by the checks.
struct planted_fault {
  fake_bucket::faults bucket;
  bool claims_by_update = false;        ///< claims are compare-and-swap updates instead of creations
  bool zombies_send = false;            ///< what is owned is sent without a look at `trusted_until` and `trust_changed`
  bool receivers_without_fence = false; ///< everything counts
  bool deaf_to_stop = false;            ///< a fenced owner goes on
};

struct scenario {
  int nodes = 3;
  int classes = 2;
  steady_ms faults_for = 20'000;
  steady_ms quiet_for = 30'000;
  /// After the last fault each entity must have its one owner within this.
  steady_ms settled_within = 12'000;
  /// Later an entity may be without for so long, when it moves.
  steady_ms longest_gap = 2'000;
  steady_ms new_race_each = 4'000; ///< 0: no races
  steady_ms trouble_each = 500;    ///< a fault may begin
  int fault_permille = 120;        ///< how likely it does
  int loss_permille = 30;          ///< of a request, an answer, a piece of news
  bool clocks_differ = true;
  bool start_together = true; ///< else one after the other, 2 s apart
  planted_fault planted;
};

class world {
public:
  world(choices& by, scenario what);
  ~world();

  /// Runs the whole schedule.
  void run();

  /// Broken promises, in the order they were found; empty is good.
  const std::vector<std::string>& broken() const { return broken_; }
  /// From the last fault until each entity had its one owner. @pre nothing was broken
  steady_ms settled_after() const { return settled_at_.value_or(healed_at_) - healed_at_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t fenced() const;
  /// Pairs of an entity and an epoch that something was sent by.
  std::uint64_t owners() const { return owner_of_epoch_.size(); }
  /// Per node, in their order.
  std::vector<int> classes_held() const;
  /// What happened, for a failed schedule.
  std::string story() const;

private:
  struct node;
  struct race;
  using action = std::function<void()>;

  // world.cpp: time, faults
  void at(steady_ms when, action what);
  void after(steady_ms delay, action what) { at(now_ + delay, std::move(what)); }
  void tell(const std::string& what);
  void wrong(const std::string& what);
  steady_ms network_delay(about what);
  void make_trouble();
  void heal();
  void start_node(node& n);
  void end_node(node& n, const char* how);
  void process_over(node& n);
  void pause(node& n, steady_ms how_long);
  void wake(node& n);
  void cut(node& n, steady_ms how_long);
  void lose_bucket();
  void new_race();
  bool open(const entity& what) const;

  // world_node.cpp: what a node does
  void tick(node& n);
  void to_process(node& n, std::uint64_t process, action what);
  void obey(node& n, commands orders);
  void obey(node& n, const put_entry& x);
  void obey(node& n, const create_entry& x);
  void obey(node& n, const read_entry& x);
  void obey(node& n, const erase_entry& x);
  void obey(node& n, const read_entries& x);
  void obey(node& n, const start_entity& x);
  void obey(node& n, const stop_entity& x);
  void obey(node& n, const look_outside& x);
  void obey(node& n, const note_generation& x);
  void obey(node& n, const offer_entity& x);
  void obey(node& n, const trust_changed& x);
  void obey(node& n, const peer_up& x);
  void obey(node& n, const peer_down& x);
  void obey(node& n, const give_up& x);
  void obey(node& n, const leave_cluster& x);
  void send_output(node& n);
  void request(node& n, about what, action at_bucket, action answer);
  void take(node& n, const bucket_event& what);
  void read_all(node& n);
  void news(const bucket_entry& entry);
  bool same_bucket(node& n);

  // world_checks.cpp: promises
  void check_output(const node& n, const entity& what, epoch at);
  void receive(std::size_t to, const std::string& sender, const entity& what, epoch at);
  void check_left(const node& n);
  void check_settled();
  void check_end();
  epoch highest_claim(const entity& what, const node* not_of = nullptr) const;

  choices& by_;
  scenario plan_;
  fake_bucket bucket_;
  bool bucket_away_ = false;
  std::vector<std::unique_ptr<node>> nodes_;
  std::map<entity, race> races_;
  std::uint64_t noted_ = 0; ///< the highest generation that was noted outside the bucket

  struct event {
    steady_ms when = 0;
    std::uint64_t order = 0;
    action what;
    bool operator>(const event& other) const { return std::pair{when, order} > std::pair{other.when, other.order}; }
  };
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  steady_ms now_ = 0;
  steady_ms healed_at_ = 0;
  std::optional<steady_ms> settled_at_;
  steady_ms whole_at_ = 0;
  steady_ms looked_at_ = 0;
  bool healed_ = false;

  std::map<std::pair<entity, epoch>, std::string> owner_of_epoch_;
  struct receiver {
    fence gate;
    std::map<entity, epoch> counted;
  };
  std::array<receiver, 3> receivers_;
  std::uint64_t sent_ = 0;
  std::vector<std::string> broken_;
  std::vector<std::string> story_;
};

} // namespace alleycat::testing

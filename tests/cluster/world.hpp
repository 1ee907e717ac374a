/// A cluster in simulated time: nodes that are `ownership` and nothing else, a bucket, the network between, receivers of what
/// owners send; and whoever watches that the promises are kept.
///
/// A schedule has two parts. First things go wrong, as `choices` says: requests and answers are slow, get lost, arrive long after
/// they were given up; news of the watch come late, twice, in another order or only with the next reading; nodes are
/// killed, started, paused, cut off, drained, unfit, and never recover; the bucket goes away and comes back to each at another moment,
/// empty, or as it was earlier; a key is deleted or is garbage; clocks run at different rates. Then everything is healed, and within a
/// bounded time each class must have one owner.
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
  milliseconds faults_for{20'000};
  milliseconds quiet_for{30'000};
  /// After the last fault each class must have its one owner within this: the sum of what may have to be waited for one after the
  /// other, a reading that gets lost (2 s), a bucket set back (3 s), a claim of nobody (3 s) and a retried step (1.6 s). Within
  /// `settled_late` when several nodes are down together, which looks like a broker's death to the others.
  milliseconds settled_within{10'000};
  milliseconds settled_late{15'000};
  /// Later a class may be without for so long, when it moves.
  milliseconds longest_gap{1'000};
  bool anybody_ready = true;
  /// When all is well, whoever owns class 1 is killed; 0: nobody.
  milliseconds kill_owner_at{0};
  milliseconds trouble_each{500}; ///< a fault may begin
  int fault_permille = 120;       ///< how likely it does
  int loss_permille = 30;         ///< of a request, an answer, a piece of news
  bool clocks_differ = true;
  bool start_together = true; ///< else one after the other, 2 s apart
  /// A watch tells everything, as NATS' ordered consumers do, but for who is cut off: then no two owners may send side by side.
  bool news_is_whole = false;
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
  /// From the last fault until each class had its one owner. @pre nothing was broken
  milliseconds settled_after() const { return settled_at_.value_or(healed_at_) - healed_at_; }
  /// The longest time that a class was without its one owner after that.
  milliseconds longest_gap() const { return gap_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t fenced() const;
  /// Pairs of a class and an epoch that something was sent by.
  std::uint64_t owners() const { return owner_of_epoch_.size(); }
  /// Per node, in their order.
  std::vector<int> classes_held() const;
  /// What happened, for a failed schedule.
  std::string story() const;

private:
  struct node;
  using action = std::function<void()>;

  // world.cpp: time, faults
  void at(milliseconds when, action what);
  void after(milliseconds delay, action what) { at(now_ + delay, std::move(what)); }
  void tell(const std::string& what);
  void wrong(const std::string& what);
  milliseconds network_delay(about what);
  void make_trouble();
  void heal();
  void start_node(node& n);
  void end_node(node& n, const char* how);
  void process_over(node& n);
  void pause(node& n, milliseconds how_long);
  void wake(node& n);
  void set_health(node& n, bool fit, bool ready);
  void cut(node& n, milliseconds how_long);
  void lose_bucket();
  void restore_bucket();
  void spoil_a_claim();
  void bring_bucket_back();
  ownership_settings settings_of(node& n);

  // world_node.cpp: what a node does
  void tick(node& n);
  void to_process(node& n, std::uint64_t process, action what);
  void obey(node& n, commands orders);
  void obey(node& n, const put_entry& x);
  void obey(node& n, const create_entry& x);
  void obey(node& n, const read_entry& x);
  void obey(node& n, const erase_entry& x);
  void obey(node& n, const read_entries& x);
  void obey(node& n, const start_class& x);
  void obey(node& n, const stop_class& x);
  void obey(node& n, const look_outside& x);
  void obey(node& n, const note_generation& x);
  void obey(node& n, const offer_class& x);
  void obey(node& n, const cancel_offer& x);
  void obey(node& n, const report_oddity& x);
  void obey(node& n, const trust_changed& x);
  void obey(node& n, const peer_up& x);
  void obey(node& n, const peer_down& x);
  void obey(node& n, const give_up& x);
  void obey(node& n, const leave_cluster& x);
  void send_output(node& n);
  void request(node& n, about what, action at_bucket, action answer);
  void on_event(node& n, const bucket_event& what);
  void read_all(node& n);
  void news(const bucket_entry& entry);
  bool same_bucket(node& n);

  // world_checks.cpp: promises
  void check_output(const node& n, class_id cls, epoch owner_epoch);
  void receive(std::size_t to, const std::string& sender, class_id cls, epoch owner_epoch);
  void check_left(const node& n);
  void check_settled();
  void check_end();
  epoch highest_claim(class_id cls, const node* not_of = nullptr) const;
  std::vector<class_id> classes() const;

  choices& by_;
  scenario plan_;
  fake_bucket bucket_;
  bool bucket_away_ = false;
  std::vector<std::unique_ptr<node>> nodes_;
  fake_bucket::snapshot earlier_; ///< what it may come back as
  std::uint64_t noted_ = 0;       ///< the highest generation that was noted outside the bucket

  struct event {
    milliseconds when{0};
    std::uint64_t order = 0;
    action what;
    bool operator>(const event& other) const { return std::pair{when, order} > std::pair{other.when, other.order}; }
  };
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  milliseconds now_{0};
  milliseconds healed_at_{0};
  std::optional<milliseconds> settled_at_;
  milliseconds whole_at_{0};
  milliseconds looked_at_{0};
  milliseconds started_at_{0}; ///< a class, the last time
  milliseconds gap_{0};
  bool healed_ = false;

  std::map<std::pair<class_id, epoch>, std::string> owner_of_epoch_;
  std::map<class_id, std::map<epoch, milliseconds>> first_sent_; ///< since the bucket is this one
  struct receiver {
    fence gate;
    std::map<class_id, epoch> counted;
  };
  std::array<receiver, 3> receivers_;
  std::uint64_t sent_ = 0;
  std::vector<std::string> broken_;
  std::vector<std::string> story_;
};

} // namespace alleycat::testing

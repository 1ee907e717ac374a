/// Several drivers on one nats-server, as if each were a node.
#include "cluster/fence.hpp"
#include "cluster/rule_text.hpp"
#include "node/membership/cluster_driver.hpp"
#include "tests/node/nats_servers.hpp"

#include <iostream>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

/// How long this machine kept threads from running: added to what the test allows.
class stall_meter {
public:
  stall_meter() : thread_{[this] { measure(); }} {}
  ~stall_meter() {
    stopping_ = true;
    thread_.join();
  }
  milliseconds lost() const { return milliseconds{lost_ms_.load()}; }

private:
  void measure() {
    while (!stopping_) {
      const auto before = boot_now();
      std::this_thread::sleep_for(10ms);
      lost_ms_ += std::max<std::int64_t>((boot_now() - before - 15ms).count(), 0);
    }
  }
  std::atomic<std::int64_t> lost_ms_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class node;

/// Everybody who listens to what owners publish, and the network between nodes.
class stage {
public:
  /// Hears the output of one term. @returns whether it counts
  void hear(const std::string& from, class_id cls, epoch owner_epoch) {
    const std::lock_guard lock{mutex_};
    if (!gate_.admit(cls, owner_epoch))
      return;
    const auto [owner, fresh] = owners_.try_emplace({cls, owner_epoch}, from);
    if (owner->second != from)
      faults_.push_back(std::to_string(cls.value()) + " by " + std::to_string(owner_epoch.value()) + " from " + from +
                        " and " + owner->second);
    last_[cls] = {from, boot_now()};
  }

  std::vector<std::string> faults() const {
    const std::lock_guard lock{mutex_};
    return faults_;
  }
  /// Who was heard last, for each class.
  std::map<class_id, std::string> heard() const {
    const std::lock_guard lock{mutex_};
    std::map<class_id, std::string> all;
    for (const auto& [cls, last] : last_)
      all[cls] = last.first;
    return all;
  }

  void join(node& who);
  void leave(const std::string& name);
  /// @returns whether there is a node of that name
  bool tell(const std::string& name, const std::function<void(node&)>& what);

private:
  mutable std::mutex mutex_;
  fence gate_;
  std::map<std::pair<class_id, epoch>, std::string> owners_;
  std::map<class_id, std::pair<std::string, steady_time>> last_;
  std::vector<std::string> faults_;
  std::recursive_mutex nodes_mutex_;
  std::map<std::string, node*> nodes_;
};

struct node_setup {
  std::string name;
  std::vector<std::string> urls;
  std::uint16_t classes = 6;
  rule_set rules{race_rules{}, {}};
  std::function<unix_ms()> wall_clock = {};
  std::function<steady_time()> clock = {};
};

driver_settings settings_of(const node_setup& setup) {
  static std::atomic<std::uint64_t> starts{0};
  driver_settings settings;
  settings.urls = setup.urls;
  settings.wall_clock = setup.wall_clock;
  settings.clock = setup.clock;
  auto& own = settings.ownership;
  own.name = setup.name;
  own.address = setup.name + ":1";
  own.protocol = 1;
  own.rules = rules_text(setup.rules);
  own.rules_digest = rules_digest(setup.rules);
  own.starts = ++starts;
  for (std::uint16_t number = 1; number <= setup.classes; ++number)
    own.classes.push_back(class_id{number});
  return settings;
}

/// A node whose shards only publish that they are there, each 10 ms.
class node : public driver_listener {
public:
  node(stage& on, const node_setup& setup) : name{setup.name}, on_{on}, driver{settings_of(setup), *this} {
    driver.health(true, true);
    on_.join(*this);
    publisher_ = std::thread{[this] { publish(); }};
  }
  /// As if it were killed: it leaves nothing behind.
  ~node() override {
    stopping_ = true;
    publisher_.join();
    on_.leave(name);
  }

  void on_start(const start_class& what) override {
    const std::lock_guard lock{mutex_};
    owned_[what.cls] = what.owner_epoch;
    starts_.push_back(what);
    driver.recovered(what.cls, what.owner_epoch);
  }
  void on_stop(const stop_class& what) override {
    const std::lock_guard lock{mutex_};
    owned_.erase(what.cls);
    stops_.push_back(what);
    if (what.why == stop_reason::released)
      driver.stopped(what.cls);
  }
  void on_offer(const offer_class& what) override {
    if (on_.tell(what.to, [](node&) {}))
      driver.preloaded(what.cls, what.to);
  }
  void on_cancel(const cancel_offer&) override {}
  void on_trust(trust now) override {
    const std::lock_guard lock{mutex_};
    trusts_.push_back(now);
  }
  void on_peer(const heartbeat& last, bool up, bool) override {
    const std::lock_guard lock{mutex_};
    if (up)
      peers_.insert(last.name);
    else
      peers_.erase(last.name);
  }
  void on_give_up(const std::string& why) override {
    const std::lock_guard lock{mutex_};
    gave_up_ = why;
  }
  void on_left() override { left_ = true; }

  std::map<class_id, epoch> owned() const { return copy(owned_); }
  std::vector<start_class> starts() const { return copy(starts_); }
  std::vector<stop_class> stops() const { return copy(stops_); }
  std::vector<trust> trusts() const { return copy(trusts_); }
  std::set<std::string> peers() const { return copy(peers_); }
  std::string gave_up() const { return copy(gave_up_); }
  bool left() const { return left_; }

  const std::string name;

private:
  template <class What>
  What copy(const What& what) const {
    const std::lock_guard lock{mutex_};
    return what;
  }
  void publish() {
    while (!stopping_) {
      {
        // Looks and publishes in one, as a shard does under its term.
        const std::lock_guard lock{mutex_};
        if (driver.trusted())
          for (const auto& [cls, owner_epoch] : owned_)
            on_.hear(name, cls, owner_epoch);
      }
      std::this_thread::sleep_for(10ms);
    }
  }

  stage& on_;
  mutable std::mutex mutex_;
  std::map<class_id, epoch> owned_;
  std::vector<start_class> starts_;
  std::vector<stop_class> stops_;
  std::vector<trust> trusts_;
  std::set<std::string> peers_;
  std::string gave_up_;
  std::atomic<bool> left_{false};
  std::atomic<bool> stopping_{false};
  std::thread publisher_;

public:
  cluster_driver driver; ///< calls the rest as long as it lives
};

void stage::join(node& who) {
  const std::lock_guard lock{nodes_mutex_};
  nodes_[who.name] = &who;
}
void stage::leave(const std::string& name) {
  const std::lock_guard lock{nodes_mutex_};
  nodes_.erase(name);
}
bool stage::tell(const std::string& name, const std::function<void(node&)>& what) {
  const std::lock_guard lock{nodes_mutex_};
  const auto found = nodes_.find(name);
  if (found == nodes_.end())
    return false;
  what(*found->second);
  return true;
}

/// Nodes on a nats-server of their own.
struct cluster {
  explicit cluster(const std::vector<std::string>& names) {
    for (const auto& name : names)
      add({.name = name, .urls = {server.url()}});
  }
  node& add(const node_setup& setup) {
    nodes[setup.name] = std::make_unique<node>(on, setup);
    return *nodes[setup.name];
  }
  node& operator[](const std::string& name) { return *nodes.at(name); }
  /// Without a word.
  void kill(const std::string& name) { nodes.erase(name); }

  std::size_t owned() const {
    std::size_t all = 0;
    for (const auto& [name, each] : nodes)
      all += each->owned().size();
    return all;
  }
  /// Each class runs once, and everybody knows where.
  bool settled(std::uint16_t classes = 6) const {
    for (const auto& [name, each] : nodes) {
      if (each->left())
        continue;
      const auto seen = each->driver.picture();
      if (seen->owners.size() != classes)
        return false;
      for (const auto& [cls, owner] : seen->owners)
        if (!nodes.contains(owner.name) || nodes.at(owner.name)->owned()[cls] != owner.owner_epoch)
          return false;
    }
    return owned() == classes;
  }

  temporary_folder folder;
  nats_server server = one_server(folder);
  stage on;
  std::map<std::string, std::unique_ptr<node>> nodes;
};

constexpr auto start_limit = 4'000ms;

} // namespace

TEST_CASE("three nodes that start together own each class once, and know it of each other") {
  cluster all{{"a", "b", "c"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  for (const auto& name : {"a", "b", "c"}) {
    const auto seen = all[name].driver.picture();
    REQUIRE(seen->members.size() == 3);
    for (const auto& each : seen->members) {
      CHECK(each.state == ownership::life::live);
      CHECK(each.last.fit);
      CHECK(each.last.ready);
    }
    for (const auto& each : seen->own) {
      CHECK(all[name].owned().at(each.cls) == each.owner_epoch);
      CHECK(all[name].driver.owns(each.cls));
    }
    CHECK(seen->trusted == trust::fresh);
    CHECK(seen->incarnation != 0);
    CHECK(seen->format == 1);
    CHECK(all[name].driver.clock_ahead() == 0ms);
  }
  REQUIRE(comes_true([&] { return all.on.heard().size() == 6; }));
  CHECK(all.on.faults().empty());
}

TEST_CASE("a killed node's classes are published by others within four seconds, by higher epochs") {
  cluster all{{"a", "b", "c"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  // The node with most of them.
  std::string victim = "a";
  for (const auto& name : {"b", "c"})
    if (all[name].owned().size() > all[victim].owned().size())
      victim = name;
  const auto had = all[victim].owned();
  REQUIRE_FALSE(had.empty());
  const stall_meter stalls;
  const auto killed = boot_now();
  all.kill(victim);
  REQUIRE(comes_true([&] { return all.settled(); }));
  const auto took = boot_now() - killed;
  std::cout << "the classes of a killed node started elsewhere after " << took.count() << " ms\n";
  CHECK(took <= start_limit + stalls.lost());
  for (const auto& [name, each] : all.nodes)
    for (const auto& start : each->starts())
      if (had.contains(start.cls)) {
        CHECK(start.how == succession::took_over);
        CHECK(start.before == victim);
        CHECK(start.owner_epoch > had.at(start.cls));
      }
  REQUIRE(comes_true([&] {
    const auto heard = all.on.heard();
    return std::none_of(heard.begin(), heard.end(), [&](const auto& each) { return each.second == victim; });
  }));
  CHECK(all.on.faults().empty());
}

TEST_CASE("a node that drains hands each class over and leaves") {
  cluster all{{"a", "b"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  const std::string from = all["a"].owned().empty() ? "b" : "a", to = from == "a" ? "b" : "a";
  const auto had = all[from].owned();
  const stall_meter stalls;
  const auto asked = boot_now();
  all[from].driver.drain();
  REQUIRE(comes_true([&] { return all[from].left(); }));
  CHECK(boot_now() - asked <= 10s + stalls.lost());
  CHECK(all[from].owned().empty());
  for (const auto& stop : all[from].stops())
    CHECK(stop.why == stop_reason::released);
  // Whoever leaves waits for the new owner.
  CHECK(all[to].owned().size() == 6);
  for (const auto& start : all[to].starts())
    if (had.contains(start.cls))
      CHECK(start.how == succession::handed_over);
  CHECK_FALSE(all[from].driver.trusted());
  CHECK(comes_true([&] { return all[to].peers().empty(); }));
  CHECK(comes_true([&] { return all[to].driver.picture()->members.size() == 1; }));
  CHECK(all.on.faults().empty());
}

TEST_CASE("a node with other rules gives up and says what differs") {
  cluster all{{"a"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  node_setup other{.name = "b", .urls = {all.server.url()}};
  other.rules.race.grace_seconds = 10;
  auto& b = all.add(other);
  REQUIRE(comes_true([&] { return !b.gave_up().empty(); }));
  CHECK_THAT(b.gave_up(), Catch::Contains("race.grace_seconds is 10 here and 30 in the cluster"));
  CHECK(b.starts().empty());
  CHECK_FALSE(b.driver.trusted());
  CHECK(all["a"].owned().size() == 6);
}

TEST_CASE("a process that did not run holds its output back until it has read the claims again") {
  cluster all{{"a"}};
  std::atomic<std::int64_t> slept{0};
  auto& b = all.add(
      {.name = "b", .urls = {all.server.url()}, .clock = [&] { return boot_now() + milliseconds{slept.load()}; }});
  REQUIRE(comes_true([&] { return all.settled() && b.peers().size() == 1; }));
  CHECK(b.driver.trusted());
  slept = 30'000;
  REQUIRE(comes_true([&] {
    const auto trusts = b.trusts();
    return trusts.size() >= 2 && trusts.back() == trust::fresh && trusts[trusts.size() - 2] == trust::suspect;
  }));
  REQUIRE(comes_true([&] { return b.driver.trusted(); }));
  CHECK(b.stops().empty());             // nobody had missed it
  CHECK(b.driver.clock_ahead() == 0ms); // what came back late accuses no clock
  CHECK(all.on.faults().empty());
}

TEST_CASE("with nats-server away owners go on, marked stale; back again, nothing has moved") {
  cluster all{{"a", "b"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  const auto before = all.on.heard();
  all.server.kill();
  REQUIRE(
      comes_true([&] { return all["a"].trusts().back() == trust::stale && all["b"].trusts().back() == trust::stale; }));
  CHECK(all.owned() == 6);
  all.server.start();
  REQUIRE(
      comes_true([&] { return all["a"].trusts().back() == trust::fresh && all["b"].trusts().back() == trust::fresh; }));
  CHECK(all.settled());
  CHECK(all["a"].stops().empty());
  CHECK(all["b"].stops().empty());
  CHECK(all.on.faults().empty());
}

TEST_CASE("when nats-server lost all its data the owners claim anew, above everything before") {
  cluster all{{"a", "b"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  const auto a = all["a"].owned(), b = all["b"].owned();
  all.server.kill();
  all.server.lose_data();
  all.server.start();
  REQUIRE(comes_true([&] {
    const auto anew = [](const std::map<class_id, epoch>& owned) {
      return std::all_of(owned.begin(), owned.end(), [](const auto& each) { return generation_of(each.second) == 2; });
    };
    return anew(all["a"].owned()) && anew(all["b"].owned()) && all.settled();
  }));
  for (const auto& [cls, owner_epoch] : a)
    CHECK(all["a"].owned().contains(cls));
  for (const auto& [cls, owner_epoch] : b)
    CHECK(all["b"].owned().contains(cls));
  CHECK(all["a"].stops().empty());
  CHECK(all["b"].stops().empty());
  CHECK(all.on.faults().empty());
}

TEST_CASE("a node that is not fit lets its classes go to one that is") {
  cluster all{{"a", "b"}};
  REQUIRE(comes_true([&] { return all.settled(); }));
  const std::string from = all["a"].owned().empty() ? "b" : "a", to = from == "a" ? "b" : "a";
  all[from].driver.health(false, true);
  REQUIRE(comes_true([&] { return all[to].owned().size() == 6; }));
  const auto seen = all[to].driver.picture();
  for (const auto& each : seen->members)
    CHECK(each.state == (each.last.name == from ? ownership::life::unfit : ownership::life::live));
  CHECK(all.on.faults().empty());
}

TEST_CASE("a wall clock that is seconds ahead of the server's is noticed, and told to the others") {
  cluster all{{"a"}};
  const auto wrong = [] { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + 5s; };
  auto& b = all.add({.name = "b", .urls = {all.server.url()}, .wall_clock = wrong});
  REQUIRE(comes_true([&] { return b.driver.clock_ahead() > 1s; }));
  CHECK(b.driver.clock_ahead() <= 5s);
  CHECK(all["a"].driver.clock_ahead() == 0ms);
  CHECK(comes_true([&] {
    for (const auto& each : all["a"].driver.picture()->members)
      if (each.last.name == "b" && each.last.clock_ahead_ms > 1'000)
        return true;
    return false;
  }));
}

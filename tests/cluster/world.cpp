#include "tests/cluster/world.hpp"

#include "tests/cluster/world_node.hpp"

#include <algorithm>
#include <sstream>

namespace alleycat::testing {

world::world(choices& by, scenario what) : by_{by}, plan_{std::move(what)}, bucket_{plan_.planted.bucket} {
  bucket_.watch = [this](const bucket_entry& entry) { news(entry); };
  for (int i = 0; i < plan_.nodes; ++i) {
    auto n = std::make_unique<node>();
    n->name = std::string{"n"} + std::to_string(i + 1);
    if (plan_.clocks_differ)
      n->rate = 900 + by_.jitter(201);
    n->offset = by_.jitter(1'000'000);
    nodes_.push_back(std::move(n));
  }
}

world::~world() = default;

// -- time --------------------------------------------------------------------------------------------------------------

void world::at(steady_ms when, action what) {
  events_.push({when, order_++, std::move(what)});
}

void world::tell(const std::string& what) {
  story_.push_back(std::to_string(now_) + " ms: " + what);
}

void world::wrong(const std::string& what) {
  tell("BROKEN: " + what);
  broken_.push_back(what);
}

std::string world::story() const {
  std::ostringstream out;
  for (const auto& line : story_)
    out << line << '\n';
  return out.str();
}

std::uint64_t world::fenced() const {
  std::uint64_t all = 0;
  for (const auto& r : receivers_)
    all += r.gate.dropped();
  return all;
}

std::vector<int> world::classes_held() const {
  std::vector<int> counts;
  for (const auto& n : nodes_)
    counts.push_back(static_cast<int>(
        std::count_if(n->runs.begin(), n->runs.end(), [](const auto& run) { return run.first.is_class(); })));
  return counts;
}

steady_ms world::network_delay(about what) {
  if (healed_)
    return 2 + by_.jitter(20);
  switch (by_.pick(what, 3, 100)) {
  case 1:
    return 300 + by_.jitter(300);
  case 2:
    return 1'000 + by_.jitter(800);
  default:
    return 2 + by_.jitter(20);
  }
}

void world::run() {
  steady_ms begin = 0;
  for (auto& n : nodes_) {
    at(begin, [this, &n = *n] { start_node(n); });
    if (!plan_.start_together)
      begin += 2'000;
  }
  at(plan_.trouble_each, [this] { make_trouble(); });
  if (plan_.new_race_each != 0)
    at(1'500, [this] { new_race(); });
  at(plan_.faults_for, [this] { heal(); });
  const auto end = plan_.faults_for + plan_.quiet_for;
  while (!events_.empty() && broken_.empty()) {
    // The queue's top can not be moved from; its function is cheap to copy next to what it does.
    auto next = events_.top();
    if (next.when > end)
      break;
    events_.pop();
    now_ = next.when;
    next.what();
    if (healed_)
      check_settled();
  }
  if (broken_.empty())
    check_end();
}

// -- trouble -----------------------------------------------------------------------------------------------------------

void world::make_trouble() {
  if (healed_)
    return;
  after(plan_.trouble_each, [this] { make_trouble(); });
  std::vector<action> ways{[] {}};
  for (auto& each : nodes_) {
    auto& n = *each;
    if (!n.up()) {
      ways.push_back([&] { start_node(n); });
      continue;
    }
    if (n.paused)
      continue;
    ways.push_back([&] { end_node(n, "killed"); });
    ways.push_back([&] { pause(n, 1'500 + by_.jitter(1'000)); });
    ways.push_back([&] { pause(n, 6'000 + by_.jitter(24'000)); });
    if (n.linked) {
      ways.push_back([&] { cut(n, 1'000 + by_.jitter(1'500)); });
      ways.push_back([&] { cut(n, 5'000 + by_.jitter(10'000)); });
    }
    ways.push_back([&] {
      // Only CAF's connections to it break: a hint that is wrong.
      tell(n.name + " loses its CAF connections");
      for (auto& other : nodes_)
        to_process(*other, other->process,
                   [this, &o = *other, name = n.name] { obey(o, o.mind->connection_down(o.clock(now_), name)); });
    });
    if (!n.drained)
      ways.push_back([&] {
        tell(n.name + " drains");
        n.drained = true;
        n.drain_from = n.clock(now_);
        obey(n, n.mind->drain(n.clock(now_)));
      });
  }
  if (!bucket_away_) {
    ways.push_back([this] { lose_bucket(); });
    ways.push_back([this] {
      tell("the bucket is away");
      bucket_away_ = true;
      for (auto& n : nodes_)
        n->missed_news = true;
      after(2'000 + by_.jitter(8'000), [this] {
        tell("the bucket is back");
        bucket_away_ = false;
        for (auto& n : nodes_)
          read_all(*n);
      });
    });
  }
  ways[static_cast<std::size_t>(by_.pick(about::fault, static_cast<int>(ways.size()), plan_.fault_permille))]();
}

void world::heal() {
  tell("healed");
  healed_ = true;
  healed_at_ = now_;
  bucket_away_ = false;
  for (auto& each : nodes_) {
    auto& n = *each;
    if (n.paused)
      wake(n);
    n.linked = true;
    n.missed_news = true;
    if (!n.up() && by_.pick(about::detail, 2, 500) == 0)
      start_node(n);
    else if (n.up())
      read_all(n);
  }
}

void world::start_node(node& n) {
  if (n.up())
    return;
  ++n.process;
  ++n.starts;
  n.runs.clear();
  n.inbox.clear();
  n.paused = n.drained = n.out_of_time = false;
  n.trusted = trust::stale;
  n.life = bucket_.life();
  n.token = 0;
  n.claimed_at_wake.clear();
  ownership_settings settings;
  settings.name = n.name;
  settings.address = n.name + ":1";
  settings.started = now_;
  settings.protocol = 1;
  settings.rules = "rules";
  settings.rules_digest = 1;
  for (int i = 0; i < plan_.classes; ++i)
    settings.classes.push_back(class_id{static_cast<std::uint16_t>(i + 1)});
  // A wiped disk now and then, when nothing of the earlier process is on its way any more.
  if (now_ - n.ended_at > 8'000 && by_.pick(about::detail, 2, 200) == 1)
    n.starts = 1;
  settings.starts = n.starts;
  settings.salt = static_cast<std::uint16_t>(by_.jitter(65'536));
  settings.timing.sweep = 8'000;
  n.mind = std::make_unique<ownership>(std::move(settings));
  tell(n.name + " starts");
  read_all(n);
  const auto process = n.process;
  after(1, [this, &n, process] { to_process(n, process, [this, &n] { tick(n); }); });
}

void world::end_node(node& n, const char* how) {
  tell(n.name + " is " + how);
  process_over(n);
  for (auto& other : nodes_)
    if (by_.pick(about::detail, 2, 200) == 0)
      after(5, [this, &o = *other, name = n.name] {
        to_process(o, o.process, [this, &o, name] { obey(o, o.mind->connection_down(o.clock(now_), name)); });
      });
}

void world::process_over(node& n) {
  n.ended_at = now_;
  n.starts = std::max(n.starts, n.mind->incarnation() >> 16);
  n.mind.reset();
  n.runs.clear();
  n.inbox.clear();
  n.paused = false;
}

void world::pause(node& n, steady_ms how_long) {
  tell(n.name + " is paused for " + std::to_string(how_long) + " ms");
  n.paused = true;
  n.paused_at = n.clock(now_);
  after(how_long, [this, &n, process = n.process] {
    if (n.process == process && n.paused)
      wake(n);
  });
}

void world::wake(node& n) {
  tell(n.name + " wakes");
  n.paused = false;
  if (n.clock(now_) - n.paused_at >= cluster_timing{}.pause)
    for (const auto& [what, run] : n.runs)
      n.claimed_at_wake[what] = highest_claim(what, &n);
  // Nobody knows what a woken process does first.
  const int first = by_.pick(about::detail, 2, 500);
  if (first == 1)
    send_output(n);
  const auto process = n.process;
  for (auto& what : std::exchange(n.inbox, {}))
    to_process(n, process, std::move(what));
}

void world::cut(node& n, steady_ms how_long) {
  tell(n.name + " is cut off for " + std::to_string(how_long) + " ms");
  n.linked = false;
  n.missed_news = true;
  after(how_long, [this, &n] {
    if (!n.linked) {
      tell(n.name + " is linked again");
      n.linked = true;
      read_all(n);
    }
  });
}

void world::lose_bucket() {
  tell("the bucket is lost and comes back empty");
  bucket_.lose();
  for (auto& n : nodes_) {
    n->missed_news = true;
    n->claimed_at_wake.clear(); // nobody can know of it any more
  }
}

// -- races -------------------------------------------------------------------------------------------------------------

void world::new_race() {
  if (healed_)
    return;
  after(plan_.new_race_each, [this] { new_race(); });
  const auto number = static_cast<std::uint32_t>(races_.size() + 1);
  const race_key key{class_id{static_cast<std::uint16_t>(1 + number % static_cast<std::uint32_t>(plan_.classes))},
                     race_id{number}};
  races_[entity::of(key)].born = now_;
  tell("race " + to_text(entity::of(key)));
  if (const int told = by_.pick(about::detail, plan_.nodes + 1, 700); told != 0) {
    auto& n = *nodes_[static_cast<std::size_t>(told - 1)];
    to_process(n, n.process, [this, &n, key] { obey(n, n.mind->hint(n.clock(now_), key)); });
  }
}

bool world::open(const entity& what) const {
  if (what.is_class())
    return true;
  const auto found = races_.find(what);
  return found != races_.end() && !found->second.done;
}

} // namespace alleycat::testing

#include "tests/cluster/world.hpp"

#include "tests/cluster/world_node.hpp"

#include <algorithm>
#include <sstream>

namespace alleycat::testing {

using namespace std::chrono_literals;

world::world(choices& by, scenario what) : by_{by}, plan_{std::move(what)}, bucket_{plan_.planted.bucket} {
  bucket_.watch = [this](const bucket_entry& entry) { news(entry); };
  for (int i = 0; i < plan_.nodes; ++i) {
    auto n = std::make_unique<node>();
    n->name = std::string{"n"} + std::to_string(i + 1);
    if (plan_.clocks_differ)
      n->rate = 900 + by_.jitter(201);
    n->offset = milliseconds{by_.jitter(1'000'000)};
    nodes_.push_back(std::move(n));
  }
}

world::~world() = default;

// -- time --------------------------------------------------------------------------------------------------------------

void world::at(milliseconds when, action what) {
  events_.push({when, order_++, std::move(what)});
}

void world::tell(const std::string& what) {
  story_.push_back(std::to_string(now_.count()) + " ms: " + what);
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
    counts.push_back(static_cast<int>(n->runs.size()));
  return counts;
}

milliseconds world::network_delay(about what) {
  if (healed_)
    return milliseconds{2 + by_.jitter(20)};
  switch (by_.pick(what, 3, 100)) {
  case 1:
    return milliseconds{300 + by_.jitter(300)};
  case 2:
    return milliseconds{1'000 + by_.jitter(800)};
  default:
    return milliseconds{2 + by_.jitter(20)};
  }
}

void world::run() {
  milliseconds begin{};
  for (auto& n : nodes_) {
    at(begin, [this, &n = *n] { start_node(n); });
    if (!plan_.start_together)
      begin += 2s;
  }
  at(plan_.trouble_each, [this] { make_trouble(); });
  at(plan_.faults_for / 2, [this] { earlier_ = bucket_.entries(); });
  at(plan_.faults_for, [this] { heal(); });
  if (plan_.kill_owner_at != 0ms)
    at(plan_.kill_owner_at, [this] {
      for (auto& n : nodes_)
        if (n->up() && n->runs.contains(class_id{1}))
          end_node(*n, "killed");
    });
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
    ways.push_back([&] { pause(n, milliseconds{1'500 + by_.jitter(1'000)}); });
    ways.push_back([&] { pause(n, milliseconds{6'000 + by_.jitter(24'000)}); });
    if (n.linked) {
      ways.push_back([&] { cut(n, milliseconds{1'000 + by_.jitter(1'500)}); });
      ways.push_back([&] { cut(n, milliseconds{5'000 + by_.jitter(10'000)}); });
    }
    ways.push_back([&] {
      const bool fit = by_.pick(about::detail, 2, 300) == 0 && !n.fit;
      const bool ready = by_.pick(about::detail, 2, 300) == 0;
      set_health(n, fit, ready);
    });
    ways.push_back([&] {
      for (auto& [cls, run] : n.runs)
        run.hopeless = !run.ready;
    });
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
        n.drain_life = n.life;
        obey(n, n.mind->drain(n.clock(now_)));
      });
  }
  if (!bucket_away_) {
    ways.push_back([this] { lose_bucket(); });
    ways.push_back([this] { restore_bucket(); });
    ways.push_back([this] { spoil_a_claim(); });
    ways.push_back([this] {
      tell("the bucket is away");
      bucket_away_ = true;
      for (auto& n : nodes_)
        n->missed_news = true;
      after(milliseconds{2'000 + by_.jitter(8'000)}, [this] { bring_bucket_back(); });
    });
  }
  ways[static_cast<std::size_t>(by_.pick(about::fault, static_cast<int>(ways.size()), plan_.fault_permille))]();
}

/// Each node finds it again at a moment of its own.
void world::bring_bucket_back() {
  if (!bucket_away_)
    return;
  tell("the bucket is back");
  bucket_away_ = false;
  for (auto& each : nodes_) {
    auto& n = *each;
    if (const int late = by_.jitter(4'000); n.linked && late > 1'000) {
      n.linked = false;
      after(milliseconds{late}, [this, &n] {
        n.linked = true;
        read_all(n);
      });
    } else {
      read_all(n);
    }
  }
}

void world::set_health(node& n, bool fit, bool ready) {
  if (!n.up() || (n.fit == fit && n.ready == ready))
    return;
  tell(n.name + (fit ? " is fit" : " is unfit") + (ready ? ", ready" : ", not ready"));
  n.fit = fit;
  n.ready = ready;
  to_process(n, n.process, [this, &n, fit, ready] { obey(n, n.mind->health(n.clock(now_), fit, ready)); });
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
    set_health(n, true, plan_.anybody_ready);
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
  n.fit = true;
  n.ready = plan_.anybody_ready;
  n.mind = std::make_unique<ownership>(settings_of(n));
  tell(n.name + " starts");
  obey(n, n.mind->health(n.clock(now_), n.fit, n.ready));
  read_all(n);
  const auto process = n.process;
  after(1ms, [this, &n, process] { to_process(n, process, [this, &n] { tick(n); }); });
}

ownership_settings world::settings_of(node& n) {
  ownership_settings settings;
  settings.name = n.name;
  settings.address = n.name + ":1";
  settings.started = unix_ms{now_};
  settings.protocol = 1;
  settings.rules = "class.1.score=total\n";
  settings.rules_digest = 1;
  settings.classes = classes();
  // A wiped disk now and then, when nothing of the earlier process is on its way any more.
  n.wiped = now_ - n.ended_at > 8s && by_.pick(about::detail, 2, 200) == 1;
  if (n.wiped)
    n.starts = 1;
  settings.starts = n.starts;
  settings.salt = static_cast<std::uint16_t>(by_.jitter(65'536));
  return settings;
}

std::vector<class_id> world::classes() const {
  std::vector<class_id> all;
  for (int i = 0; i < plan_.classes; ++i)
    all.push_back(class_id{static_cast<std::uint16_t>(i + 1)});
  return all;
}

void world::end_node(node& n, const char* how) {
  tell(n.name + " is " + how);
  process_over(n);
  for (auto& other : nodes_)
    if (by_.pick(about::detail, 2, 200) == 0)
      after(5ms, [this, &o = *other, name = n.name] {
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

void world::pause(node& n, milliseconds how_long) {
  tell(n.name + " is paused for " + std::to_string(how_long.count()) + " ms");
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
    for (const auto& [cls, run] : n.runs)
      n.claimed_at_wake[cls] = highest_claim(cls, &n);
  // Nobody knows what a woken process does first.
  const int first = by_.pick(about::detail, 2, 500);
  if (first == 1)
    send_output(n);
  const auto process = n.process;
  for (auto& what : std::exchange(n.inbox, {}))
    to_process(n, process, std::move(what));
}

void world::cut(node& n, milliseconds how_long) {
  tell(n.name + " is cut off for " + std::to_string(how_long.count()) + " ms");
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
  first_sent_.clear();
  for (auto& n : nodes_) {
    n->missed_news = true;
    n->claimed_at_wake.clear(); // nobody can know of it any more
  }
}

void world::restore_bucket() {
  tell("the bucket comes back as it was earlier");
  bucket_.restore(earlier_);
  first_sent_.clear();
  for (auto& n : nodes_) {
    n->missed_news = true;
    n->claimed_at_wake.clear(); // nobody can know of it any more
  }
}

/// Deletes the highest claim of a class, or puts one there that nobody made.
void world::spoil_a_claim() {
  const auto all = classes();
  const auto cls = all[static_cast<std::size_t>(by_.jitter(static_cast<int>(all.size())))];
  const auto highest = highest_claim(cls);
  switch (by_.pick(about::detail, 3, 700)) {
  case 1:
    tell("an absurd epoch");
    bucket_.create(to_text(claim_key{cls, epoch{~std::uint64_t{0}}}), to_text(claim{"n1", 1, false, "", {}}));
    break;
  case 2:
    tell("a claim that cannot be read");
    bucket_.create(to_text(claim_key{cls, epoch{std::max<std::uint64_t>(highest.value(), 1) + 3}}), "garbage");
    break;
  default:
    tell("the claim of " + std::to_string(cls.value()) + " by " + std::to_string(highest.value()) + " is deleted");
    bucket_.erase(to_text(claim_key{cls, highest}));
    for (auto& n : nodes_)
      n->claimed_at_wake.erase(cls);
  }
}

} // namespace alleycat::testing

#include "tests/cluster/world_node.hpp"

#include <algorithm>

namespace alleycat::testing {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds tick_each{200}; ///< of the node's own clock
constexpr milliseconds call_deadline{2'000};

} // namespace

/// What reaches a paused process waits; what was meant for a dead one is lost.
void world::to_process(node& n, std::uint64_t process, action what) {
  if (!n.up() || n.process != process)
    return;
  if (n.paused)
    n.inbox.push_back([this, &n, process, what = std::move(what)] { to_process(n, process, what); });
  else
    what();
}

void world::tick(node& n) {
  const auto process = n.process;
  after(n.outside(tick_each), [this, &n, process] { to_process(n, process, [this, &n] { tick(n); }); });
  obey(n, n.mind->tick(n.clock(now_)));
  if (!n.up())
    return;
  if (n.missed_news && n.linked && !bucket_away_ && by_.pick(about::detail, 4, 900) == 0)
    read_all(n);
  send_output(n);
}

void world::send_output(node& n) {
  const bool may = n.trusted != trust::suspect && n.clock(now_) <= n.mind->trusted_until();
  if (!may && !plan_.planted.zombies_send)
    return;
  for (const auto& [cls, run] : n.runs) {
    if (!run.ready)
      continue;
    check_output(n, cls, run.owner_epoch);
    ++sent_;
    for (std::size_t i = 0; i < receivers_.size(); ++i)
      after(network_delay(about::detail), [this, i, name = n.name + "/" + std::to_string(n.process), cls = cls,
                                           number = run.owner_epoch] { receive(i, name, cls, number); });
  }
}

void world::obey(node& n, commands orders) {
  for (const auto& order : orders) {
    if (!n.up())
      return;
    std::visit([&](const auto& x) { obey(n, x); }, order);
  }
}

// -- the bucket --------------------------------------------------------------------------------------------------------

/// A request on its way to the bucket and its answer on the way back. Any part may be slow or get lost; a request may
/// arrive long after nobody waits for it any more.
void world::request(node& n, about what, action at_bucket, action answer) {
  if (!n.linked)
    return;
  auto there = network_delay(what);
  const int fate = healed_ ? 0 : by_.pick(what, 4, plan_.loss_permille);
  if (fate == 1)
    return;
  if (fate == 2)
    there += call_deadline + milliseconds{500 + by_.jitter(4'000)};
  after(there, [this, &n, process = n.process, asked = n.asked_life, fate, what, at_bucket = std::move(at_bucket),
                answer = std::move(answer)] {
    if (bucket_away_)
      return;
    at_bucket();
    if (fate == 3 || !answer)
      return;
    after(network_delay(what), [this, &n, process, asked, answer] {
      if (!n.linked || bucket_away_)
        return;
      to_process(n, process, [this, &n, asked, answer] {
        if (same_bucket(n) && n.asked_life == asked)
          answer();
      });
    });
  });
}

/// Looks whether the bucket is still the one this node knows, and tells it if not.
bool world::same_bucket(node& n) {
  if (n.life == bucket_.life())
    return true;
  n.life = bucket_.life();
  ++n.asked_life;
  obey(n, n.mind->on_bucket(n.clock(now_), bucket_lost{}));
  if (n.up())
    read_all(n);
  return false;
}

void world::on_event(node& n, const bucket_event& what) {
  if (n.up())
    obey(n, n.mind->on_bucket(n.clock(now_), what));
}

void world::obey(node& n, const put_entry& x) {
  // The acknowledgement tells the client that it still talks to the same bucket.
  request(
      n, about::beat, [this, x] { bucket_.put(x.key, x.value); }, [] {});
}

void world::obey(node& n, const create_entry& x) {
  auto settled = std::make_shared<bool>(false);
  const auto outcome = [this, &n, settled, key = x.key](creation what) {
    if (!std::exchange(*settled, true))
      on_event(n, create_outcome{key, what});
  };
  auto result = std::make_shared<creation>(creation::unknown);
  const auto parsed = parse_bucket_key(x.key);
  const bool by_update = plan_.planted.claims_by_update && parsed && std::holds_alternative<claim_key>(*parsed);
  const auto slot = by_update ? "slot." + std::to_string(std::get<claim_key>(*parsed).cls.value()) : "";
  request(
      n, about::claim_call,
      [this, x, result, by_update, slot, expected = bucket_.revision_of(slot), meant_for = bucket_.life()] {
        // Taken for granted, see records.hpp.
        if (x.key.starts_with("generation.") && bucket_.life() != meant_for)
          return;
        bool won = false;
        if (by_update) {
          won = bucket_.update(slot, x.key, expected);
          if (won)
            bucket_.put(x.key, x.value);
        } else {
          won = bucket_.create(x.key, x.value);
        }
        *result = won ? creation::created : creation::taken;
      },
      [outcome, result] { outcome(*result); });
  after(n.outside(call_deadline), [this, &n, process = n.process, asked = n.asked_life, outcome] {
    to_process(n, process, [&n, asked, outcome] {
      if (n.asked_life == asked)
        outcome(creation::unknown);
    });
  });
}

void world::obey(node& n, const read_entry& x) {
  auto settled = std::make_shared<bool>(false);
  const auto outcome = [this, &n, settled](const read_outcome& what) {
    if (!std::exchange(*settled, true))
      on_event(n, what);
  };
  auto result = std::make_shared<read_outcome>(read_outcome{{x.key, ""}, finding::absent});
  request(
      n, about::claim_call,
      [this, result] {
        // A replica that lags may not have it yet.
        const auto found = bucket_.entries().find(result->entry.key);
        if (found != bucket_.entries().end() && by_.pick(about::detail, 2, 100) == 0)
          *result = {found->second, finding::found};
      },
      [outcome, result] { outcome(*result); });
  after(n.outside(call_deadline), [this, &n, process = n.process, asked = n.asked_life, outcome, key = x.key] {
    to_process(n, process, [&n, asked, outcome, key] {
      if (n.asked_life == asked)
        outcome({{key, ""}, finding::failed});
    });
  });
}

void world::obey(node& n, const erase_entry& x) {
  const auto key = parse_bucket_key(x.key);
  if (key && std::holds_alternative<claim_key>(*key))
    if (const auto& claimed = std::get<claim_key>(*key); claimed.owner_epoch >= highest_claim(claimed.cls))
      wrong(n.name + " deletes " + x.key + ", which holds");
  request(
      n, about::detail, [this, x] { bucket_.erase(x.key); }, [] {});
}

void world::obey(node& n, const read_entries& x) {
  n.token = x.token;
  read_all(n);
}

/// All entries as they are when the request arrives, in some order, then the word that this was all.
void world::read_all(node& n) {
  if (!n.up() || !n.linked || bucket_away_)
    return;
  n.missed_news = false;
  n.asked_at = now_;
  after(network_delay(about::detail), [this, &n, process = n.process, token = n.token] {
    if (bucket_away_ || !n.linked) {
      n.missed_news = true;
      return;
    }
    if (n.up() && n.process == process && !n.paused && same_bucket(n))
      on_event(n, entries_begin{});
    else {
      n.missed_news = true; // the client of a paused process asks again when it runs
      return;
    }
    auto all = std::make_shared<std::vector<bucket_entry>>();
    for (const auto& [key, entry] : bucket_.entries())
      all->push_back(entry);
    for (std::size_t i = all->size(); i > 1; --i)
      std::swap((*all)[i - 1], (*all)[i - 1 - static_cast<std::size_t>(by_.jitter(static_cast<int>(i)))]);
    after(network_delay(about::detail), [this, &n, process, token, all, life = bucket_.life()] {
      to_process(n, process, [this, &n, token, all, life] {
        if (!n.linked) {
          n.missed_news = true;
          return;
        }
        if (!same_bucket(n) || life != n.life)
          return;
        for (const auto& entry : *all)
          on_event(n, entry);
        on_event(n, entries_read{token});
      });
    });
  });
}

/// An entry on its way to each watcher.
void world::news(const bucket_entry& entry) {
  const bool beat = entry.key.starts_with("node.");
  const auto kind = beat ? about::beat : about::claim_news;
  for (auto& each : nodes_) {
    auto& n = *each;
    if (!n.up() || !n.linked)
      continue;
    const int fate = healed_ ? 0 : by_.pick(kind, 3, plan_.loss_permille);
    if (fate == 1) {
      n.missed_news = true;
      continue;
    }
    for (int times = 0; times < (fate == 2 ? 2 : 1); ++times)
      after(network_delay(kind), [this, &n, process = n.process, entry, life = bucket_.life()] {
        if (!n.linked || bucket_away_) {
          n.missed_news = true;
          return;
        }
        to_process(n, process, [this, &n, entry, life] {
          if (same_bucket(n) && life == n.life)
            on_event(n, entry);
        });
      });
  }
}

// -- the owner's side --------------------------------------------------------------------------------------------------

void world::obey(node& n, const start_class& x) {
  tell(n.name + " starts " + std::to_string(x.cls.value()) + " by " + std::to_string(x.owner_epoch.value()));
  started_at_ = now_;
  const bool goes_on = n.runs.contains(x.cls);
  n.runs[x.cls].owner_epoch = x.owner_epoch;
  if (goes_on)
    return;
  after(milliseconds{10 + by_.jitter(300)}, [this, &n, process = n.process, x] {
    to_process(n, process, [this, &n, x] {
      const auto found = n.runs.find(x.cls);
      if (found == n.runs.end() || found->second.ready || found->second.hopeless)
        return;
      found->second.ready = true;
      obey(n, n.mind->recovered(n.clock(now_), x.cls, x.owner_epoch));
    });
  });
}

void world::obey(node& n, const stop_class& x) {
  tell(n.name + " stops " + std::to_string(x.cls.value()) + " by " + std::to_string(x.owner_epoch.value()));
  if (x.why == stop_reason::fenced && plan_.planted.deaf_to_stop)
    return;
  n.runs.erase(x.cls);
  if (x.why == stop_reason::released && (healed_ || by_.pick(about::detail, 2, plan_.loss_permille) == 0))
    after(milliseconds{5 + by_.jitter(200)}, [this, &n, process = n.process, x] {
      to_process(n, process, [this, &n, x] { obey(n, n.mind->stopped(n.clock(now_), x.cls, x.owner_epoch)); });
    });
}

/// Notes of generations, and what was ever sent: results and the changelog say by which epoch.
void world::obey(node& n, const look_outside&) {
  after(network_delay(about::detail), [this, &n, process = n.process] {
    epoch highest{generation_base(noted_).value() + (noted_ != 0)};
    for (const auto& [what, owner] : owner_of_epoch_)
      highest = std::max(highest, what.second);
    to_process(n, process, [this, &n, highest] { obey(n, n.mind->outside(n.clock(now_), highest)); });
  });
}

void world::obey(node& n, const note_generation& x) {
  after(network_delay(about::detail), [this, &n, process = n.process, x] {
    noted_ = std::max(noted_, x.number);
    to_process(n, process, [this, &n, x] { obey(n, n.mind->noted(n.clock(now_), x.number)); });
  });
}

void world::obey(node& n, const offer_class& x) {
  if (!healed_ && by_.pick(about::detail, 2, plan_.loss_permille) == 1)
    return; // the message got lost
  const auto to = std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& other) { return other->name == x.to; });
  if (to == nodes_.end() || !(*to)->up() || (*to)->paused)
    return;
  after(milliseconds{50 + by_.jitter(1'500)}, [this, &n, process = n.process, x] {
    to_process(n, process, [this, &n, x] { obey(n, n.mind->preloaded(n.clock(now_), x.cls, x.to)); });
  });
}

void world::obey(node& n, const trust_changed& x) {
  n.trusted = x.now;
}

void world::obey(node&, const cancel_offer&) {}
void world::obey(node&, const report_oddity&) {}
void world::obey(node&, const peer_up&) {}
void world::obey(node&, const peer_down&) {}

/// Nobody has another's name here. But who began on a wiped disk and an empty bucket does not know how often it was started; when the
/// bucket is set back then to what it was before, the node finds itself in it, as one that came later. It ends, and whoever watches over
/// processes starts it again: above what is there.
void world::obey(node& n, const give_up& x) {
  if (!n.wiped || n.life == 1) {
    wrong(n.name + " gives up: " + x.why);
    return;
  }
  tell(n.name + " ends, having found itself: " + x.why);
  process_over(n);
  after(1s, [this, &n] { start_node(n); });
}

void world::obey(node& n, const leave_cluster&) {
  n.out_of_time = n.clock(now_) - n.drain_from >= cluster_timing{}.drain;
  check_left(n);
  tell(n.name + (n.out_of_time ? " leaves, its time is over" : " leaves"));
  // The last heartbeat is on its way; the process ends.
  process_over(n);
}

} // namespace alleycat::testing

/// One node under a magnifying glass: `ownership`, a bucket whose answers the test decides, and everything it asked for.
#pragma once

#include "cluster/ownership.hpp"
#include "tests/cluster/fake_bucket.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace alleycat::testing {

using namespace std::chrono_literals;

inline constexpr class_id class_1{1};
inline constexpr class_id class_2{2};

/// By default the bucket works: what is put or created is told back at once. A test may hold back (`deaf`) and answer itself.
class bench {
public:
  explicit bench(int classes = 1, const std::string& name = "self") {
    settings.name = name;
    settings.address = name + ":1";
    settings.protocol = 1;
    settings.rules = "race.capacity=7\n";
    settings.rules_digest = 7;
    for (int i = 1; i <= classes; ++i)
      settings.classes.push_back(class_id{static_cast<std::uint16_t>(i)});
    settings.starts = 1;
  }

  /// Starts the node on what the bucket holds; it is fit and ready. @pre `settings` and `store` are as they should be
  void begin() {
    mind = std::make_unique<ownership>(settings);
    obey(mind->health(now, true, true));
    read(0);
  }
  /// The same, and its cold start is over.
  void start() {
    begin();
    pass(1'500ms);
  }
  /// The same, and it is steady.
  void start_steady() {
    begin();
    pass(12s);
  }

  /// Time goes by, in steps of 100 ms; other nodes of `others` beat.
  void pass(milliseconds time) {
    for (const auto end = now + time; now < end;) {
      now += 100ms;
      if (now.time_since_epoch() % 1s == 0ms)
        for (auto& other : others)
          beat(other);
      obey(mind->tick(now));
    }
  }
  /// Nothing runs for a while.
  void sleep(milliseconds time) { now += time; }
  void be(bool fit, bool ready) { obey(mind->health(now, fit, ready)); }
  /// All that is owned.
  void recover() {
    for (const auto& owned : mind->own())
      obey(mind->recovered(now, owned.cls, owned.owner_epoch));
  }

  void read(std::uint64_t token) {
    tell(entries_begin{});
    for (const auto& [key, entry] : std::map{store.entries()})
      tell(entry);
    tell(entries_read{token});
  }
  void tell(const bucket_event& what) { obey(mind->on_bucket(now, what)); }
  void tell_entry(const bucket_key& key, const std::string& value) { tell(bucket_entry{to_text(key), value}); }
  void tell_claim(class_id cls, std::uint64_t number, const claim& what) {
    store.put(to_text(claim_key{cls, epoch{number}}), to_text(what));
    tell_entry(claim_key{cls, epoch{number}}, to_text(what));
  }
  void tell_deleted(const bucket_key& key) {
    store.erase(to_text(key));
    tell(bucket_entry{to_text(key), "", true, {}});
  }

  heartbeat other(const std::string& name, std::uint64_t incarnation = 65'536) {
    heartbeat beat;
    beat.name = name;
    beat.incarnation = incarnation;
    beat.address = name + ":1";
    beat.rules = 7;
    beat.protocol = 1;
    beat.agreed = 1;
    beat.fit = beat.ready = beat.steady = true;
    return beat;
  }
  /// A member that beats from now on.
  void join(const std::string& name, std::uint64_t incarnation = 65'536) { join(other(name, incarnation)); }
  /// If it lives by our rules, they are in the bucket.
  void join(const heartbeat& like) {
    others.push_back(like);
    if (like.agreed == 1 && like.rules == settings.rules_digest && store.create("rules.1", settings.rules) && mind)
      tell(bucket_entry{"rules.1", settings.rules});
    beat(others.back());
  }
  heartbeat& member(const std::string& name) {
    return *std::find_if(others.begin(), others.end(), [&](const auto& each) { return each.name == name; });
  }
  void silence(const std::string& name) {
    std::erase_if(others, [&](const auto& o) { return o.name == name; });
  }
  void beat(heartbeat& from) {
    ++from.counter;
    store.put(to_text(node_key{from.name}), to_text(from));
    if (mind)
      tell_entry(node_key{from.name}, to_text(from));
  }

  void obey(const commands& orders) {
    for (const auto& order : orders) {
      log.push_back(order);
      if (deaf)
        continue;
      if (const auto* x = std::get_if<put_entry>(&order)) {
        store.put(x->key, x->value);
        tell(bucket_entry{x->key, x->value, false, {}});
      } else if (const auto* y = std::get_if<create_entry>(&order)) {
        tell(create_outcome{y->key, store.create(y->key, y->value) ? creation::created : creation::taken});
      } else if (const auto* z = std::get_if<read_entry>(&order)) {
        const auto found = store.entries().find(z->key);
        tell(found == store.entries().end() ? read_outcome{{z->key, "", false, {}}, finding::absent}
                                            : read_outcome{found->second, finding::found});
      } else if (const auto* e = std::get_if<erase_entry>(&order)) {
        store.erase(e->key);
        tell(bucket_entry{e->key, "", true, {}});
      } else if (const auto* r = std::get_if<read_entries>(&order)) {
        read(r->token);
      } else if (std::holds_alternative<look_outside>(order)) {
        obey(mind->outside(now, outside));
      } else if (const auto* g = std::get_if<note_generation>(&order)) {
        obey(mind->noted(now, g->number));
      }
    }
  }

  /// Commands of one kind since the last `forget`.
  template <class Command>
  std::vector<Command> all() const {
    std::vector<Command> found;
    for (const auto& order : log)
      if (const auto* x = std::get_if<Command>(&order))
        found.push_back(*x);
    return found;
  }
  void forget() { log.clear(); }

  std::vector<std::string> started() const {
    std::vector<std::string> words;
    for (const auto& x : all<start_class>())
      words.push_back(std::to_string(x.cls.value()) + " by " + std::to_string(x.owner_epoch.value()));
    return words;
  }
  std::vector<std::string> stopped() const {
    static constexpr const char* whys[] = {"fenced", "released", "lost"};
    std::vector<std::string> words;
    for (const auto& x : all<stop_class>())
      words.push_back(std::to_string(x.cls.value()) + " by " + std::to_string(x.owner_epoch.value()) + " " +
                      whys[static_cast<std::size_t>(x.why)]);
    return words;
  }
  std::vector<std::string> created() const {
    std::vector<std::string> keys;
    for (const auto& x : all<create_entry>())
      keys.push_back(x.key);
    return keys;
  }
  heartbeat last_beat() const {
    const auto puts = all<put_entry>();
    REQUIRE_FALSE(puts.empty());
    const auto beat = parse_heartbeat(settings.name, puts.back().value);
    REQUIRE(beat.has_value());
    return *beat;
  }
  claim claim_of(class_id cls, std::uint64_t number) const {
    const auto found = store.entries().find(to_text(claim_key{cls, epoch{number}}));
    REQUIRE(found != store.entries().end());
    return parse_claim(found->second.value).value();
  }

  ownership_settings settings;
  fake_bucket store{{}};
  std::unique_ptr<ownership> mind;
  std::vector<heartbeat> others;
  std::vector<command> log;
  steady_time now{5s};
  epoch outside; ///< what is found there
  bool deaf = false;
};

using words = std::vector<std::string>;

/// A node with this one class, among members that join after it started.
inline bench node_with(class_id only) {
  bench node(0);
  node.settings.classes = {only};
  return node;
}

/// A claim, or a release, of a member that `join`ed.
inline claim held_by(const std::string& owner, std::uint64_t incarnation = 65'536) {
  return {owner, incarnation, false, "", {}};
}
inline claim released_by(const std::string& owner, const std::string& to = "") {
  return {owner, 65'536, true, to, {}};
}

/// A class that the members are in line for in this order, all of one tier.
inline class_id class_for(const std::vector<std::string>& line) {
  for (std::uint16_t number = 100;; ++number) {
    std::vector<contender> members;
    for (const auto& name : line)
      members.push_back({name, fitness::steady});
    if (in_line_for(class_id{number}, members) == members)
      return class_id{number};
  }
}

} // namespace alleycat::testing

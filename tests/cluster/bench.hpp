/// One node under a magnifying glass: `ownership`, a bucket whose answers the test decides, and everything it asked for.
#pragma once

#include "cluster/ownership.hpp"
#include "tests/cluster/fake_bucket.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace alleycat::testing {

inline const entity class_1 = entity::of(class_id{1});
inline const entity class_2 = entity::of(class_id{2});
inline constexpr race_key race_key_7{class_id{1}, race_id{7}};
inline const entity race_7 = entity::of(race_key_7);

/// By default the bucket works: what is put or created is told back at once. A test may hold back (`deaf`) and answer itself.
class bench {
public:
  explicit bench(int classes = 1, const std::string& name = "self") {
    settings.name = name;
    settings.address = name + ":1";
    settings.protocol = 1;
    settings.rules = "rule=1\n";
    settings.rules_digest = 7;
    for (int i = 1; i <= classes; ++i)
      settings.classes.push_back(class_id{static_cast<std::uint16_t>(i)});
    settings.starts = 1;
  }

  /// Starts the node on what the bucket holds. @pre `settings` and `store` are as they should be
  void start() {
    mind = std::make_unique<ownership>(settings);
    for (const auto& [key, entry] : store.entries())
      tell(entry);
    tell(entries_read{0});
    pass(200);
  }

  /// Time goes by, in steps of 100 ms; other nodes of `others` beat.
  void pass(steady_ms time) {
    for (const auto end = now + time; now < end;) {
      now += 100;
      if (now % 1'000 == 0)
        for (auto& other : others)
          beat(other);
      obey(mind->tick(now));
    }
  }
  /// Nothing runs for a while.
  void sleep(steady_ms time) { now += time; }

  void tell(const bucket_event& what) { obey(mind->take(now, what)); }
  void tell_entry(const bucket_key& key, const std::string& value) { tell(bucket_entry{to_text(key), value}); }
  void tell_claim(const entity& what, std::uint64_t at, const claim& by) {
    store.put(to_text(claim_key{what, epoch{at}}), to_text(by));
    tell_entry(claim_key{what, epoch{at}}, to_text(by));
  }

  heartbeat other(const std::string& name, std::uint64_t incarnation = 65'536) {
    heartbeat beat;
    beat.name = name;
    beat.incarnation = incarnation;
    beat.address = name + ":1";
    beat.rules = 7;
    beat.protocol = 1;
    return beat;
  }
  /// A member that beats from now on.
  void join(const std::string& name, std::uint64_t incarnation = 65'536) {
    others.push_back(other(name, incarnation));
    beat(others.back());
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
        tell(bucket_entry{x->key, x->value});
      } else if (const auto* y = std::get_if<create_entry>(&order)) {
        tell(create_outcome{y->key, store.create(y->key, y->value) ? creation::created : creation::taken});
      } else if (const auto* z = std::get_if<read_entry>(&order)) {
        const auto found = store.entries().find(z->key);
        tell(found == store.entries().end() ? read_outcome{{z->key, ""}, finding::absent}
                                            : read_outcome{found->second, finding::found});
      } else if (const auto* e = std::get_if<erase_entry>(&order)) {
        store.erase(e->key);
        tell(bucket_entry{e->key, "", true});
      } else if (const auto* r = std::get_if<read_entries>(&order)) {
        for (const auto& [key, entry] : std::map{store.entries()})
          tell(entry);
        tell(entries_read{r->token});
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
    for (const auto& x : all<start_entity>())
      words.push_back(to_text(x.what) + " by " + std::to_string(x.by.value()));
    return words;
  }
  std::vector<std::string> stopped() const {
    static constexpr const char* whys[] = {"fenced", "released", "ended", "lost"};
    std::vector<std::string> words;
    for (const auto& x : all<stop_entity>())
      words.push_back(to_text(x.what) + " by " + std::to_string(x.by.value()) + " " +
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
  claim claim_at(const entity& what, std::uint64_t at) const {
    const auto found = store.entries().find(to_text(claim_key{what, epoch{at}}));
    REQUIRE(found != store.entries().end());
    return parse_claim(found->second.value).value();
  }

  ownership_settings settings;
  fake_bucket store{{}};
  std::unique_ptr<ownership> mind;
  std::vector<heartbeat> others;
  std::vector<command> log;
  steady_ms now = 5'000;
  epoch outside; ///< what is found there
  bool deaf = false;
};

using words = std::vector<std::string>;

} // namespace alleycat::testing

/// A bucket with everything that it told, in order.
#pragma once

#include "node/nats/cluster_bucket.hpp"
#include "tests/node/nats_servers.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace alleycat::testing {

class bucket_ear {
public:
  explicit bucket_ear(const std::string& url, bucket_settings settings = {})
      : bucket_ear{std::vector<std::string>{url}, settings} {}
  explicit bucket_ear(const std::vector<std::string>& urls, bucket_settings settings = {})
      : bucket{urls, "test",
               [this](const bucket_event& event) {
                 const std::lock_guard lock{mutex_};
                 told_.push_back(event);
               },
               settings} {}

  std::vector<bucket_event> told() const {
    const std::lock_guard lock{mutex_};
    return told_;
  }
  /// Everything told of one sort, in order.
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> out;
    for (const auto& event : told())
      if (const auto* of_it = std::get_if<Event>(&event))
        out.push_back(*of_it);
    return out;
  }
  /// @returns whether the watch told it; waits.
  bool sees(const bucket_entry& entry) const {
    return comes_true([&] {
      const auto entries = all<bucket_entry>();
      return std::find(entries.begin(), entries.end(), entry) != entries.end();
    });
  }
  bool has_read(std::uint64_t times) const {
    return comes_true([&] { return bucket.readings() >= times; });
  }

  creation create(const std::string& key, const std::string& value) {
    const auto before = all<create_outcome>().size();
    bucket.create(key, value);
    REQUIRE(comes_true([&] { return all<create_outcome>().size() > before; }));
    REQUIRE(all<create_outcome>()[before].key == key);
    return all<create_outcome>()[before].outcome;
  }
  read_outcome read(const std::string& key) {
    const auto before = all<read_outcome>().size();
    bucket.read(key);
    REQUIRE(comes_true([&] { return all<read_outcome>().size() > before; }));
    return all<read_outcome>()[before];
  }
  /// What stands there after all that was told since the bucket was lost, if it was.
  std::map<std::string, std::string> table() const {
    std::map<std::string, std::string> out;
    for (const auto& event : told()) {
      if (std::holds_alternative<bucket_lost>(event))
        out.clear();
      else if (const auto* entry = std::get_if<bucket_entry>(&event); entry && entry->deleted)
        out.erase(entry->key);
      else if (entry)
        out[entry->key] = entry->value;
    }
    return out;
  }

private:
  mutable std::mutex mutex_;
  std::vector<bucket_event> told_;

public:
  jetstream_bucket bucket; ///< last: it tells as long as it lives
};

} // namespace alleycat::testing

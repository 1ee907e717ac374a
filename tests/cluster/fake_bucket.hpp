/// The bucket of the simulation: what nats-server keeps, with its lives and deletions.
#pragma once

#include "cluster/bucket.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alleycat::testing {

class fake_bucket {
public:
  /// Faults that a store may have; with each of them the checks have to fail.
  struct faults {
    /// nats-server 2.9.10 with replicas: the revision of a compare-and-swap *update* is looked at before it is agreed on, not after. Two
    /// updates of the same revision that come close together both win. (`update` only.)
    bool two_updates_win = false;
    /// A deleted key leaves no marker, so it can be created again.
    bool forgets_deletions = false;
    /// A creation replaces what is there.
    bool overwrites = false;
  };

  explicit fake_bucket(faults planted) : faults_{planted} {}

  /// @returns whether it was not there
  bool create(const std::string& key, const std::string& value) {
    if (entries_.contains(key) && !faults_.overwrites)
      return false;
    if (!created_.insert(key).second)
      created_again_.push_back(key);
    write(key, value, false);
    return true;
  }
  void put(const std::string& key, const std::string& value) { write(key, value, false); }
  void erase(const std::string& key) {
    if (!entries_.contains(key))
      return;
    write(key, "", true);
    if (faults_.forgets_deletions)
      entries_.erase(key);
  }

  /// 0: not there.
  std::uint64_t revision_of(const std::string& key) const {
    const auto found = revisions_.find(key);
    return found == revisions_.end() ? 0 : found->second.second;
  }
  /// Compare-and-swap. Nothing in Alleycat uses it. @param expected  as `revision_of` said
  /// @returns whether it won. With `two_updates_win` a second one that expected the same wins as well.
  bool update(const std::string& key, const std::string& value, std::uint64_t expected) {
    const auto [before, current] = revisions_[key];
    const bool wins = current == expected || (faults_.two_updates_win && before == expected && expected != 0);
    if (wins)
      write(key, value, false);
    return wins;
  }

  const std::map<std::string, bucket_entry>& entries() const { return entries_; }
  /// Keys that were created a second time within one life.
  const std::vector<std::string>& created_again() const { return created_again_; }

  /// Comes back empty.
  void lose() {
    ++life_;
    entries_.clear();
    created_.clear();
    revisions_.clear();
  }
  std::uint64_t life() const { return life_; }

  /// Comes back as it was at an earlier moment. Only what came later is gone, but a key that had been created then could be
  /// created again, so that is another life.
  using snapshot = std::map<std::string, bucket_entry>;
  void restore(const snapshot& earlier) {
    lose();
    entries_ = earlier;
    for (const auto& [key, entry] : earlier)
      created_.insert(key);
  }

  std::function<void(const bucket_entry&)> watch;

private:
  void write(const std::string& key, const std::string& value, bool deleted) {
    auto& entry = entries_[key];
    entry = {key, value, deleted, {}};
    auto& [before, current] = revisions_[key];
    before = std::exchange(current, ++sequence_);
    if (watch)
      watch(entry);
  }

  faults faults_;
  std::map<std::string, bucket_entry> entries_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> revisions_; ///< the one before, the current one
  std::set<std::string> created_;
  std::vector<std::string> created_again_;
  std::uint64_t sequence_ = 0;
  std::uint64_t life_ = 1;
};

} // namespace alleycat::testing

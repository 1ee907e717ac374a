/// The latest name of every rider, for tables that show riders of other races.
#pragma once

#include "racing/ids.hpp"

#include <array>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace alleycat {

/// A directory that all actors of a node read. Written when a race sees a rider's name, and at start from the store.
/// Thread safe; sharded, since every row of every view asks it.
class name_book {
public:
  /// @returns the name, or "racer <id>" for a rider who never sent one.
  std::string of(racer_id racer) const;
  void set(racer_id racer, const std::string& name);

private:
  struct shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<racer_id, std::string> names;
  };
  static constexpr std::size_t shards = 64;
  std::array<shard, shards> shards_;
};

} // namespace alleycat

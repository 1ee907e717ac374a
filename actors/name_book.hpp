/// The latest name of every rider, for tables that show riders of other races.
#pragma once

#include "racing/ids.hpp"

#include <array>
#include <cstddef>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alleycat {

/// A directory that all actors of a node read. Written when a race sees a rider's name, and at start from the store.
/// Thread safe; sharded, since every row of every view asks it.
class name_book {
public:
  /// @returns the name, or "racer <id>" for a rider who never sent one.
  std::string of(racer_id racer) const;
  void set(racer_id racer, const std::string& name);

  struct person {
    racer_id racer;
    std::string name;
  };
  struct people {
    std::size_t of = 0; ///< how many there are
    std::vector<person> rows;
  };
  /// Riders of whose name a word begins with the text, whatever its case and accents, or whose number begins with it.
  /// @param limit  rows at most
  /// @returns the rider of that very number first, then by name, those of one name by number; nobody for an empty text
  people search(std::string_view text, std::size_t limit) const;

private:
  struct entry {
    racer_id racer;
    std::string name;
    std::string folded;
  };
  struct shard {
    mutable std::shared_mutex mutex;
    std::vector<entry> entries; ///< side by side, for a search through all of them
    std::unordered_map<racer_id, std::size_t> places;
  };
  static constexpr std::size_t shards = 64;
  std::array<shard, shards> shards_;
};

} // namespace alleycat

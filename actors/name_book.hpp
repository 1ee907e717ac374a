/// The latest name of every rider, for tables that show riders of other races.
#pragma once

#include "racing/ids.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
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
  /// Whether the rider ever had a name.
  bool knows(racer_id racer) const;
  /// The rider's own name, which shows unless another was given.
  void set(racer_id racer, const std::string& name);
  /// Shows a rider by another name from now on; by none, and to no search, when it is empty; nothing: by their own again.
  void show(racer_id racer, const std::optional<std::string>& instead);
  /// Their own name goes.
  void forget(racer_id racer);

  struct person {
    racer_id racer;
    std::string name;
  };
  /// Where a rider stands among those who were found.
  struct hit_place {
    bool other = true; ///< not the one of the very number
    std::string folded;
    racer_id racer;

    friend auto operator<=>(const hit_place&, const hit_place&) = default;
  };
  struct people {
    std::size_t of = 0; ///< how many there are
    std::vector<person> rows;
    std::optional<hit_place> last; ///< of the rows, where others follow
  };
  /// Riders of whose name a word begins with the text, whatever its case and accents, or whose number begins with it.
  /// @param limit  rows at most
  /// @param after  only those who follow this place
  /// @returns the rider of that very number first, then by name, those of one name by number; nobody for an empty text
  people search(std::string_view text, std::size_t limit, const std::optional<hit_place>& after = std::nullopt) const;

private:
  struct entry {
    racer_id racer;
    std::string name;   ///< as shown; empty = by number, and not found by search
    std::string folded; ///< of the name as shown
    std::string own;
    std::optional<std::string> instead;
  };
  struct shard;
  static void put(shard& in, racer_id racer, std::string own, std::optional<std::string> instead);

  struct shard {
    mutable std::shared_mutex mutex;
    std::vector<entry> entries; ///< side by side, for a search through all of them
    std::unordered_map<racer_id, std::size_t> places;
  };
  static constexpr std::size_t shards = 64;
  std::array<shard, shards> shards_;
};

} // namespace alleycat

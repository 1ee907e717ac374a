/// Tables of races of which somebody has seen the first page.
///
/// The standings of an open race change every second, all rows at once: pages of them fit together only when they are of one
/// moment. So a table that was too long for its page is kept for whoever asks for the rest.
#pragma once

#include "messages/json.hpp"
#include "racing/replay.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alleycat {

/// A race's table at one moment, ready to be written page by page.
struct race_table {
  race_key key;
  std::size_t rows = 0;
  std::uint64_t print = 0; ///< the same wherever the same table is made
  std::function<void(const rows_shown&, std::string&)> write;
};

race_table table_of(std::shared_ptr<const standings> table);
race_table table_of(std::shared_ptr<const race_moment> table);
race_table table_of(std::shared_ptr<const race_result> table);

/// One thread at a time.
class kept_tables {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How long a table is kept after its last page, and how many are: a thousand rows take 200 kB.
  static constexpr std::chrono::seconds patience{30};
  static constexpr std::size_t most = 64;

  void keep(race_table table, time_point now);
  /// @returns nothing for a table that is not kept, or not any more
  std::optional<race_table> find(race_key key, std::uint64_t print, time_point now);

private:
  struct entry {
    race_table table;
    time_point used;
  };
  void drop_old(time_point now);

  std::deque<entry> entries_; ///< by `used`
};

} // namespace alleycat

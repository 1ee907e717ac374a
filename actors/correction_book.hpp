/// The corrections in force, for all actors of a node.
#pragma once

#include "racing/corrections.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace alleycat {

/// Written by the editor, and at start from the store: an edit stands here before the store has it, so that what is stored
/// or shown from then on is right already. Thread safe.
class correction_book {
public:
  void apply(const edit& e) {
    const std::unique_lock lock{mutex_};
    all_.apply(e);
    empty_ = false;
  }

  /// Calls `look(const corrections&)`; the writer waits meanwhile.
  template <class Look>
  decltype(auto) read(Look&& look) const {
    const std::shared_lock lock{mutex_};
    return look(all_);
  }

  /// Puts the names of rows as they are shown; each row has a racer and a name.
  /// @param race_start  of a live race: who is forgotten in it has no name
  template <class Rows>
  void show_names(Rows& rows, unix_ms race_start = unix_ms::max()) const {
    if (empty_)
      return;
    read([&](const corrections& all) {
      for (auto& row : rows)
        row.name = all.forgotten(row.racer, race_start) ? std::string{} : all.shown(row.racer, row.name);
    });
  }
  bool forgotten(racer_id racer, unix_ms race_start) const {
    return !empty_ && read([&](const corrections& all) { return all.forgotten(racer, race_start); });
  }
  std::uint64_t bests_since(class_id cls, racer_id racer) const {
    return empty_ ? 0 : read([&](const corrections& all) { return all.bests_since(cls, racer); });
  }
  bool hidden(racer_id racer) const {
    return !empty_ && read([&](const corrections& all) { return all.hidden(racer); });
  }
  /// Whether there is a correction of anybody in the race.
  bool knows_one_of(const closed_race& race) const {
    if (empty_)
      return false;
    return read([&](const corrections& all) {
      const auto known = [&](const auto& row) { return all.knows(row.racer); };
      return std::any_of(race.rides.begin(), race.rides.end(), known) ||
             std::any_of(race.result.rows.begin(), race.result.rows.end(), known);
    });
  }
  std::string shown(racer_id racer, const std::string& own) const {
    return empty_ ? own : read([&](const corrections& all) { return all.shown(racer, own); });
  }

private:
  mutable std::shared_mutex mutex_;
  std::atomic<bool> empty_ = true;
  corrections all_;
};

} // namespace alleycat

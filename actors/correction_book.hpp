/// The corrections in force, for all actors of a node.
#pragma once

#include "racing/corrections.hpp"

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
  template <class Rows>
  void show_names(Rows& rows) const {
    if (empty_)
      return;
    read([&](const corrections& all) {
      for (auto& row : rows)
        row.name = all.shown(row.racer, row.name);
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

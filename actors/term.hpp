/// The right to act as a class's owner.
#pragma once

#include "racing/check.hpp"
#include "racing/ids.hpp"

#include <atomic>
#include <memory>

namespace alleycat {

/// An owner's term: one class by one epoch. Everything that acts under it shares it and looks before it acts; it may end at
/// any moment, from any thread.
///
///     preloading ──begin(epoch)──▶ running ──end()──▶ over
///          └───────────────end()───────────────────────▲
///
/// While preloading, journals are read and folded and nothing leaves: no publication, event, mark, purge or count. An owner
/// that had to claim anew goes on by its higher epoch: begin() once more.
class term {
public:
  explicit term(class_id cls) : cls_{cls} {}
  term(class_id cls, epoch owner_epoch) : cls_{cls} { begin(owner_epoch); }

  class_id cls() const { return cls_; }
  /// 0 while preloading.
  epoch owner_epoch() const { return epoch{epoch_.load(std::memory_order_acquire)}; }
  bool running() const { return !over() && owner_epoch() != epoch{}; }
  bool over() const { return over_.load(std::memory_order_acquire); }

  /// @pre not 0, and not below the epoch so far
  void begin(epoch owner_epoch) {
    ALLEYCAT_CHECK(owner_epoch != epoch{} && owner_epoch >= this->owner_epoch());
    epoch_.store(owner_epoch.value(), std::memory_order_release);
  }
  void end() { over_.store(true, std::memory_order_release); }

private:
  class_id cls_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<bool> over_{false};
};
using term_ptr = std::shared_ptr<term>;

} // namespace alleycat

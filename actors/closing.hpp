/// Closing the races of one class, one after the other.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/retry.hpp"
#include "actors/term.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace alleycat {

/// Whom a close needs.
struct closing_partners {
  class_actor cls;
  results_actor results;
  store_actor store;
};

/// The steps of every close of a class, in the order of the races' ids. Not an actor: its shard lends it its mailbox.
///
///     folded to its mark ──▶ waits until every lower race is ranked
///       ──▶ rank           the class: all-time ranks of every second, by the table before the merge
///       ──▶ settle_rides   the results log, create-only; what stands there is read back and counts
///       ──▶ settle_result  composed from those rides, stored once, read back where somebody was first
///       ──▶ merge          the class's tables; then published as stored, and the next race is ranked
///                          ⋮
///       ──▶ apply          LMDB, one transaction      (behind, in the same order: a disk that hangs delays
///       ──▶ announce       the changelog of bests      no result)
///       ──▶ done
///
/// Each step can be repeated, by this owner or by the next; what fails is tried again after a pause that doubles. Nothing
/// of an ended term is acted on.
class closing {
public:
  /// @param self     the shard; outlives this
  /// @param on_done  a race is applied and announced
  closing(shard_actor::pointer self, const actor_context& env, term_ptr under, scoring rule, closing_partners partners,
          std::function<void(race_key)> on_done);
  ~closing();
  closing(const closing&) = delete;
  closing& operator=(const closing&) = delete;

  /// A race that was folded up to its mark; once more does no harm.
  void add(const closed_race_ptr& race);
  /// Goes on where something is due.
  /// @param lowest_open  the lowest race that is not folded to its mark yet; none = all are
  /// @param may_rank     whether every race that was in the journal when the term began is known
  void go_on(std::optional<race_id> lowest_open, bool may_rank, unix_ms now);
  /// Puts what a race has improved into the changelog, whoever closed it.
  void announce(race_key key, std::function<void(const caf::error&)> done);

private:
  /// Races on one of the two roads: to the result, and to the disk.
  struct road {
    closed_race_ptr race; ///< under way; null = none
    retry again;
  };

  void rank();
  void settle_rides();
  void settle_result();
  void merge(const std::shared_ptr<const std::string>& stored);
  void next_to_disk();
  void apply();
  void tell();
  void failed(road& of, std::string_view step, const caf::error& why, void (closing::*todo)());
  void advanced(road& of);
  void count_delayed();

  shard_actor::pointer self_;
  const actor_context& env_;
  term_ptr term_;
  scoring rule_;
  closing_partners partners_;
  std::function<void(race_key)> on_done_;
  std::map<race_id, closed_race_ptr> folded_; ///< waiting to be ranked
  road to_result_;
  std::deque<closed_race_ptr> results_; ///< waiting to be applied
  road to_disk_;
  std::int64_t delayed_ = 0;               ///< as last counted
  std::map<race_id, steady_ns> folded_at_; ///< until the result is published
};

} // namespace alleycat

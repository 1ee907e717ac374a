/// One race: folds its journal, ranks, publishes, closes.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "racing/race_ending.hpp"
#include "racing/race_fold.hpp"
#include "racing/race_lifecycle.hpp"
#include "racing/standings_policy.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <vector>

namespace alleycat {

/// Whom a race works with.
struct race_partners {
  shard_actor shard;
  class_actor cls;
};

/// Everything about the race itself is in `racing`: the fold (race_fold), its end (race_lifecycle), when to publish
/// (standings_policy). This is their traffic.
///
///     journal item --> fold --> due? --> standings of this moment --rank batch--> class
///                                              '--(answer, or 150 ms)--> published; one message to each rider with news
///     a mark that counts was read --> final state --> shard, which closes the race
///
/// Nothing leaves before the journal has been read to its end once, nor while the term is only preloading.
class race_state {
public:
  using pointer = race_actor::stateful_pointer<race_state>;

  race_state() = default;
  race_state(const race_state&) = delete;
  race_state& operator=(const race_state&) = delete;
  ~race_state();

  void start(pointer self, const actor_context& env, term_ptr under, race_key key, race_partners partners);
  void take_items();
  void look_at_clock();
  void look_at_standings();
  void look_for_ranks();
  ghost_set take_ghost(set_ghost&& x);
  standings_ptr current() const;
  caf::result<moment_answer> moment(const get_moment& x);
  /// The journal has so many messages of this race.
  void saw_extent(std::uint64_t messages);
  void work_on_ending();
  void leave();

  static inline const char* name = "race";

private:
  /// A publication on its way: everything as of one moment, but the all-time ranks.
  struct publication {
    std::vector<row_index> order; ///< of the rides in both
    standings table;
    race_tick tick;
  };

  void publish_if_due(unix_ms now);
  /// Has `look_at_standings` called at a moment that is still to come.
  void look_again(unix_ms at, unix_ms now);
  std::unique_ptr<publication> compose(unix_ms now);
  /// @param order  race_fold::live_order()
  standings describe(std::span<const row_index> order, unix_ms now) const;
  /// Fills in all-time ranks as they were last answered.
  void show_all_time(standings& table, std::span<const row_index> order) const;
  /// The furthest second that half of those riding have reached.
  own_second usual_second(unix_ms now) const;
  /// Fills in how far the rider is.
  void describe(rider_tick& rider, const standing& place) const;
  bool wants_view(row_index row) const;
  /// The here-now rows of a rider's view.
  std::vector<here_now_row> surroundings_of(const rider_tick& rider) const;
  rank_batch batch_for(const publication& p) const;
  void take_ranks(const rank_answer& answer);
  void do_without_ranks();
  /// Publishes what is composed.
  void send();
  /// An actor for each rider who is new.
  void meet_riders();
  /// Riders without a view hear at most every `racer_interval` what happened, so that nobody is woken for what nobody sees.
  void tell_untold(unix_ms now);
  void tell_racers(race_tick&& tick);
  /// A rider without a place in the race has no racer actor, but is told why.
  void publish_turned_away(racer_id racer, std::uint32_t times, unix_ms now) const;
  void report_status();
  void note_outcomes();
  void note_lag(unix_ms now);

  void mark(unix_ms now);
  /// Begins to make the final state, which then goes to the shard; once.
  void hand_over();

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  term_ptr term_;
  race_partners partners_;
  std::unique_ptr<race_fold> race_;
  std::unique_ptr<race_ending> ending_; ///< while the final state is being made
  std::unique_ptr<race_lifecycle> life_;
  std::unique_ptr<standings_policy> policy_;
  std::shared_ptr<handoff<journal_item>> inbox_;
  std::unique_ptr<journal_reader> reader_;
  std::vector<journal_item> items_;
  std::vector<racer_actor> racers_;            ///< [row]
  std::map<racer_id, ghost_curve_ptr> ghosts_; ///< of riders whose actor is still to come; at most `capacity`
  std::vector<rank_t> all_time_ranks_;         ///< [row], as last answered; 0 = unknown
  refusal_counts noted_{};                     ///< outcomes that were added to the meters
  race_status reported_;
  unix_ms opened_{};
  std::uint64_t rebuilt_updates_ = 0;
  /// By what was asked for, 0 = the usual second. Many watch one race: who asks within `moment_kept` of another gets the
  /// same answer, so that spectators do not delay live ranks. At most `moments_kept`.
  std::map<std::uint16_t, std::shared_ptr<const race_moment>> moments_;
  bool caught_up_ = false;
  std::unique_ptr<publication> composed_; ///< waits for its ranks; null = nothing does
  std::uint64_t tables_composed_ = 0;     ///< an answer for another than the last one came too late
  steady_ns ranks_due_{};                 ///< until then it does
  bool awaits_ranks_ = false;             ///< the timer for that is set: one for all tables that are composed meanwhile
  race_news untold_;                      ///< of riders without a view
  unix_ms told_{};
  unix_ms looks_at_{};            ///< when the standings' timer comes; 0 = none is set
  std::size_t seen_accepted_ = 0; ///< entries of race_->news().accepted the rhythm knows
  bool complete_ = false;
  bool handed_over_ = false;
  std::uint64_t read_ = 0;      ///< messages of the journal
  std::uint64_t read_then_ = 0; ///< at `behind_since_`
  unix_ms behind_since_{};      ///< the journal has had more than that since; 0 = it has not
  std::uint32_t early_marks_ = 0;
  unix_ms last_stored_{}; ///< journal's time of what was read last
  bool behind_ = false;   ///< by what the journal said with it
  unix_ms oldest_{};      ///< journal's time of the oldest update since the last publication
};

using race_self = metered_actor<actor_kind::race, race_actor, race_state>;

race_actor::behavior_type race(race_self* self, const actor_context* env, term_ptr under, race_key key,
                               race_partners partners);

} // namespace alleycat

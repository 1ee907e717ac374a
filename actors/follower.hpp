/// The way from the streams into the store.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "actors/retry.hpp"
#include "actors/stream_tail.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <vector>

namespace alleycat {

/// Follows ALLEYCAT_RESULTS from where the store's mark says and merges each race in it, also those that other nodes have
/// closed: so any node's store is complete. A store that has never read it takes the changelog first, which knows bests
/// whose rides are gone.
///
///     corrections read --> marks read --(no mark of results)--> changelog --(its end)--> results, for ever
///                               '-------(a mark)-----------------------------------------^
///
/// Merging is idempotent, so what is read twice does no harm. Rides stand before their result; the mark never passes a
/// ride whose race is not merged.
class follower_state {
public:
  using pointer = follower_actor::stateful_pointer<follower_state>;

  void start(pointer self, const actor_context& env, store_actor store, calendar_actor calendar, editor_actor editor);
  void take_items();
  void look_at_clock();
  void found_end(const stream_end& end);
  void pass_on(const edited& e);
  caf::typed_response_promise<caught_up> wait();
  follow_progress progress() const;
  /// Results of a class go to its actor too, from now on.
  void feed(class_id cls, class_actor to);

  static inline const char* name = "follower";

private:
  /// Rides that wait for their result.
  struct waiting_rides {
    stream_cursor before; ///< what was read before the first of them
    unix_ms newest{};     ///< stream's time of the last one
    std::vector<ride_record> rides;
  };

  /// Corrections come before what they are about.
  void read_edits();
  void read_cursors();
  void open(record_stream stream, const stream_cursor& after);
  /// Takes what waits, until something has to be written first.
  void work();
  bool too_long(const results_log_item& item) const;
  void take(results_log_item& item);
  void take(ride_record&& ride, const results_log_item& item);
  void take(stored_result&& found);
  void take(stored_bests&& entry);
  void start_again();
  /// Merges what pruning has left of a race. @returns whether there was any.
  bool merge_held_rides(unix_ms now);
  void merge_bests();
  /// One write at a time; tried again until it works.
  template <class Answer, class Message>
  void write(Message message);
  const class_rules* rules_of(class_id cls) const;
  void pass_on(const closed_race_ptr& race);
  void lost(const caf::down_msg& down);
  void end_of(record_stream stream);
  void store_cursor_now();
  stream_cursor safe_cursor() const;

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  store_actor store_;
  calendar_actor calendar_;
  editor_actor editor_;
  stream_tail tail_;
  bool writing_ = false;
  retry again_{milliseconds{1'000}, milliseconds{30'000}}; ///< the step that failed
  stream_cursor kept_;                                     ///< as the store has it
  unix_ms kept_at_{};
  std::map<race_key, waiting_rides> rides_; ///< by race
  std::multimap<class_id, class_actor> fed_;
  std::map<class_id, std::vector<racer_bests>> bests_;
  std::size_t bests_waiting_ = 0;

  std::uint64_t sent_ = 0; ///< sequence of the last message that is known to be on its way
  std::uint64_t left_ = 0; ///< messages behind it
  std::uint64_t count_ = 0;
  unix_ms told_at_{};
  bool current_ = false;
};

using follower_self = metered_actor<actor_kind::follower, follower_actor, follower_state>;

follower_actor::behavior_type follower(follower_self* self, const actor_context* env, store_actor store,
                                       calendar_actor calendar, editor_actor editor);

} // namespace alleycat

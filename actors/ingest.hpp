/// Takes updates in.
#pragma once

#include "actors/commit_policy.hpp"
#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "racing/racer_index.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace alleycat {

/// Group commit: updates of one race wait at most the linger time (`commit_policy` says when less, and when more), or until there are 500,
/// and go to the journal in one message. The bike gets its `ok` when that message is stored, never before.
///
///     arrival --judge--> pending --commit--> in flight --PubAck--> answered `ok`
///        |                  |                   |--none in time--> sent again (harmless), up to 2 s before the deadline
///     answered `refused`    '--100,000 unstored: `busy`            '--refused, or too late: `not_stored`
class ingest_state {
public:
  using pointer = ingest_actor::stateful_pointer<ingest_state>;

  void start(pointer self, const actor_context& env, std::shared_ptr<handoff<arrival>> inbox, registry_actor registry);
  void take_arrivals();
  /// The linger time of something pending is over.
  void commit_due(linger_over which);
  void settle(const journal_ack& ack);
  void look_at_clock();
  /// @returns a promise that is kept when nothing is unstored.
  caf::typed_response_promise<flushed> flush();

  static inline const char* name = "ingest";

private:
  struct known_rider {
    std::string name; ///< as last written
    /// How often: a name goes with the first updates of a ride, not only the first, since the fold may refuse that one.
    std::uint8_t times = 0;
    commit_policy::round round = 0;
  };
  /// Of an update that is not stored yet.
  struct waiter {
    std::string reply_to;
    steady_ns since; ///< its arrival
  };
  struct open_race {
    open_race(milliseconds linger, std::size_t nodes) : policy{linger, nodes} {}
    /// As it is known; a stranger is from now on.
    known_rider& rider(racer_id racer);

    journal_batch pending;
    std::vector<waiter> waiting; ///< for `pending`, in order
    std::size_t in_flight = 0;
    racer_index row_of;
    std::vector<known_rider> riders; ///< [row]
    commit_policy policy;
    bool lingers = false; ///< stands in `lingering_`
    unix_ms last_use{};
  };
  struct sent_batch {
    race_key key;
    journal_batch batch;
    std::vector<waiter> waiting;
    unix_ms sent{};
    steady_ns sent_steady;
  };

  void take(arrival& a, unix_ms now, steady_ns steady);
  void refuse(const std::string& reply_to, refusal reason, std::string_view why);
  /// Why nothing can be taken at the moment; empty = it can.
  std::string_view busy_with(class_id cls) const;
  void write_name_or_not(known_rider& rider, std::string& sent);
  void commit_due(unix_ms now);
  void commit_all();
  void forget_empty();
  void commit(race_key key, open_race& race);
  /// Whether the race's deadline is at least this far away; with `admit any` there is none.
  bool is_before_deadline(race_key key, milliseconds margin) const;
  void give_up(const sent_batch& batch, refusal reason, std::string_view why);
  void less_unstored(std::size_t settled);
  void observe_stored(const sent_batch& batch) const;
  void note_oldest() const;
  void finish(std::map<std::uint64_t, sent_batch>::iterator batch);
  void wake_at(unix_ms due, unix_ms now);

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  std::shared_ptr<handoff<arrival>> inbox_;
  registry_actor registry_;
  std::unique_ptr<journal_writer> writer_;
  std::vector<arrival> arrivals_;
  std::unordered_map<race_key, open_race> races_;
  std::vector<std::pair<const race_key, open_race>*> lingering_; ///< each race with something pending, once
  std::map<std::uint64_t, sent_batch> in_flight_;
  std::uint64_t next_token_ = 1;
  std::size_t unstored_ = 0;
  std::optional<unix_ms> wake_up_; ///< when the next `linger_over` that counts comes
  caf::typed_response_promise<flushed> flush_promise_;
  bool flushing_ = false;
};

using ingest_self = metered_actor<actor_kind::ingest, ingest_actor, ingest_state>;

/// @param inbox  filled by NATS threads, which send `arrived` when it stops being empty
/// @param registry  gets a hint for every race seen
ingest_actor::behavior_type ingest(ingest_self* self, const actor_context* env, std::shared_ptr<handoff<arrival>> inbox,
                                   registry_actor registry);

} // namespace alleycat

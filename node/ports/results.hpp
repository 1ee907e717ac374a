/// Closed races into the results stream, and old ones out of it.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/streams.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace alleycat {

/// Writes rides first, the result last, each create-only (expected last sequence of its subject 0), so that whoever
/// writes first wins and a result implies its rides. What stood there before is read back: it counts. Bests go into the
/// changelog under the writer's epoch, the last one on a subject counts. Not thread safe; waits for PubAcks.
class results_writer {
public:
  results_writer(const std::vector<std::string>& urls, const std::string& node_name);

  // All throw std::runtime_error when something was not confirmed within 5 s; the whole call may be repeated.

  /// @returns the race with its rides as they stand in the stream
  closed_race_ptr settle_rides(const closed_race_ptr& race);
  /// @param race  with settled rides: the result takes its all-time ranks from them
  result_settled settle_result(const closed_race_ptr& race);
  stored_payload find_result(race_key key);
  /// Takes forgotten riders' rides, bests and earlier corrections out of the streams, and writes corrected results anew. Between
  /// the old result and the new one there is none: should this end there, the next call finds it missing and writes it.
  cleaned_streams clean(const cleanups& what, const race_rules& race);
  /// @returns its sequence in the stream of corrections
  std::uint64_t append(const edit& e);
  void store(class_id cls, epoch owner_epoch, const std::vector<racer_bests>& bests);

  /// Removes the race's result, then the rides that leave. What is not there is no error.
  /// @throws std::runtime_error when something was not confirmed within 5 s; the whole call may be repeated.
  void remove(const old_race& race);

private:
  void begin();
  void send(nats_message message);
  struct place {
    std::string subject;
    std::uint64_t sequence = 0;
    std::string payload; ///< unless only headers were asked for
  };
  /// What a stream has under a filter now.
  std::vector<place> find_all(std::string_view stream, const std::string& filter, bool with_payload);
  /// What is gone already is no error. @returns whether it was there
  bool remove_at(std::string_view stream, std::uint64_t sequence);
  /// @param before  only messages with a lower sequence; 0 = all of the subject
  void purge(std::string_view stream, const std::string& subject, std::uint64_t before);
  void clean(const edit& forgotten, const race_rules& race, cleaned_streams& done);
  void clean(const stored_result& right, cleaned_streams& done);
  void settle();
  /// What stands on a subject.
  nats_message stored_on(const std::string& subject);
  static void refused(jsCtx*, jsPubAckErr* error, void* self);

  nats_connection connection_;
  jetstream js_;
  std::size_t under_way_ = 0;
  std::mutex mutex_;               ///< guards what follows
  std::uint64_t failures_ = 0;     ///< refused for another reason than that the subject has its message
  std::vector<std::string> taken_; ///< subjects that had their message
};

using results_self = metered_plain<actor_kind::results, results_actor>;

/// Spawn detached.
/// @param writer  outlives the actor; used by nobody else
results_actor::behavior_type results(results_self* self, results_writer* writer);

} // namespace alleycat

/// Spawns and supervises classes and races; registers live races.
#pragma once

#include "actors/class.hpp"
#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/race.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <set>

namespace alleycat {

/// Every journal subject gets a race actor, unless the store says that its race was merged already; then the subject is
/// purged when its time has come. A race that dies is made again from the journal.
///
///     seen in the journal --> asked (store: merged?) --no--> open --race_done--> kept --purge time over--> purged
///                                    '--yes--> checked (journal: still the same?) --yes--> kept
///                                                        '--no--> open: read again from the start
class host_state {
public:
  using pointer = host_actor::stateful_pointer<host_state>;

  void start(pointer self, const actor_context& env, class_partners partners);
  void saw(race_key key);
  void saw_journal(const journal_subjects& subjects);
  void checked(const stamp_checked& outcome);
  void take(const race_status& status);
  void done(race_key key);
  void look_at_clock();
  open_races open() const;
  caf::result<race_actor> find(race_key key) const;
  caf::result<class_actor> find(class_id cls) const;

  static inline const char* name = "host";

private:
  struct open_race {
    race_actor actor;
    race_status status;
  };

  void catch_up();
  void ask_store(race_key key);
  void open(race_key key);
  void lost(const caf::down_msg& down);
  /// Ends everything that was made here, then itself.
  void leave(const caf::error& why);
  void count_open();

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  class_partners partners_;
  std::map<class_id, class_actor> classes_;
  std::map<race_key, open_race> races_;
  std::set<race_key> asked_; ///< the store or the journal has not answered yet
  std::map<race_key, unix_ms>
      merged_;                       ///< of those the store knows, the time of their mark; the journal is being checked
  std::map<race_key, unix_ms> kept_; ///< merged races whose subject is still there, by the time of their close
  bool current_ = false;             ///< the store knows all closed races
  std::optional<journal_subjects> listed_; ///< waits for that
  bool journal_seen_ = false;
};

host_actor::behavior_type host(host_actor::stateful_pointer<host_state> self, const actor_context* env,
                               class_partners partners);

} // namespace alleycat

/// One class with its live races, under one owner's term.
#pragma once

#include "actors/class.hpp"
#include "actors/closing.hpp"
#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "actors/race.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace alleycat {

/// Whom a shard works with.
struct shard_partners {
  registry_actor registry;
  store_actor store;
  store_actor reader; ///< of the same records: a slow sync must not delay who only reads
  archive_actor archive;
  results_actor results;
  follower_actor follower;
};

/// Every journal subject of the class gets a race actor, unless the store says that its race was applied already; then the
/// subject is purged when its time has come. A race that dies is made again from the journal.
///
///     seen in the journal ──▶ asked (store: applied?) ──no──▶ open ──folded, closed──▶ applied ──purge time over──▶ purged
///                                   └──yes──▶ checked (journal: as it was then?) ──yes, or purged──▶ applied
///                                                   └──no──▶ open: read again from the start
///
/// When the term begins, what a former owner may have left undone is made good: results of the last minutes are published
/// again as they are stored, and bests of the last hour put into the changelog.
class shard_state {
public:
  using pointer = shard_actor::stateful_pointer<shard_state>;

  void start(pointer self, const actor_context& env, term_ptr under, const class_rules& rules, shard_partners partners);
  void begin(epoch owner_epoch);
  void on_hint(race_key key);
  void go_on();
  void saw_journal(const journal_listing& listing);
  void checked(const stamp_checked& outcome);
  void on_status(const race_status& status);
  void on_folded(const closed_race_ptr& race);
  void on_class(const class_status& status);
  void look_at_clock();
  /// The term is over: ends everything that was made here, then itself.
  ack end();
  caf::result<race_actor> find(race_key key) const;
  class_actor cls() const { return class_; }

  static inline const char* name = "shard";

private:
  struct open_race {
    race_actor actor;
    race_status status;
    bool stored = false; ///< something of it is in the journal; else only a hint told of it
    unix_ms opened{};
  };

  void catch_up();
  void list_journal(unix_ms now);
  void saw(race_key key, bool stored);
  void ask_store(race_key key, bool stored);
  void open(race_key key, bool stored);
  void drop_hint_without_race(unix_ms now);
  void done(race_key key);
  void lost(const caf::down_msg& down);
  void leave(const caf::error& why);
  void purge_due(unix_ms now);
  void make_good();
  void republish(const std::vector<race_summary>& closed);
  std::optional<race_id> lowest_open() const;
  bool is_ready() const;
  void report();

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  term_ptr term_;
  class_rules rules_;
  shard_partners partners_;
  class_actor class_;
  std::unique_ptr<closing> closing_;
  std::map<race_key, open_race> races_;
  std::set<race_key> asked_;               ///< the store or the journal has not answered yet
  std::map<race_key, unix_ms> applied_at_; ///< being checked; by the time of their mark
  std::map<race_key, unix_ms> applied_;    ///< whose subject is still there; by the time of their close
  std::map<race_key, unix_ms> purged_;     ///< asked for, when
  bool current_ = false;                   ///< the store knows all closed races
  bool catching_up_ = false;
  bool class_loaded_ = false;
  std::uint64_t listings_asked_ = 0;
  std::uint64_t listing_wanted_ = 1; ///< the first one that was taken after the term began
  std::uint64_t listing_seen_ = 0;
  std::optional<unix_ms> listing_since_; ///< one is under way
  std::uint32_t fill_percent_ = 0;
  bool ready_ = false;
  bool good_ = false; ///< made good what was left undone
};

using shard_self = metered_actor<actor_kind::shard, shard_actor, shard_state>;

shard_actor::behavior_type shard(shard_self* self, const actor_context* env, term_ptr under, class_rules rules,
                                 shard_partners partners);

} // namespace alleycat

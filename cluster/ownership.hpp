/// Membership and ownership of one node: the whole decision, without clocks, threads or network.
///
/// What goes in: time, what the bucket tells, how this node fares, and what became of the classes it owns. What comes out:
/// commands, to be carried out in order. Whatever comes in may come late, twice or in another order: decisions are taken from what
/// is known, not from what just happened.
///
/// The node, seen by how far it trusts what it owns:
///
///               entries read, generation and rules agreed,       own heartbeats do not come back,
///               own heartbeat came back                          bucket lost
///     stale ───────────────────────────────────▶ fresh ─────────────────────────────────────────▶ stale
///       │                                         │ ▲
///       │       did not run for a second          │ │ entries read again, a heartbeat sent since came back
///       └──────────────────────┬──────────────────┘ │
///                              ▼                    │
///                           suspect ────────────────┘        claims, starts and hand-overs only while fresh; stops always
///
/// One class at this node:
///
///                free, and it is our turn
///      other's ──────────────────────────▶ claiming ──created, or the watch shows our claim──▶ ours: start
///       │  ▲                                │ │  ▲                                             │   │
///       │  └───── taken by another ─────────┘ │  │ not there: once more                        │   │ bucket lost, key deleted, or a
///       │                        taken,       ▼  │                                             │   │ higher epoch outside: claim anew,
///       │                        no answer:  reading back                                      │   └──▶ ours            go on
///       │                                                                                      │
///       │◀── a higher epoch: stop fenced ──────────────────────────────────────────────────────┤
///       │                                                                                      │ drain, or balance: offer
///       │◀────────────────────── release created ── releasing ◀──stopped── stopping ◀──────────┤
///                                                              or 2 s       stop released      │ preloaded, or nobody to offer to, or
///                                                                                              │ half the drain time; unfit; never
///                                                                                              ▼ recovered
///
/// A class is *free* when it has no claim, its latest claim is a release or was deleted, or the owner is dead, has left, or is an
/// older incarnation. Who claims it is an order, not a gate: members that are ready and steady come before those that are ready,
/// those before any that is fit, by rendezvous hashing within a tier (a release names who has preloaded: that one is first); the
/// first at once, the next a second later, a lower tier ten seconds later, and so does who had it and never recovered. The next
/// epoch is one more than anything seen; claims are only ever created, so an epoch has one owner, whatever anybody believed about
/// the others. A node that was cut off, paused or slow is overtaken, not asked.
///
/// An owner lets go by itself when it is unfit for 5 s and somebody better lives. Each time that happens, and each time it is
/// overtaken, is a *strike*: its patience with itself and the time until it is steady double, and halve again with each quiet minute.
///
/// Classes also move for balance: when nothing has changed for 10 s and one member has at least two classes more than another, the one
/// with most hands one to the one with fewest.
#pragma once

#include "cluster/claim_table.hpp"
#include "cluster/commands.hpp"
#include "cluster/membership.hpp"
#include "cluster/pulse.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace alleycat {

struct ownership_settings {
  std::string name;    ///< of this node; see `is_node_name`
  std::string address; ///< of its CAF port, as others reach it: host:port
  unix_ms started{};   ///< for people
  std::string version = "0";
  std::uint32_t protocol = 0;     ///< of the messages between nodes
  std::uint32_t reads = 1;        ///< highest format that this program can read and write
  std::string rules;              ///< `rules_text`
  std::uint64_t rules_digest = 0; ///< `rules_digest`
  std::vector<class_id> classes;  ///< each once
  /// Of the data folder. After its disk was wiped a node may get a higher incarnation than its starts say: one that keeps
  /// `incarnation() >> 16` where it counts its starts cannot fall behind itself.
  std::uint64_t starts = 0;
  std::uint16_t salt = 0; ///< random, see `next_incarnation`
  cluster_timing timing;
};

class ownership {
public:
  /// @pre the name is one, its durations fit each other
  explicit ownership(ownership_settings settings);

  // -- inputs. @pre `now` never goes back --

  /// At least every 250 ms.
  commands tick(steady_time now);
  commands on_bucket(steady_time now, const bucket_event& event) { return on_bucket(now, std::span{&event, 1}); }
  /// Several at once cost one review of all classes.
  commands on_bucket(steady_time now, std::span<const bucket_event> events);
  /// The answer to `look_outside`.
  commands outside(steady_time now, epoch highest);
  /// The answer to `note_generation`.
  commands noted(steady_time now, std::uint64_t generation);
  /// An epoch of this class that was met outside the bucket (in the changelog, a result, a message). If ours is lower, a
  /// higher one is claimed.
  commands met(steady_time now, class_id cls, epoch owner_epoch);
  /// How this node fares; unfit until the first call. Goes out at once when it changes.
  /// @param fit    the connections of journal and output answer
  /// @param ready  the store has caught up
  commands health(steady_time now, bool fit, bool ready);
  /// A started class is loaded and serves. @param owner_epoch  of its start, or a later one
  commands recovered(steady_time now, class_id cls, epoch owner_epoch);
  /// A successor has what it needs to go on at once.
  commands preloaded(steady_time now, class_id cls, const std::string& by);
  /// After `stop_reason::released`: flushed and ended. @param owner_epoch  of its stop
  commands stopped(steady_time now, class_id cls, epoch owner_epoch);
  /// CAF lost the connection to this member. A hint: it shortens the wait, and proves nothing.
  commands connection_down(steady_time now, const std::string& member);
  /// Hands everything over, then leaves.
  commands drain(steady_time now);
  /// Goes out with the next heartbeat; the number of classes is filled in here.
  void set_load(const node_load& load) { load_ = load; }
  /// Of the wall clock before the server's.
  void set_clock_ahead(milliseconds by) { clock_ahead_ = by; }

  // -- queries --

  struct owner {
    std::string name;
    std::uint64_t incarnation = 0;
    epoch owner_epoch;
    unix_ms since{}; ///< by the owner's clock

    friend bool operator==(const owner&, const owner&) = default;
  };
  /// @returns nothing when there is none, or none that lives
  std::optional<owner> owner_of(class_id cls) const;

  struct owned {
    class_id cls;
    epoch owner_epoch;
    bool ready = false;
  };
  /// What runs here, ascending.
  std::vector<owned> own() const;
  /// False once anybody is known to have a higher epoch.
  bool is_current(class_id cls, epoch owner_epoch) const;

  enum class life : std::uint8_t { live, unfit, draining, dead };
  struct member_view {
    heartbeat last;
    life state = life::live;
  };
  /// Everybody who is known and has not left, this node too; by name.
  std::vector<member_view> members_seen() const;

  trust trusted() const { return trust_; }
  /// Output may leave until then; whoever finds the clock past it holds it back: this process has not run, or the bucket has
  /// not heard of it for so long that it may have been overtaken. Thread-safe copies of it are the caller's business.
  steady_time trusted_until() const;
  /// 0 until the bucket was read.
  std::uint64_t incarnation() const { return incarnation_; }
  /// What may be written: every member that lives can read it. Only rises.
  std::uint32_t format() const { return format_; }
  bool draining() const { return drain_since_.has_value(); }
  const membership& members() const { return members_; }

private:
  enum class step : std::uint8_t { offered, stopping, releasing };
  struct hand_over {
    epoch owner_epoch;
    std::string to; ///< empty: nobody
    step stage = step::offered;
    steady_time since;
    steady_time asked_at; ///< the last time
    steady_time stopped_at;
    bool preloaded = false;
  };
  struct term {
    epoch first;       ///< by which it was started
    epoch owner_epoch; ///< by which it runs
    observed_time since;
    bool ready = false;
  };
  struct place {
    std::optional<term> running;
    bool claiming = false; ///< a claim of ours is under way
    std::optional<hand_over> hand;
    std::optional<observed_time> free_since;
    std::optional<observed_time> void_since; ///< the latest claim does not hold
    succession how = succession::first;      ///< of the latest try to claim
    std::string before;
    steady_time erase_from;    ///< when overtaken claims are deleted next
    int failures = 0;          ///< terms in a row that never recovered
    observed_time stands_back; ///< until then others come first, unless it has preloaded
  };
  enum class stage : std::uint8_t { creating, reading, create_later, read_later };
  struct attempt {
    std::string value;
    std::optional<class_id> cls; ///< of a claim
    stage step = stage::creating;
    steady_time retry_at;
    int failures = 0;
  };

  // ownership.cpp: inputs and knowledge
  void begin(steady_time now);
  void wake();
  commands finish();
  /// What must hold between two inputs.
  void check_places() const;
  void learn(const bucket_entry& entry);
  void learn_key(const node_key& key, const bucket_entry& entry);
  void learn_key(const claim_key& key, const bucket_entry& entry);
  void learn_key(const generation_key& key, const bucket_entry& entry);
  void learn_key(const rules_key& key, const bucket_entry& entry);
  void learn_key(const format_key& key, const bucket_entry& entry);
  void saw_own_name(std::uint64_t incarnation);
  void on_event(const bucket_entry& entry) { learn(entry); }
  void on_event(const create_outcome& outcome);
  void on_event(const read_outcome& outcome);
  void on_event(const entries_begin& begun);
  void on_event(const entries_read& read);
  void on_event(const bucket_lost& lost);
  void create(const std::string& key, std::string value, std::optional<class_id> cls);
  void settle(const std::string& key);
  void retry_attempts();
  heartbeat own_heartbeat(member_state state) const;
  void beat() { beat(drain_since_ ? member_state::draining : member_state::serving); }
  void beat(member_state state);
  void refuse(const std::string& why);
  void strike();
  bool ours(const claim& what) const { return what.owner == set_.name && what.incarnation == incarnation_; }
  bool serving() const { return !drain_since_ && !over_; }
  bool steady() const;
  milliseconds with_strikes(milliseconds patience) const { return patience * (1 << strikes_); }

  // ownership_agreement.cpp: what all members have in common
  void agree();
  void agree_on_generation();
  void agree_on_rules();
  void agree_on_format();
  bool listened_long_enough() const;
  /// Nothing may be claimed in a generation that is not known, could be forgotten, or is one that the bucket was set back to.
  bool generation_ready() const {
    return outside_ == look::known && claims_.generation_known() && noted_ >= claims_.generation();
  }

  // ownership_review.cpp: decisions
  void review();
  void notice_peers();
  void stop_overtaken();
  void judge_trust();
  void decide(class_id cls, place& here);
  void go_on(class_id cls, place& here);
  void erase_overtaken(class_id cls, place& here);
  void claim_free(class_id cls, place& here);
  bool is_free(place& here, const claim_table::latest_claim* latest) const;
  bool may_be_of_a_newer_program() const;
  std::optional<milliseconds> wait_in_line(class_id cls, const place& here) const;
  // What follows is decided only while fresh.
  void claim_next(class_id cls, place& here, bool release, const std::string& to);
  /// @pre claimed by this epoch, which is above the one it runs by, if it does
  void start(class_id cls, place& here, epoch owner_epoch);
  /// @pre it runs
  void stop(class_id cls, place& here, stop_reason why);

  // ownership_handover.cpp: drain, balance, letting go
  // @pre of those with a class: it runs; of `hand_on`: it is being handed over.
  std::string successor_for(class_id cls) const;
  void offer(class_id cls, place& here, const std::string& to);
  void drop_offer(class_id cls, place& here);
  void hand_on(class_id cls, place& here);
  void stop_to_release(class_id cls, place& here);
  void let_go(class_id cls, place& here);
  void let_go_of_what_fails();
  void balance();
  void drain_on();

  template <class Command>
  void emit(Command what) {
    out_.emplace_back(std::move(what));
  }

  ownership_settings set_;
  membership members_;
  pulse pulse_;
  claim_table claims_;
  std::map<class_id, place> places_;
  std::map<std::string, attempt> attempts_; ///< by key

  commands out_;
  steady_time now_;
  std::optional<steady_time> began_;
  std::uint64_t own_seen_ = 0; ///< highest incarnation of this name
  std::uint64_t incarnation_ = 0;
  node_load load_;
  milliseconds clock_ahead_{0};
  std::set<std::string> unreadable_; ///< keys that were reported

  bool fit_ = false, ready_ = false;
  std::optional<steady_time> unfit_since_;
  std::optional<steady_time> ready_since_; ///< without a pause
  fitness shown_ = fitness::none;          ///< with the last heartbeat
  int strikes_ = 0;
  steady_time struck_at_; ///< or forgiven

  trust trust_ = trust::stale;
  bool entries_read_ = false; ///< of this bucket
  std::optional<observed_time> joined_;
  std::optional<observed_time> bucket_lost_at_;
  std::map<std::uint64_t, std::optional<std::string>> rules_; ///< of this bucket; nothing: deleted
  observed_time rules_seen_at_;                               ///< the last that came
  std::uint64_t agreed_ = 0;                                  ///< number of the rules this node lives by
  std::uint32_t format_ = 1;
  std::uint32_t bucket_format_ = 1; ///< of this bucket
  enum class look : std::uint8_t { needed, asked, known };
  look outside_ = look::needed;       ///< since this bucket
  std::uint64_t outside_counter_ = 0; ///< a heartbeat sent after the answer
  std::uint64_t noting_ = 0;          ///< generation that is to be noted
  std::uint64_t noted_ = 0;           ///< the highest that is
  bool suspect_ = false;
  bool suspect_read_ = false;         ///< entries were read again since
  std::uint64_t suspect_counter_ = 0; ///< a heartbeat from this one on has to come back
  std::uint64_t suspect_token_ = 0;   ///< a reading from this one on has to be answered
  std::uint64_t token_ = 0;
  steady_time reread_at_;

  observed_time calm_from_;
  std::vector<std::string> calm_picture_;
  std::optional<steady_time> drain_since_;
  bool over_ = false;
};

} // namespace alleycat

/// Membership and ownership of one node: the whole decision, without clocks, threads or network.
///
/// What goes in: time, what the bucket tells, which entities there are, and what became of them here. What comes out:
/// commands, to be carried out in order. Whatever comes in may come late, twice or in another order: decisions are taken from what
/// is known, not from what just happened.
///
/// The node, seen by how far it trusts what it owns:
///
///               entries read, generation known,                  own heartbeats do not come back,
///               own heartbeat came back                          bucket lost
///     stale ───────────────────────────────────▶ fresh ─────────────────────────────────────────▶ stale
///       │                                         │ ▲
///       │       did not run for a second          │ │ entries read again, a heartbeat sent since came back
///       └──────────────────────┬──────────────────┘ │
///                              ▼                    │
///                           suspect ────────────────┘        claims, starts and hand-overs only while fresh; stops always
///
/// One entity at this node:
///
///                free, and we are in line
///      other's ──────────────────────────▶ claiming ──created, or the watch shows our claim──▶ ours: start
///       │  ▲                                │ │  ▲                                             │   │
///       │  └───── taken by another ─────────┘ │  │ not there: once more                        │   │ bucket lost, or a higher epoch
///       │                        taken,       ▼  │                                             │   │ outside: claim anew, go on
///       │                        no answer:  reading back                                      │   └──▶ ours
///       │                                                                                      │
///       │◀── a higher epoch: stop fenced ──────────────────────────────────────────────────────┤
///       │                                                                                      │ drain, or a class for balance
///       │                                                                                      ▼
///       │◀──────── release created ── releasing ◀──stopped── stopping: stop released ◀──── offered
///       │                                                       preloaded, or nobody to offer to, or half the drain time
///       ▼
///      over: its claim keys are deleted, for ever
///
/// An entity is *free* when it has no claim, its latest claim is a release, or the owner is dead, has left, or is an older incarnation.
/// Then the live members are in line for it by rendezvous hashing (a release names who is first): the first at once, the
/// next a second later. The next epoch is one more than anything seen; claims are only ever created, so an epoch has
/// one owner, whatever anybody believed about the others. A node that was cut off, paused or slow is
/// overtaken, not asked.
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
#include <string>
#include <vector>

namespace alleycat {

struct ownership_settings {
  std::string name;    ///< of this node
  std::string address; ///< of its CAF port, as others reach it: host:port
  unix_ms started = 0; ///< for people
  std::uint32_t protocol = 0;
  std::string rules;              ///< `rules_text`
  std::uint64_t rules_digest = 0; ///< `rules_digest`
  std::vector<class_id> classes;
  /// Of the data folder. After its disk was wiped a node may get a higher incarnation than its starts say: one that keeps
  /// `incarnation() >> 16` where it counts its starts can not fall behind itself.
  std::uint64_t starts = 0;
  std::uint16_t salt = 0; ///< random, see `next_incarnation`
  cluster_timing timing;
};

class ownership {
public:
  explicit ownership(ownership_settings settings);

  // -- inputs. `now` is the process's steady clock and never goes back. --

  /// At least every 250 ms.
  commands tick(steady_ms now);
  commands take(steady_ms now, const bucket_event& event);
  /// All races with an open journal subject. What is not among them and not owned here needs no owner.
  commands listed(steady_ms now, const std::vector<race_key>& races);
  /// A race that the next list will have.
  commands hint(steady_ms now, race_key race);
  /// The race is over: result and rides are stored and applied, its actor has ended. Not claimed again.
  commands ended(steady_ms now, race_key race);
  /// The answer to `look_outside`.
  commands outside(steady_ms now, epoch highest);
  /// The answer to `note_generation`.
  commands noted(steady_ms now, std::uint64_t generation);
  /// An epoch of this entity that was met outside the bucket (in the changelog, a result, a mark, a message). If ours is
  /// lower, a higher one is claimed.
  commands met(steady_ms now, const entity& what, epoch at);
  /// A started entity is loaded and serves.
  commands recovered(steady_ms now, const entity& what);
  /// A successor has what it needs to go on at once.
  commands preloaded(steady_ms now, const entity& what, const std::string& by);
  /// After `stop_reason::released`: flushed and ended.
  commands stopped(steady_ms now, const entity& what);
  /// CAF lost the connection to this member. A hint: it shortens the wait, and proves nothing.
  commands connection_down(steady_ms now, const std::string& member);
  /// Hands everything over, then leaves.
  commands drain(steady_ms now);
  /// Goes out with the next heartbeat; races and classes are filled in here.
  void set_load(const node_load& load) { load_ = load; }

  // -- queries --

  struct owner {
    std::string name;
    std::uint64_t incarnation = 0;
    epoch at;

    friend bool operator==(const owner&, const owner&) = default;
  };
  /// @returns nothing when there is none, or none that lives
  std::optional<owner> owner_of(const entity& what) const;

  struct owned {
    entity what;
    epoch by;
    bool ready = false;
  };
  /// What runs here, ascending.
  std::vector<owned> own() const;
  /// What needs an owner, ascending.
  std::vector<entity> known() const;
  /// False once anybody is known to have a higher epoch.
  bool is_current(const entity& what, epoch at) const;

  trust trusted() const { return trust_; }
  /// Output may leave until then; whoever finds the clock past it holds it back, for this process has not run and may have
  /// been overtaken. Thread-safe copies of it are the caller's business.
  steady_ms trusted_until() const;
  /// 0 until the bucket was read.
  std::uint64_t incarnation() const { return incarnation_; }
  bool draining() const { return drain_since_.has_value(); }
  const membership& members() const { return members_; }

private:
  enum class step : std::uint8_t { offered, stopping, releasing };
  struct hand_over {
    epoch by;
    std::string to; ///< empty: nobody
    step at = step::offered;
    steady_ms since = 0;
    steady_ms asked = 0; ///< the last time
    bool preloaded = false;
  };
  struct place {
    bool wanted = false; ///< should have an owner
    std::optional<epoch> running;
    bool ready = false;
    bool trying = false; ///< a claim of ours is under way
    std::optional<hand_over> hand;
    std::optional<steady_ms> free_since;     ///< on the observed clock
    std::optional<steady_ms> void_since;     ///< the latest claim does not hold; on the observed clock
    std::optional<steady_ms> unlisted_since; ///< on the observed clock
    bool ended_here = false;
    steady_ms erase_from = 0;
  };
  enum class stage : std::uint8_t { creating, reading, create_later, read_later };
  struct attempt {
    std::string value;
    std::optional<entity> what; ///< of a claim
    stage at = stage::creating;
    steady_ms again = 0;
  };

  // ownership.cpp: inputs and knowledge
  void begin(steady_ms now);
  commands finish();
  void learn(const bucket_entry& entry);
  void learn_key(const node_key& key, const bucket_entry& entry);
  void learn_key(const claim_key& key, const bucket_entry& entry);
  void learn_key(const generation_key& key, const bucket_entry& entry);
  void learn_key(const rules_key& key, const bucket_entry& entry);
  void saw_own_name(std::uint64_t incarnation);
  void take_event(const bucket_entry& entry) { learn(entry); }
  void take_event(const create_outcome& outcome);
  void take_event(const read_outcome& outcome);
  void take_event(const entries_read& read);
  void take_event(const bucket_lost& lost);
  void create(const std::string& key, std::string value, std::optional<entity> what);
  void settle(const std::string& key);
  void try_again();
  void beat(member_state state);
  void refuse(const std::string& why);
  bool ours(const claim& what) const { return what.owner == set_.name && what.incarnation == incarnation_; }
  /// By a claim of this bucket, by somebody who lives.
  bool is_held(const entity& what) const;
  /// Nothing may be claimed in a generation that is not known, or could be forgotten.
  bool generation_ready() const { return claims_.generation_known() && noted_ >= claims_.generation(); }
  bool serving() const { return !drain_since_ && !over_; }

  // ownership_review.cpp: decisions
  void review();
  void notice_peers();
  void stop_overtaken();
  void judge_trust();
  void agree();
  void decide(const entity& what, place& at);
  void go_on(const entity& what, place& at);
  void claim_free(const entity& what, place& at);
  void delete_keys(const entity& what, place& at);
  bool is_free(place& at, const claim_table::held* latest) const;
  std::vector<std::string> line_for(const entity& what) const;
  bool first_in_line(const entity& what) const;
  void claim_next(const entity& what, place& at, bool release, const std::string& to);
  void start(const entity& what, place& at, epoch by);
  void stop(const entity& what, place& at, stop_reason why);

  // ownership_handover.cpp: drain and balance
  void offer(const entity& what, place& at, const std::string& to);
  void go_on_handing(const entity& what, place& at);
  void stop_to_release(const entity& what, place& at);
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
  std::map<entity, place> places_;
  std::map<std::string, attempt> attempts_; ///< by key

  commands out_;
  steady_ms now_ = 0;
  bool began_ = false;
  std::uint64_t own_seen_ = 0; ///< highest incarnation of this name
  std::uint64_t incarnation_ = 0;
  node_load load_;

  trust trust_ = trust::stale;
  bool entries_read_ = false; ///< of this bucket
  bool rules_seen_ = false;   ///< of this bucket
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
  steady_ms reread_at_ = 0;

  steady_ms calm_from_ = 0; ///< on the observed clock
  std::vector<std::string> calm_picture_;
  std::optional<steady_ms> drain_since_;
  bool over_ = false;
};

} // namespace alleycat

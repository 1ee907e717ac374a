/// The members as one node sees them.
///
///                       heartbeat (new counter or incarnation)
///     unknown ───────────────────────────────────────────────▶ alive ◀──────────────────────────┐
///        │                                                     │   │ heartbeat: left            │ heartbeat (new counter
///        │ a claim names it                    silent too long │   └──────────────────▶ left ───┤  or incarnation)
///        └────────▶ alive, address unknown ────────────────────┴──────────────────────▶ dead ───┘
///
/// Silence is measured by the observer's own steady clock and counts only while the observer runs and its own heartbeats come
/// back (`pulse`): 3 s, or 2.5 s for a member whose CAF connection is down, or 10 s while more than half of the others, at
/// least two, are silent together. A new incarnation replaces the older one at once: the lock on the data folder proves the
/// old process dead.
#pragma once

#include "cluster/rendezvous.hpp"
#include "cluster/timing.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alleycat {

class membership {
public:
  struct member {
    heartbeat last; ///< address empty: known from a claim only
    bool alive = true;
    bool beating = false;       ///< it beat while it was observed: what stands in the bucket may be old
    bool hinted = false;        ///< its CAF connection went down since it last beat
    observed_time silent_from;  ///< its last heartbeat
    observed_time silent_since; ///< when it died or left
  };

  /// What an observer tells on. Each `up` is followed by at most one `down`.
  struct change {
    bool up = false;
    heartbeat last;
  };

  /// @param self  never in the list: a node knows of itself without its heartbeats
  membership(std::string self, std::uint32_t protocol, std::uint64_t rules, const cluster_timing& timing);

  /// Lets time pass. @param counting  whether silence counts @pre `now` does not go back
  void advance(steady_time now, bool counting);
  void saw(const heartbeat& beat);
  /// A claim names an owner whose heartbeat may not have come yet.
  void saw_owner(const std::string& name, std::uint64_t incarnation);
  void connection_down(const std::string& name);
  /// After an outage: everybody gets the full time again.
  void restart_clocks();
  observed_time observed() const { return observed_; }

  /// Whether an owner may still be there: not dead, not left, not replaced. @pre not self
  bool stands(const std::string& name, std::uint64_t incarnation) const;
  bool anybody_alive() const;
  /// Who may be given something: alive, serving, fit, of our protocol and rules. By name, without self.
  const std::vector<contender>& contenders() const { return contenders_; }
  bool contends(const std::string& name) const;
  bool speaks_with_us(const heartbeat& beat) const { return beat.protocol == protocol_ && beat.rules == rules_; }

  /// By name; the dead ones too, until they are forgotten.
  const std::map<std::string, member, std::less<>>& all() const { return members_; }
  /// @pre it is dead or has left, or is not known
  void forget(const std::string& name);

  /// What happened since the last call, in order.
  std::vector<change> take_changes() { return std::exchange(changes_, {}); }

private:
  void end(member& who);
  void choose_contenders();

  std::string self_;
  std::uint32_t protocol_;
  std::uint64_t rules_;
  cluster_timing timing_;
  std::map<std::string, member, std::less<>> members_;
  std::vector<contender> contenders_;
  std::vector<change> changes_;
  std::optional<steady_time> last_;
  observed_time observed_;
};

} // namespace alleycat

/// Questions to one peer that have no answer yet.
#pragma once

#include "node/peers/outcome.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace alleycat {

/// CAF never tells that a request was lost with its connection: so the asker keeps this table, and ends what is in it. Each
/// handler is called exactly once. One thread.
class outstanding_questions {
public:
  using clock = std::chrono::steady_clock;

  /// @returns the number to send it with: 1, 2, 3 …
  std::uint64_t add(clock::time_point deadline, peer_done_handler done);

  /// What is to be asked for next.
  struct more {
    std::uint64_t id;
    next_part what;
  };
  /// Takes what was said; ends the question unless more is to come. What was not asked, or not any more, is passed over.
  std::optional<more> said(peer_said what);

  /// Ends those whose deadline is over.
  void expire(clock::time_point now);
  void fail_all(peer_trouble why);

  std::optional<clock::time_point> next_deadline() const;
  std::size_t size() const { return questions_.size(); }

private:
  struct question {
    clock::time_point deadline;
    peer_done_handler done;
    std::string so_far; ///< parts that have arrived
    std::uint32_t parts = 0;
    std::uint32_t arrived = 0;
  };
  using place = std::map<std::uint64_t, question>::iterator;
  void end(place which, peer_outcome how);

  std::uint64_t last_ = 0;
  std::map<std::uint64_t, question> questions_;
  std::set<std::pair<clock::time_point, std::uint64_t>> deadlines_;
};

} // namespace alleycat

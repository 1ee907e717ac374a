/// A bike's side of the protocol: what it keeps, what it sends again, and when it lets go. No network, no clock in it.
///
///     ride() ──▶ held ──due──▶ sent ──ok / refused for good──▶ settled
///                  ▲            │ no answer in time, `retry`, reconnect
///                  └────────────┘             deadline of the race ──▶ given up
#pragma once

#include "racing/update.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace alleycat::sim {

using moment = std::chrono::steady_clock::time_point;

struct bike_rules {
  /// With answers an update is kept until it has one; without, until it is sent.
  bool wants_answers = false;
  std::chrono::milliseconds answer_timeout{1'000};  ///< after each of the first 3 sends; then it doubles
  std::chrono::milliseconds longest_timeout{4'000}; ///< up to this
  std::chrono::milliseconds retry_pause{500};       ///< after the first refusal that says `retry`; then it doubles
  std::chrono::milliseconds longest_pause{2'000};   ///< up to this
};

/// Why an update is on its way.
enum class send_reason : std::uint8_t { first, duplicate, timeout, retry, reconnect };
inline constexpr std::size_t send_reason_count = 5;
std::string_view to_string(send_reason reason);

/// One second as the bike remembers it.
struct ridden_second {
  std::uint32_t number = 0; ///< counts the rider's updates from 1
  own_second second;
  race_id race;
  unix_ms device_timestamp{};
  measurement measured;
  bool is_last = false; ///< of the ride
};

class bike {
public:
  /// An update in the ring.
  struct kept_update {
    ridden_second what;
    moment due;      ///< when to send (again)
    moment deadline; ///< when the race takes it no more
    moment first_sent;
    std::uint32_t sends = 0;
    std::uint32_t put_off = 0;               ///< refusals that said `retry`
    std::uint32_t lost_answers = 0;          ///< answers that never reached it
    send_reason reason = send_reason::first; ///< of the next send
  };

  /// What an answer meant.
  enum class meaning : std::uint8_t {
    accepted,    ///< settled
    refused,     ///< settled: it will never count
    again_later, ///< kept, due after a pause
    unknown,     ///< already settled or given up; no effect
  };

  /// @param rules  shared by all bikes; must outlive them
  explicit bike(const bike_rules& rules) : rules_{&rules} {}

  /// Keeps a second. At most two rides of updates are ever in the ring (a rider restarts once), so it needs no other bound.
  /// @param due  now, or later for an update that is held back
  /// @returns the entry, valid until the ring changes.
  kept_update& ride(const ridden_second& what, moment due, moment deadline);

  /// @returns the entry with this number, or null.
  kept_update* find(std::uint32_t number);

  /// The update left the bike (or got lost on its way: a bike cannot tell).
  /// @param copies  how many of them left at once
  void sent(std::uint32_t number, moment now, std::uint32_t copies = 1);

  /// @param ok     the answer's
  /// @param retry  the answer's; also true for "nobody listens"
  meaning answered(std::uint32_t number, bool ok, bool retry, moment now);

  /// Everything sent and not answered is due at once: the connection may have swallowed it.
  void reconnected(moment now);

  /// Drops what can count no more. @returns what was dropped.
  std::vector<kept_update> give_up(moment now);

  /// Numbers of the updates to send now, oldest first, at most `limit`; after `sent` they are due later or gone.
  void due(moment now, std::size_t limit, std::vector<std::uint32_t>& numbers) const;

  /// Oldest first.
  const std::vector<kept_update>& ring() const { return ring_; }

private:
  const bike_rules* rules_;
  std::vector<kept_update> ring_; ///< by number, ascending
};

} // namespace alleycat::sim

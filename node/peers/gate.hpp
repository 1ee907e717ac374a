/// The one actor of a node that others see: takes hellos and questions, gives answers.
#pragma once

#include "actors/metered.hpp"
#include "node/peers/counters.hpp"
#include "node/peers/door.hpp"
#include "node/peers/handler.hpp"
#include "node/peers/wire.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>

namespace alleycat {

/// An answer of the handler, on its way to the gate.
struct gate_answer {
  caf::actor_addr link;
  std::uint64_t session = 0;
  std::uint64_t id = 0;
  std::shared_ptr<peer_answer> what;
};
/// Somebody whose TLS handshake came to nothing.
struct gate_stranger {
  std::string from; ///< its address; empty when it had gone already
};
struct gate_sweep {};

struct gate_settings {
  peer_identity self;
  std::uint32_t protocol = peer_protocol;
  std::string hello; ///< body of our own hello
  peer_handler* handler = nullptr;
  std::shared_ptr<peer_book> book;
  std::function<void(const std::string& node)> greeted; ///< told when a node has said hello, on the gate's thread
};

/// A peer's link is one session, from its hello until it goes down. Of answers, at most `peer_door::most_bytes` are on their
/// way to it, and at most `most_held` bytes wait here: for the peer to confirm, or to ask for the next part.
class gate_state {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t most_held = 2 * max_peer_answer;
  /// A part that is not asked for in this time will not be.
  static constexpr std::chrono::seconds part_patience{30};
  /// One who keeps coming is told of this often; all are counted.
  static constexpr std::chrono::seconds stranger_pause{60};
  static constexpr std::size_t most_strangers = 64;

  explicit gate_state(caf::stateful_actor<gate_state>* self) : self_{self} {}

  void begin(gate_settings settings) { settings_ = std::move(settings); }
  void on_hello(const wire::hello& said);
  void on_ask(const wire::ask& asked);
  void on_answer(const gate_answer& answer);
  void on_stranger(const std::string& from);
  void on_down(const caf::actor_addr& link);
  void on_unexpected();
  void sweep();

  static constexpr const char* name = "gate";

private:
  struct long_answer {
    std::string body;
    std::uint32_t next = 1;
    std::uint32_t parts = 0;
    clock::time_point expires;
  };
  struct session {
    std::uint64_t number = 0;
    peer_identity who;
    caf::actor link;
    std::shared_ptr<peer_counters> counts;
    std::size_t open = 0; ///< questions the handler has
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint64_t confirmed = 0;
    std::map<std::uint64_t, long_answer> long_answers;
    std::deque<peer_said> waiting;
    std::size_t held = 0; ///< bytes in the two above
  };

  template <class Kind>
  wire::envelope<Kind> message(std::string body) const;
  void reject(const caf::actor& link, peer_fault why, std::string detail);
  std::pair<peer_fault, std::string> fault_in(const wire::hello& said);
  std::pair<peer_fault, session*> sender_of(const wire::ask& asked);
  void refuse_hello(const wire::hello& said, const caf::actor& link, peer_fault why, const std::string& detail);
  void hand_on(session& from, const caf::actor_addr& link, const wire::ask& asked, peer_ask ask);
  void answer(session& to, std::uint64_t id, peer_answer what);
  void send_next(session& to, std::uint64_t id, std::uint32_t part);
  void send_or_hold(session& to, peer_said what);
  void flush(session& to);
  void send(session& to, peer_said what);

  caf::stateful_actor<gate_state>* self_;
  gate_settings settings_;
  std::map<caf::actor_addr, session> sessions_;
  std::map<std::string, peer_fault> rejected_;         ///< told already; by node
  std::map<std::string, clock::time_point> strangers_; ///< told of, at most `most_strangers`; by address
  std::uint64_t last_session_ = 0;
};

using gate_self = metered<actor_kind::gate, caf::stateful_actor<gate_state>>;

caf::behavior gate(gate_self* self, gate_settings settings);

} // namespace alleycat

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::gate_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::gate_stranger)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::gate_sweep)

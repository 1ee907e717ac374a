/// The way to one peer: connects, stays connected, asks.
///
///                 its turn            socket            handle              hello
///     waiting ───────────────▶ dialling ─────▶ joining ───────▶ greeting ─────────▶ up
///        ▲                        │               │                │                │
///        └──────── pause ◀────────┴───────────────┴────────────────┴────────────────┘
///                             no connection, no answer in time, refused, went down
///
/// Both nodes hold a link to the other, and CAF runs both over one connection when it can. Two connections made at the same
/// moment do not fit together: each would carry the heartbeats of one direction, and die of silence in the other. So the
/// node whose name comes first dials at once, the other when it has been greeted, or after a while without.
#pragma once

#include "actors/metered.hpp"
#include "node/peers/counters.hpp"
#include "node/peers/dial.hpp"
#include "node/peers/door.hpp"
#include "node/peers/handler.hpp"
#include "node/peers/outstanding.hpp"
#include "node/peers/retry_pause.hpp"
#include "node/peers/wire.hpp"

#include <caf/actor.hpp>
#include <caf/stateful_actor.hpp>

#include <random>

namespace alleycat {

struct peer_target {
  peer_identity who; ///< answered by a later start it is taken all the same, by an earlier one not
  std::string host;  ///< IPv6 without brackets
  std::uint16_t port = 0;

  friend bool operator==(const peer_target&, const peer_target&) = default;
};

/// A question on its way to the link. Ends as `down` when nobody takes it up.
class question_box {
public:
  using clock = std::chrono::steady_clock;

  question_box(class_id c, epoch e, peer_request w, clock::time_point d, peer_done_handler done)
      : cls{c}, by{e}, what{std::move(w)}, deadline{d}, done_{std::move(done)} {}
  ~question_box() {
    if (done_)
      done_(peer_trouble::down);
  }
  question_box(const question_box&) = delete;
  question_box& operator=(const question_box&) = delete;

  peer_done_handler take() { return std::exchange(done_, nullptr); }

  class_id cls;
  epoch by;
  peer_request what;
  clock::time_point deadline;

private:
  peer_done_handler done_;
};

using dial_result = std::variant<tcp_socket, std::string>;

// What a link is told within its node.
struct link_to {
  peer_target where;
};
struct link_leave {};
/// The peer has said hello to us: it is there.
struct link_greeted {};
struct link_question {
  std::shared_ptr<question_box> box;
};
struct link_dialled {
  std::uint64_t attempt = 0;
  std::shared_ptr<dial_result> result;
};
/// The time for a step of an attempt, or the pause before the next, is over.
struct link_wake {
  std::uint64_t attempt = 0;
};
struct link_deadline {};
struct link_look {};

struct link_settings {
  peer_identity self;
  std::uint32_t protocol = peer_protocol;
  std::string hello; ///< body of our own hello
  peer_handler* handler = nullptr;
  std::shared_ptr<peer_counters> counts;
  std::shared_ptr<peer_book> book;
  std::shared_ptr<peer_door> door; ///< opened and closed here
  caf::actor basp;                 ///< CAF's broker of connections
  bool tls = false;
};

class link_state {
public:
  using clock = std::chrono::steady_clock;

  explicit link_state(caf::stateful_actor<link_state>* self) : self_{self} {}
  ~link_state();

  void begin(link_settings settings) { settings_ = std::move(settings); }
  void on_target(const peer_target& where);
  void on_greeted();
  void on_question(question_box& box);
  void on_dialled(const link_dialled& done);
  void on_wake(std::uint64_t attempt);
  void on_deadline();
  void on_look();
  void on_hello(const wire::hello& said);
  void on_said(const wire::said& said);
  void on_down(const caf::down_msg& down);
  void leave();

  static constexpr const char* name = "link";

private:
  enum class step : std::uint8_t { waiting, dialling, joining, greeting, up };

  void wait(std::chrono::milliseconds pause);
  void start_dialling();
  void join(tcp_socket socket);
  void on_joined(std::uint64_t attempt, const caf::node_id& node, const caf::strong_actor_ptr& gate);
  void greet(const caf::strong_actor_ptr& gate);
  void wake_in(std::chrono::milliseconds time);
  bool from_gate() const;
  void drop_connection();
  void lose(link_event::kind what, peer_fault fault, const std::string& detail);
  void tell(link_event::kind what, peer_fault fault, const std::string& detail);
  void send_ask(class_id cls, epoch by, std::uint64_t id, peer_request what);
  void watch_deadlines();

  caf::stateful_actor<link_state>* self_;
  link_settings settings_;
  peer_target target_;
  step step_ = step::waiting;
  std::uint64_t attempt_ = 0; ///< what was begun for another one does not count any more
  caf::actor gate_;           ///< of the peer, while greeting or up
  peer_identity who_;         ///< who answered; valid while up
  tcp_socket handle_;         ///< the connection we made: CAF has no way to end one
  outstanding_questions questions_;
  std::uint64_t received_ = 0; ///< cost of answers since the link came up
  std::uint64_t reported_ = 0; ///< of that, what the peer knows
  bool deadline_set_ = false;
  bool greeted_ = false; ///< since the last attempt
  std::pair<link_event::kind, peer_fault> told_{link_event::kind::down, peer_fault::none};
  retry_pause pause_{std::chrono::milliseconds{100}, std::chrono::milliseconds{2'000}};
  retry_pause refused_pause_{std::chrono::milliseconds{500}, std::chrono::milliseconds{5'000}};
  std::minstd_rand chance_{std::random_device{}()};
};

using link_self = metered<actor_kind::link, caf::stateful_actor<link_state>>;

caf::behavior link(link_self* self, link_settings settings);

} // namespace alleycat

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_leave)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_greeted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_deadline)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::link_look)

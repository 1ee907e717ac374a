#include "node/peers/link.hpp"

#include "node/peers/tls_transport.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/network/multiplexer.hpp>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// For each step of an attempt. A peer on the same continent needs a tenth of it.
constexpr auto step_deadline = 2s;
/// How long the node whose name comes second waits for the other to dial.
constexpr auto other_turn = 1'500ms;
/// Without a question going that way, the peer is told after this much what has been received.
constexpr std::uint64_t report_after = peer_door::most_bytes / 4;
constexpr auto look_interval = 1s;

} // namespace

link_state::~link_state() {
  settings_.door->close();
  handle_.shut_down();
  questions_.fail_all(peer_trouble::down);
}

// -- attempts ----------------------------------------------------------------------------------------------------------

void link_state::on_target(const peer_target& where) {
  const bool same_place = where.host == target_.host && where.port == target_.port;
  const bool known = where.who.incarnation <= std::max(target_.who.incarnation, who_.incarnation);
  if (same_place && known)
    return;
  const bool first = target_.port == 0;
  target_ = where;
  // Up with the process that is meant: its new address is for the next time.
  if (step_ == step::up && known)
    return;
  if (!first)
    lose(link_event::kind::down, peer_fault::none, "it has a new address or has started anew");
  pause_.reset();
  refused_pause_.reset();
  wait(settings_.self.node < target_.who.node || greeted_ ? 0ms : other_turn);
}

void link_state::wait(std::chrono::milliseconds pause) {
  step_ = step::waiting;
  ++attempt_;
  wake_in(pause);
}

void link_state::wake_in(std::chrono::milliseconds time) {
  self_->delayed_send(self_, time, link_wake{attempt_});
}

void link_state::on_greeted() {
  greeted_ = true;
  if (step_ == step::waiting && target_.port != 0)
    start_dialling();
}

void link_state::on_wake(std::uint64_t attempt) {
  if (attempt != attempt_)
    return;
  if (step_ == step::waiting)
    start_dialling();
  else if (step_ == step::greeting)
    lose(link_event::kind::unreachable, peer_fault::none, "no answer to hello");
}

void link_state::start_dialling() {
  step_ = step::dialling;
  greeted_ = false;
  ++attempt_;
  // Blocks, so it has a thread of its own: nobody else's connect waits for it.
  self_->home_system().spawn<caf::detached + caf::hidden>([link = caf::actor_cast<caf::actor>(self_),
                                                           attempt = attempt_, host = target_.host,
                                                           port = target_.port](caf::event_based_actor* helper) {
    helper->send(link, link_dialled{attempt, std::make_shared<dial_result>(dial(host, port, step_deadline))});
  });
}

void link_state::on_dialled(const link_dialled& done) {
  if (done.attempt != attempt_)
    return;
  if (const auto* fault = std::get_if<std::string>(done.result.get()))
    return lose(link_event::kind::unreachable, peer_fault::none, *fault);
  step_ = step::joining;
  join(std::move(std::get<tcp_socket>(*done.result)));
}

void link_state::join(tcp_socket socket) {
  auto& system = self_->home_system();
  handle_ = socket.duplicate();
  auto connection = settings_.tls ? tls_connection(system, socket.release())
                                  : system.middleman().backend().new_scribe(socket.release());
  if (!connection)
    return lose(link_event::kind::unreachable, peer_fault::none, system.render(connection.error()));
  self_->request(settings_.basp, step_deadline, caf::connect_atom::value, std::move(*connection), target_.port)
      .then([this, attempt = attempt_](const caf::node_id& node, const caf::strong_actor_ptr& gate,
                                       const std::set<std::string>&) { on_joined(attempt, node, gate); },
            [this, attempt = attempt_](const caf::error& e) {
              if (attempt == attempt_)
                lose(link_event::kind::unreachable, peer_fault::none, self_->home_system().render(e));
            });
}

void link_state::on_joined(std::uint64_t attempt, const caf::node_id& node, const caf::strong_actor_ptr& gate) {
  if (attempt != attempt_)
    return;
  if (node == self_->node())
    return lose(link_event::kind::refused, peer_fault::other_node, "it is this process, or one CAF takes for it");
  if (!gate)
    return lose(link_event::kind::unreachable, peer_fault::none, "no gate there");
  greet(gate);
}

void link_state::greet(const caf::strong_actor_ptr& gate) {
  step_ = step::greeting;
  gate_ = caf::actor_cast<caf::actor>(gate);
  self_->monitor(gate_);
  wake_in(step_deadline);
  settings_.counts->out(settings_.hello.size());
  self_->send(gate_, wire::hello{settings_.protocol, settings_.self.node, settings_.self.incarnation, class_id{},
                                 epoch{}, settings_.hello});
}

bool link_state::from_gate() const {
  return gate_ && self_->current_sender() == gate_;
}

void link_state::on_hello(const wire::hello& said) {
  if (step_ != step::greeting || !from_gate())
    return settings_.book->refused(peer_fault::not_greeted);
  if (said.protocol != settings_.protocol)
    return lose(link_event::kind::refused, peer_fault::other_protocol,
                "protocol " + std::to_string(said.protocol) + " there, " + std::to_string(settings_.protocol) +
                    " here");
  if (said.node != target_.who.node)
    return lose(link_event::kind::refused, peer_fault::other_node, "it is " + said.node);
  if (said.incarnation < target_.who.incarnation)
    return lose(link_event::kind::refused, peer_fault::old_incarnation, "an earlier start of it still answers");
  const auto hello = said.body.size() <= max_peer_body ? decode_peer_hello(said.body) : std::nullopt;
  if (!hello)
    return lose(link_event::kind::refused, peer_fault::not_understood, "its hello is none");
  if (const auto judged = settings_.handler->judge({said.node, said.incarnation}, *hello))
    return lose(link_event::kind::refused, judged->first, judged->second);
  settings_.counts->in(said.body.size());
  settings_.counts->connected.fetch_add(1, std::memory_order_relaxed);
  who_ = {said.node, said.incarnation};
  step_ = step::up;
  ++attempt_;
  received_ = reported_ = 0;
  pause_.reset();
  refused_pause_.reset();
  settings_.door->open();
  tell(link_event::kind::up, peer_fault::none, {});
}

// -- ends --------------------------------------------------------------------------------------------------------------

void link_state::drop_connection() {
  settings_.door->close();
  if (gate_)
    self_->demonitor(gate_);
  gate_ = nullptr;
  // When the peer dialled, the connection is not ours: it goes with the peer, or stays without a use.
  handle_.shut_down();
  handle_ = {};
  questions_.fail_all(peer_trouble::down);
}

void link_state::lose(link_event::kind what, peer_fault fault, const std::string& detail) {
  const bool was_up = step_ == step::up;
  step_ = step::waiting;
  drop_connection();
  if (was_up)
    tell(link_event::kind::down, peer_fault::none, detail);
  else if (what != link_event::kind::down)
    tell(what, fault, detail);
  if (fault != peer_fault::none) {
    settings_.book->refused(fault);
    settings_.counts->refused.fetch_add(1, std::memory_order_relaxed);
  }
  const auto chance = std::uniform_real_distribution<>{}(chance_);
  wait((fault == peer_fault::none ? pause_ : refused_pause_).next(chance));
}

void link_state::tell(link_event::kind what, peer_fault fault, const std::string& detail) {
  if (std::exchange(told_, std::pair{what, fault}) == std::pair{what, fault})
    return;
  settings_.handler->on_link({what, what == link_event::kind::up || what == link_event::kind::down ? who_ : target_.who,
                              target_.host + ":" + std::to_string(target_.port), fault, detail});
}

void link_state::on_down(const caf::down_msg& down) {
  if (gate_ && down.source == gate_.address())
    lose(link_event::kind::unreachable, peer_fault::none, self_->home_system().render(down.reason));
}

void link_state::leave() {
  const bool was_up = step_ == step::up;
  step_ = step::waiting;
  drop_connection();
  if (was_up)
    tell(link_event::kind::down, peer_fault::none, "let go");
  self_->quit(caf::exit_reason::user_shutdown);
}

/// CAF closes a second connection to the same node. Our handle would keep it half open.
void link_state::on_look() {
  if (step_ == step::up && handle_.hung_up())
    handle_ = {};
}

// -- questions ---------------------------------------------------------------------------------------------------------

void link_state::on_question(question_box& box) {
  if (step_ != step::up)
    return; // the box says so
  const auto id = questions_.add(box.deadline, box.take());
  send_ask(box.cls, box.by, id, std::move(box.what));
  watch_deadlines();
}

void link_state::send_ask(class_id cls, epoch by, std::uint64_t id, peer_request what) {
  auto body = encode(peer_ask{id, received_, std::move(what)});
  reported_ = received_;
  settings_.counts->out(body.size());
  self_->send(gate_,
              wire::ask{settings_.protocol, settings_.self.node, settings_.self.incarnation, cls, by, std::move(body)});
}

void link_state::on_said(const wire::said& said) {
  if (!from_gate())
    return settings_.book->refused(peer_fault::not_greeted);
  auto what = said.body.size() <= max_peer_body ? decode_peer_said(said.body) : std::nullopt;
  const auto* refusal = what && what->id == 0 ? std::get_if<peer_refusal>(&what->what) : nullptr;
  if (refusal && step_ != step::waiting)
    return lose(link_event::kind::refused, peer_fault_of(refusal->code), refusal->message);
  if (step_ != step::up)
    return settings_.book->refused(peer_fault::not_greeted);
  if (said.protocol != settings_.protocol || peer_identity{said.node, said.incarnation} != who_ || !what) {
    settings_.counts->refused.fetch_add(1, std::memory_order_relaxed);
    return settings_.book->refused(!what ? peer_fault::not_understood : peer_fault::other_node);
  }
  settings_.counts->in(said.body.size());
  received_ += peer_cost(*what);
  settings_.door->confirm(what->received);
  if (const auto more = questions_.said(*std::move(what))) {
    settings_.door->count(peer_cost(more->what));
    send_ask(class_id{}, epoch{}, more->id, more->what);
  } else if (received_ - reported_ >= report_after) {
    settings_.door->count(peer_cost(received_note{}));
    send_ask(class_id{}, epoch{}, 0, received_note{});
  }
}

void link_state::on_deadline() {
  deadline_set_ = false;
  questions_.expire(clock::now());
  watch_deadlines();
}

void link_state::watch_deadlines() {
  const auto next = questions_.next_deadline();
  if (deadline_set_ || !next)
    return;
  // At most 50 ms late: a question with a shorter deadline may come while the timer runs.
  const auto pause = std::clamp<clock::duration>(*next - clock::now(), 1ms, 50ms);
  deadline_set_ = true;
  self_->delayed_send(self_, std::chrono::ceil<std::chrono::milliseconds>(pause), link_deadline{});
}

caf::behavior link(link_self* self, link_settings settings) {
  self->state.begin(std::move(settings));
  self->set_down_handler([self](const caf::down_msg& down) { self->state.on_down(down); });
  // Others may answer, not end us.
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    if (!exit.source || exit.source.node() == self->node())
      self->state.leave();
  });
  self->set_default_handler([](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
    return caf::sec::unexpected_message;
  });
  self->delayed_send(self, look_interval, link_look{});
  return {
      [self](const link_to& to) { self->state.on_target(to.where); },
      [self](link_leave) { self->state.leave(); },
      [self](link_greeted) { self->state.on_greeted(); },
      [self](const link_question& question) { self->state.on_question(*question.box); },
      [self](const link_dialled& done) { self->state.on_dialled(done); },
      [self](link_wake wake) { self->state.on_wake(wake.attempt); },
      [self](link_deadline) { self->state.on_deadline(); },
      [self](link_look) {
        self->state.on_look();
        self->delayed_send(self, look_interval, link_look{});
      },
      [self](const wire::hello& said) { self->state.on_hello(said); },
      [self](const wire::said& said) { self->state.on_said(said); },
  };
}

} // namespace alleycat

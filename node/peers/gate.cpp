#include "node/peers/gate.hpp"

#include "cluster/records.hpp"

#include <caf/all.hpp>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto sweep_interval = 5s;
constexpr std::size_t most_sessions = 256;
/// Answers that wait for one peer: more than it may have asked.
constexpr std::size_t most_waiting = 4 * peer_door::most_questions;

} // namespace

template <class Kind>
wire::envelope<Kind> gate_state::message(std::string body) const {
  return {settings_.protocol, settings_.self.node, settings_.self.incarnation, class_id{}, epoch{}, std::move(body)};
}

/// Without the number of a question: what was refused is the sender.
void gate_state::reject(const caf::actor& link, peer_fault why, std::string detail) {
  settings_.book->refused(why);
  if (link)
    self_->send(link,
                message<wire::said_kind>(encode(peer_said{0, 0, peer_refusal{to_string(why), std::move(detail)}})));
}

std::pair<peer_fault, std::string> gate_state::fault_in(const wire::hello& said) {
  if (said.protocol != settings_.protocol)
    return {peer_fault::other_protocol,
            "protocol " + std::to_string(said.protocol) + " there, " + std::to_string(settings_.protocol) + " here"};
  if (!is_node_name(said.node))
    return {peer_fault::not_understood, "no name of a node"};
  if (said.node == settings_.self.node)
    return {peer_fault::other_node, "this is " + said.node + " itself"};
  const auto hello = said.body.size() <= max_peer_body ? decode_peer_hello(said.body) : std::nullopt;
  if (!hello)
    return {peer_fault::not_understood, "no hello"};
  for (const auto& [link, known] : sessions_)
    if (known.who.node == said.node && known.who.incarnation > said.incarnation)
      return {peer_fault::old_incarnation, "a later start of " + said.node + " is here"};
  if (auto judged = settings_.handler->judge({said.node, said.incarnation}, *hello))
    return *std::move(judged);
  return {peer_fault::none, {}};
}

void gate_state::refuse_hello(const wire::hello& said, const caf::actor& link, peer_fault why,
                              const std::string& detail) {
  reject(link, why, detail);
  const auto node = is_node_name(said.node) ? said.node : std::string{};
  if (!rejected_.contains(node) && rejected_.size() >= most_sessions)
    return;
  auto& told = rejected_[node];
  if (std::exchange(told, why) != why)
    settings_.handler->on_link({link_event::kind::rejected, {node, said.incarnation}, {}, why, detail});
}

void gate_state::on_hello(const wire::hello& said) {
  const auto link = caf::actor_cast<caf::actor>(self_->current_sender());
  if (!link)
    return settings_.book->refused(peer_fault::not_understood);
  const auto key = link.address();
  if (const auto [why, detail] = fault_in(said); why != peer_fault::none)
    return refuse_hello(said, link, why, detail);
  // One link of each node: the newest.
  for (auto known = sessions_.begin(); known != sessions_.end();) {
    if (known->first == key || known->second.who.node == said.node) {
      self_->demonitor(known->first);
      known = sessions_.erase(known);
    } else {
      ++known;
    }
  }
  if (sessions_.size() >= most_sessions)
    return refuse_hello(said, link, peer_fault::too_many, "too many nodes");
  rejected_.erase(said.node);
  auto& made = sessions_[key];
  made.number = ++last_session_;
  made.who = {said.node, said.incarnation};
  made.link = link;
  made.counts = settings_.book->of(said.node);
  made.counts->in(said.body.size());
  made.counts->out(settings_.hello.size());
  self_->monitor(link);
  self_->send(link, message<wire::hello_kind>(settings_.hello));
  settings_.greeted(said.node);
}

std::pair<peer_fault, gate_state::session*> gate_state::sender_of(const wire::ask& asked) {
  if (asked.protocol != settings_.protocol)
    return {peer_fault::other_protocol, nullptr};
  const auto found = sessions_.find(caf::actor_cast<caf::actor_addr>(self_->current_sender()));
  if (found == sessions_.end())
    return {peer_fault::not_greeted, nullptr};
  auto& from = found->second;
  if (from.who != peer_identity{asked.node, asked.incarnation})
    return {peer_fault::other_node, &from};
  if (asked.body.size() > max_peer_body)
    return {peer_fault::too_large, &from};
  return {peer_fault::none, &from};
}

void gate_state::on_ask(const wire::ask& asked) {
  auto [why, from] = sender_of(asked);
  std::optional<peer_ask> ask;
  if (why == peer_fault::none && !(ask = decode_peer_ask(asked.body)))
    why = peer_fault::not_understood;
  if (why != peer_fault::none) {
    if (from != nullptr)
      from->counts->refused.fetch_add(1, std::memory_order_relaxed);
    return reject(caf::actor_cast<caf::actor>(self_->current_sender()), why, {});
  }
  from->counts->in(asked.body.size());
  from->received += peer_cost(ask->what);
  if (ask->received > from->confirmed)
    from->confirmed = std::min(ask->received, from->sent);
  hand_on(*from, caf::actor_cast<caf::actor_addr>(self_->current_sender()), asked, *std::move(ask));
  flush(*from);
}

void gate_state::hand_on(session& from, const caf::actor_addr& link, const wire::ask& asked, peer_ask ask) {
  if (std::holds_alternative<received_note>(ask.what))
    return;
  if (const auto* next = std::get_if<next_part>(&ask.what))
    return send_next(from, ask.id, next->part);
  if (std::holds_alternative<unknown_request>(ask.what))
    return send_or_hold(from, {ask.id, 0, peer_refusal{"unknown_request", "this node is too old for it"}});
  if (from.open >= peer_door::most_questions) {
    settings_.book->refused(peer_fault::too_many);
    from.counts->refused.fetch_add(1, std::memory_order_relaxed);
    return send_or_hold(from, {ask.id, 0, peer_refusal{to_string(peer_fault::too_many), "too many questions at once"}});
  }
  ++from.open;
  // Weak: whoever keeps the reply keeps no actor.
  peer_reply reply{
      [gate = caf::actor_cast<caf::actor_addr>(self_), link, session = from.number, id = ask.id](peer_answer what) {
        if (const auto there = caf::actor_cast<caf::actor>(gate))
          caf::anon_send(there, gate_answer{link, session, id, std::make_shared<peer_answer>(std::move(what))});
      }};
  settings_.handler->on_ask(from.who, asked.cls, asked.by, std::move(ask.what), std::move(reply));
}

void gate_state::on_answer(const gate_answer& given) {
  const auto found = sessions_.find(given.link);
  if (found == sessions_.end() || found->second.number != given.session)
    return;
  --found->second.open;
  answer(found->second, given.id, std::move(*given.what));
}

void gate_state::answer(session& to, std::uint64_t id, peer_answer what) {
  peer_said said{id, 0, peer_done{}};
  if (auto* body = std::get_if<std::string>(&what)) {
    if (body->size() > max_peer_answer) {
      said.what = peer_refusal{"answer_too_large", "the answer has " + std::to_string(body->size()) + " bytes"};
    } else if (body->size() <= peer_part_bytes) {
      said.what = answer_part{0, 1, std::move(*body)};
    } else if (to.held + body->size() > most_held) {
      said.what = peer_refusal{to_string(peer_trouble::busy), "too many long answers wait"};
    } else {
      const auto parts = static_cast<std::uint32_t>((body->size() + peer_part_bytes - 1) / peer_part_bytes);
      said.what = answer_part{0, parts, body->substr(0, peer_part_bytes)};
      to.held += body->size();
      to.long_answers[id] = {std::move(*body), 1, parts, clock::now() + part_patience};
    }
  } else if (auto* refusal = std::get_if<peer_refusal>(&what)) {
    said.what = std::move(*refusal);
  } else if (auto* status = std::get_if<node_status>(&what)) {
    said.what = std::move(*status);
  }
  send_or_hold(to, std::move(said));
}

void gate_state::send_next(session& to, std::uint64_t id, std::uint32_t part) {
  const auto found = to.long_answers.find(id);
  if (found == to.long_answers.end() || found->second.next != part)
    return send_or_hold(to, {id, 0, peer_refusal{"gone", "this part of the answer is not here"}});
  auto& whole = found->second;
  peer_said said{id, 0, answer_part{part, whole.parts, whole.body.substr(part * peer_part_bytes, peer_part_bytes)}};
  whole.next = part + 1;
  whole.expires = clock::now() + part_patience;
  if (whole.next == whole.parts) {
    to.held -= whole.body.size();
    to.long_answers.erase(found);
  }
  send_or_hold(to, std::move(said));
}

void gate_state::send_or_hold(session& to, peer_said what) {
  const auto cost = peer_cost(what);
  if (to.waiting.empty() && to.sent - to.confirmed + cost <= peer_door::most_bytes)
    return send(to, std::move(what));
  if (to.waiting.size() >= most_waiting)
    return settings_.book->refused(peer_fault::too_many);
  if (to.held + cost > most_held)
    what.what = peer_refusal{to_string(peer_trouble::busy), "too many answers wait"};
  to.held += peer_cost(what);
  to.waiting.push_back(std::move(what));
}

void gate_state::flush(session& to) {
  while (!to.waiting.empty()) {
    const auto cost = peer_cost(to.waiting.front());
    if (to.sent - to.confirmed + cost > peer_door::most_bytes)
      return;
    to.held -= cost;
    send(to, std::move(to.waiting.front()));
    to.waiting.pop_front();
  }
}

void gate_state::send(session& to, peer_said what) {
  what.received = to.received;
  to.sent += peer_cost(what);
  auto body = encode(what);
  to.counts->out(body.size());
  self_->send(to.link, message<wire::said_kind>(std::move(body)));
}

void gate_state::on_stranger(const std::string& from) {
  settings_.book->refused(peer_fault::untrusted);
  const auto now = clock::now();
  std::erase_if(strangers_, [now](const auto& told) { return told.second + stranger_pause <= now; });
  if (strangers_.size() < most_strangers && strangers_.emplace(from, now).second)
    settings_.handler->on_link({link_event::kind::rejected,
                                {},
                                from,
                                peer_fault::untrusted,
                                "no certificate of this cluster's authority, or no TLS"});
}

void gate_state::on_down(const caf::actor_addr& link) {
  sessions_.erase(link);
}

void gate_state::on_unexpected() {
  settings_.book->refused(peer_fault::not_understood);
}

void gate_state::sweep() {
  const auto now = clock::now();
  for (auto& [link, one] : sessions_)
    std::erase_if(one.long_answers, [&held = one.held, now](const auto& entry) {
      if (entry.second.expires > now)
        return false;
      held -= entry.second.body.size();
      return true;
    });
}

caf::behavior gate(gate_self* self, gate_settings settings) {
  self->state.begin(std::move(settings));
  self->set_down_handler([self](const caf::down_msg& down) { self->state.on_down(down.source); });
  // Others may ask, not end us.
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    if (exit.source && exit.source.node() != self->node())
      return self->state.on_unexpected();
    self->quit(exit.reason);
  });
  self->set_default_handler([self](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
    self->state.on_unexpected();
    return caf::sec::unexpected_message;
  });
  self->delayed_send(self, sweep_interval, gate_sweep{});
  return {
      [self](const wire::hello& said) { self->state.on_hello(said); },
      [self](const wire::ask& asked) { self->state.on_ask(asked); },
      [self](const gate_answer& answer) { self->state.on_answer(answer); },
      [self](const gate_stranger& who) { self->state.on_stranger(who.from); },
      [self](gate_sweep) {
        self->state.sweep();
        self->delayed_send(self, sweep_interval, gate_sweep{});
      },
  };
}

} // namespace alleycat

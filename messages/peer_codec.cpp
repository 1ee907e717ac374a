#include "messages/peer_codec.hpp"

#include "messages/peer.pb.h"

#include <limits>

namespace alleycat {

namespace {

template <class Message>
bool parse(Message& into, std::string_view bytes) {
  return bytes.size() <= std::numeric_limits<int>::max() &&
         into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

constexpr std::size_t fixed_cost = 64;

void put(v1::PeerAsk&, const unknown_request&) {}
void put(v1::PeerAsk& out, const peer_question& what) {
  auto& question = *out.mutable_question();
  question.set_subject(what.subject);
  question.set_payload(what.payload);
  question.set_deadline_ms(static_cast<std::uint32_t>(what.deadline.count()));
}
void put(v1::PeerAsk& out, const journal_hint& what) {
  out.mutable_hint()->set_race_id(what.race.value());
}
void put(v1::PeerAsk& out, const preload_offer&) {
  out.mutable_preload();
}
void put(v1::PeerAsk& out, const preloaded_report& what) {
  out.mutable_preloaded()->set_lag_ms(static_cast<std::uint64_t>(what.lag.count()));
}
void put(v1::PeerAsk& out, const drain_request&) {
  out.mutable_drain();
}
void put(v1::PeerAsk& out, const status_request&) {
  out.mutable_status();
}
void put(v1::PeerAsk& out, const next_part& what) {
  out.mutable_next()->set_part(what.part);
}
void put(v1::PeerAsk& out, const preload_cancel&) {
  out.mutable_cancel();
}
void put(v1::PeerAsk& out, const received_note&) {
  out.mutable_ack();
}

void put(v1::PeerSaid& out, const peer_done&) {
  out.mutable_done();
}
void put(v1::PeerSaid& out, const answer_part& what) {
  auto& answer = *out.mutable_answer();
  answer.set_part(what.part);
  answer.set_parts(what.parts);
  answer.set_payload(what.payload);
}
void put(v1::PeerSaid& out, const peer_refusal& what) {
  out.mutable_refusal()->set_code(what.code);
  out.mutable_refusal()->set_message(what.message);
}
void put(v1::PeerSaid& out, const node_status& what) {
  auto& status = *out.mutable_status();
  status.set_races(what.races);
  status.set_classes(what.classes);
  status.set_riders(what.riders);
  status.set_rate(what.rate);
  status.set_lag_ms(static_cast<std::uint32_t>(what.lag.count()));
  status.set_cpu_permille(what.cpu_permille);
  status.set_ready(what.ready);
  status.set_state(what.state);
  status.set_started(ms_of(what.started));
}

std::optional<peer_request> request_in(const v1::PeerAsk& in) {
  switch (in.what_case()) {
  case v1::PeerAsk::kQuestion:
    return peer_question{in.question().subject(), in.question().payload(), milliseconds{in.question().deadline_ms()}};
  case v1::PeerAsk::kHint:
    return journal_hint{race_id{in.hint().race_id()}};
  case v1::PeerAsk::kPreload:
    return preload_offer{};
  case v1::PeerAsk::kPreloaded:
    return preloaded_report{milliseconds{static_cast<std::int64_t>(in.preloaded().lag_ms())}};
  case v1::PeerAsk::kDrain:
    return drain_request{};
  case v1::PeerAsk::kStatus:
    return status_request{};
  case v1::PeerAsk::kNext:
    if (in.next().part() < 1 || in.next().part() >= max_peer_parts)
      return std::nullopt;
    return next_part{in.next().part()};
  case v1::PeerAsk::kCancel:
    return preload_cancel{};
  case v1::PeerAsk::kAck:
    return received_note{};
  case v1::PeerAsk::WHAT_NOT_SET:
    break;
  }
  return unknown_request{};
}

} // namespace

std::size_t peer_cost(const peer_request& what) {
  const auto* question = std::get_if<peer_question>(&what);
  return fixed_cost + (question ? question->subject.size() + question->payload.size() : 0);
}

std::size_t peer_cost(const peer_said& said) {
  if (const auto* part = std::get_if<answer_part>(&said.what))
    return fixed_cost + part->payload.size();
  if (const auto* refusal = std::get_if<peer_refusal>(&said.what))
    return fixed_cost + refusal->code.size() + refusal->message.size();
  if (const auto* status = std::get_if<node_status>(&said.what))
    return fixed_cost + status->state.size();
  return fixed_cost;
}

std::string encode(const peer_hello& hello) {
  v1::PeerHello out;
  out.set_version(hello.version);
  out.set_oldest_format(hello.oldest_format);
  out.set_newest_format(hello.newest_format);
  out.set_rules_digest(hello.rules_digest);
  out.set_rules(hello.rules);
  return out.SerializeAsString();
}

std::string encode(const peer_ask& ask) {
  v1::PeerAsk out;
  out.set_id(ask.id);
  out.set_received(ask.received);
  std::visit([&](const auto& what) { put(out, what); }, ask.what);
  return out.SerializeAsString();
}

std::string encode(const peer_said& said) {
  v1::PeerSaid out;
  out.set_id(said.id);
  out.set_received(said.received);
  std::visit([&](const auto& what) { put(out, what); }, said.what);
  return out.SerializeAsString();
}

std::string encode(const peer_message& message) {
  v1::PeerMessage out;
  out.set_protocol(message.protocol);
  out.set_node(message.node);
  out.set_incarnation(message.incarnation);
  out.set_class_id(message.cls.value());
  out.set_epoch(message.by.value());
  out.set_body(message.body);
  return out.SerializeAsString();
}

std::optional<peer_hello> decode_peer_hello(std::string_view bytes) {
  v1::PeerHello in;
  if (!parse(in, bytes) || in.oldest_format() > in.newest_format())
    return std::nullopt;
  return peer_hello{in.version(), in.oldest_format(), in.newest_format(), in.rules_digest(), in.rules()};
}

std::optional<peer_ask> decode_peer_ask(std::string_view bytes) {
  v1::PeerAsk in;
  if (!parse(in, bytes))
    return std::nullopt;
  auto what = request_in(in);
  if (!what)
    return std::nullopt;
  return peer_ask{in.id(), in.received(), *std::move(what)};
}

std::optional<peer_said> decode_peer_said(std::string_view bytes) {
  v1::PeerSaid in;
  if (!parse(in, bytes))
    return std::nullopt;
  peer_said said{in.id(), in.received(), peer_done{}};
  switch (in.what_case()) {
  case v1::PeerSaid::kDone:
    return said;
  case v1::PeerSaid::kAnswer: {
    const auto& answer = in.answer();
    if (answer.parts() < 1 || answer.parts() > max_peer_parts || answer.part() >= answer.parts())
      return std::nullopt;
    said.what = answer_part{answer.part(), answer.parts(), answer.payload()};
    return said;
  }
  case v1::PeerSaid::kRefusal:
    said.what = peer_refusal{in.refusal().code(), in.refusal().message()};
    return said;
  case v1::PeerSaid::kStatus: {
    const auto& status = in.status();
    said.what = node_status{
        status.races(),        status.classes(), status.riders(), status.rate(),          milliseconds{status.lag_ms()},
        status.cpu_permille(), status.ready(),   status.state(),  at_ms(status.started())};
    return said;
  }
  case v1::PeerSaid::WHAT_NOT_SET:
    break;
  }
  return std::nullopt;
}

std::optional<peer_message> decode_peer_message(std::string_view bytes) {
  v1::PeerMessage in;
  if (!parse(in, bytes) || in.class_id() > 65'535)
    return std::nullopt;
  return peer_message{in.protocol(),     in.node(),
                      in.incarnation(),  class_id{static_cast<std::uint16_t>(in.class_id())},
                      epoch{in.epoch()}, in.body()};
}

} // namespace alleycat

#include "messages/peer_codec.hpp"

#include "messages/peer.pb.h"

#include "random_messages.hpp"

namespace alleycat {

namespace {

using rc::gen::arbitrary;

std::uint64_t any_number() {
  return *arbitrary<std::uint64_t>();
}
std::uint32_t any_small() {
  return *arbitrary<std::uint32_t>();
}

peer_request any_request() {
  switch (*rc::gen::inRange(0, 10)) {
  case 0:
    return unknown_request{};
  case 1:
    return peer_question{any_bytes(60), any_bytes(500), milliseconds{any_small()}};
  case 2:
    return journal_hint{race_id{any_small()}};
  case 3:
    return preload_offer{};
  case 4:
    return preloaded_report{milliseconds{static_cast<std::int64_t>(any_number())}};
  case 5:
    return drain_request{};
  case 6:
    return status_request{};
  case 7:
    return next_part{*rc::gen::inRange(std::uint32_t{1}, max_peer_parts)};
  case 8:
    return preload_cancel{};
  default:
    return received_note{};
  }
}

peer_ask any_ask() {
  return {any_number(), any_number(), any_request()};
}

peer_said any_said() {
  peer_said said{any_number(), any_number(), peer_done{}};
  switch (*rc::gen::inRange(0, 4)) {
  case 0:
    break;
  case 1: {
    const auto parts = *rc::gen::inRange(std::uint32_t{1}, max_peer_parts + 1);
    said.what = answer_part{*rc::gen::inRange(std::uint32_t{0}, parts), parts, any_bytes(500)};
    break;
  }
  case 2:
    said.what = peer_refusal{any_bytes(20), any_bytes(100)};
    break;
  default:
    said.what = node_status{any_small(),
                            any_small(),
                            any_small(),
                            any_small(),
                            milliseconds{any_small()},
                            any_small(),
                            any_flag(),
                            any_bytes(10),
                            at_ms(1'620'051'628'707)};
  }
  return said;
}

} // namespace

TEST_CASE("what nodes say to each other comes back as it was", "[peer_codec]") {
  holds(2'000, [] {
    const auto oldest = any_small();
    const peer_hello hello{any_bytes(20), oldest, std::max(oldest, any_small()), any_number(), any_bytes(500)};
    RC_ASSERT(decode_peer_hello(encode(hello)) == hello);
    const auto ask = any_ask();
    RC_ASSERT(decode_peer_ask(encode(ask)) == ask);
    const auto said = any_said();
    RC_ASSERT(decode_peer_said(encode(said)) == said);
    const peer_message message{any_small(),         any_bytes(64), any_number(), class_id{*arbitrary<std::uint16_t>()},
                               epoch{any_number()}, encode(ask)};
    RC_ASSERT(decode_peer_message(encode(message)) == message);
  });
}

TEST_CASE("the largest question and the largest part fit into a body", "[peer_codec]") {
  const std::string payload(peer_part_bytes, '\xff');
  const peer_said said{~std::uint64_t{0}, ~std::uint64_t{0}, answer_part{max_peer_parts - 1, max_peer_parts, payload}};
  CHECK(encode(said).size() <= max_peer_body);
  CHECK(decode_peer_said(encode(said)) == said);
  CHECK(std::size_t{max_peer_parts} * peer_part_bytes >= max_peer_answer);
  CHECK(std::size_t{max_peer_parts - 1} * peer_part_bytes < max_peer_answer);
}

TEST_CASE("what has no fixed length counts for what is on its way", "[peer_codec]") {
  CHECK(peer_cost(peer_question{"12345", "1234567", {}}) == 64 + 12);
  CHECK(peer_cost(journal_hint{}) == 64);
  CHECK(peer_cost(peer_said{1, 0, answer_part{0, 1, "123"}}) == 64 + 3);
  CHECK(peer_cost(peer_said{1, 0, peer_refusal{"12", "123"}}) == 64 + 5);
  CHECK(peer_cost(peer_said{1, 0, peer_done{}}) == 64);
}

TEST_CASE("what a later version asks is unknown, and its number is still there to be answered", "[peer_codec]") {
  v1::PeerAsk later;
  later.set_id(7);
  later.set_received(9);
  // Field 100, a text.
  const auto bytes = later.SerializeAsString() + std::string{"\xa2\x06\x03new", 6};
  CHECK(decode_peer_ask(bytes) == peer_ask{7, 9, unknown_request{}});
}

TEST_CASE("values outside their range do not decode", "[peer_codec]") {
  v1::PeerHello hello;
  hello.set_oldest_format(3);
  hello.set_newest_format(2);
  CHECK_FALSE(decode_peer_hello(hello.SerializeAsString()));
  v1::PeerAsk ask;
  ask.mutable_next()->set_part(0);
  CHECK_FALSE(decode_peer_ask(ask.SerializeAsString()));
  ask.mutable_next()->set_part(max_peer_parts);
  CHECK_FALSE(decode_peer_ask(ask.SerializeAsString()));
  v1::PeerSaid said;
  CHECK_FALSE(decode_peer_said(said.SerializeAsString()));
  for (const auto& [part, parts] : {std::pair{0u, 0u}, {1u, 1u}, {0u, max_peer_parts + 1}}) {
    said.mutable_answer()->set_part(part);
    said.mutable_answer()->set_parts(parts);
    CHECK_FALSE(decode_peer_said(said.SerializeAsString()));
  }
  v1::PeerMessage message;
  message.set_class_id(65'536);
  CHECK_FALSE(decode_peer_message(message.SerializeAsString()));
}

TEST_CASE("no bytes make the decoders of peers fail", "[peer_codec]") {
  holds(5'000, [] {
    const auto bytes = any_flag() ? any_bytes(100) : spoiled(encode(any_ask()), all_bytes());
    decode_peer_hello(bytes);
    decode_peer_said(bytes);
    decode_peer_message(bytes);
    if (const auto got = decode_peer_ask(bytes))
      RC_ASSERT(decode_peer_ask(encode(*got)) == got);
  });
}

} // namespace alleycat

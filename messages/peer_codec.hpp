/// What nodes say to each other, as bytes. Layout: peer.proto.
#pragma once

#include "racing/ids.hpp"
#include "racing/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace alleycat {

/// No body on the wire is longer: a longer one would hold up the small messages behind it.
inline constexpr std::size_t max_peer_body = std::size_t{256} * 1024;
/// Payload of one part of an answer; what is left of `max_peer_body` is for its frame.
inline constexpr std::size_t peer_part_bytes = max_peer_body - 256;
/// An answer of more bytes is refused as `answer_too_large`. A race of 1,000 riders has about 300 KB.
inline constexpr std::size_t max_peer_answer = std::size_t{8} * 1024 * 1024;
/// Parts of the longest answer.
inline constexpr std::uint32_t max_peer_parts = (max_peer_answer + peer_part_bytes - 1) / peer_part_bytes;

/// The first thing said on a link, and the answer to it.
struct peer_hello {
  std::string version;             ///< of the program, for people
  std::uint32_t oldest_format = 1; ///< of journal and store: reads from this
  std::uint32_t newest_format = 1; ///< to this
  std::uint64_t rules_digest = 0;
  std::string rules; ///< as `rules_text` writes them

  friend bool operator==(const peer_hello&, const peer_hello&) = default;
};

/// For the owner of the class: a query, or the choice of a ghost.
struct peer_question {
  std::string subject;
  std::string payload;      ///< JSON, as the client sent it
  milliseconds deadline{0}; ///< how long the asker waits

  friend bool operator==(const peer_question&, const peer_question&) = default;
};
/// A race that may be new to the owner has been opened on the journal.
struct journal_hint {
  race_id race;
  friend bool operator==(const journal_hint&, const journal_hint&) = default;
};
/// From the owner: prepare to take the class over.
struct preload_offer {
  friend bool operator==(const preload_offer&, const preload_offer&) = default;
};
/// From the owner: the class is not handed over there.
struct preload_cancel {
  friend bool operator==(const preload_cancel&, const preload_cancel&) = default;
};
/// To the owner: prepared.
struct preloaded_report {
  milliseconds lag{0}; ///< behind the journal
  friend bool operator==(const preloaded_report&, const preloaded_report&) = default;
};
/// Leave the cluster, with a hand-over.
struct drain_request {
  friend bool operator==(const drain_request&, const drain_request&) = default;
};
struct status_request {
  friend bool operator==(const status_request&, const status_request&) = default;
};
/// The following part of a long answer.
struct next_part {
  std::uint32_t part = 0; ///< 1..`max_peer_parts` - 1
  friend bool operator==(const next_part&, const next_part&) = default;
};
/// Says how much has been received, and nothing else.
struct received_note {
  friend bool operator==(const received_note&, const received_note&) = default;
};

/// Something that a later version asks for.
struct unknown_request {
  friend bool operator==(const unknown_request&, const unknown_request&) = default;
};

using peer_request = std::variant<unknown_request, peer_question, journal_hint, preload_offer, preloaded_report,
                                  drain_request, status_request, next_part, received_note, preload_cancel>;

struct peer_ask {
  std::uint64_t id = 0;       ///< counts up within a link; 0 wants no answer
  std::uint64_t received = 0; ///< `peer_cost` of all answers that have arrived on this link
  peer_request what;

  friend bool operator==(const peer_ask&, const peer_ask&) = default;
};

struct peer_done {
  friend bool operator==(const peer_done&, const peer_done&) = default;
};
struct answer_part {
  std::uint32_t part = 0;  ///< 0..parts - 1
  std::uint32_t parts = 1; ///< 1..`max_peer_parts`
  std::string payload;     ///< JSON; at most `peer_part_bytes`
  friend bool operator==(const answer_part&, const answer_part&) = default;
};
struct peer_refusal {
  std::string code; ///< one word, for programs
  std::string message;
  friend bool operator==(const peer_refusal&, const peer_refusal&) = default;
};
struct node_status {
  std::uint32_t races = 0;
  std::uint32_t classes = 0;
  std::uint32_t riders = 0;
  std::uint32_t rate = 0;         ///< updates in the last second
  milliseconds lag{0};            ///< from stored to ranked, worst of the last second
  std::uint32_t cpu_permille = 0; ///< of one core
  bool ready = false;
  std::string state; ///< serving, draining, left
  unix_ms started{};
  friend bool operator==(const node_status&, const node_status&) = default;
};

struct peer_said {
  std::uint64_t id = 0;       ///< of the question
  std::uint64_t received = 0; ///< `peer_cost` of all questions that have arrived on this link
  std::variant<peer_done, answer_part, peer_refusal, node_status> what;

  friend bool operator==(const peer_said&, const peer_said&) = default;
};

/// The envelope over NATS. Over CAF these are the fields of the message itself.
struct peer_message {
  std::uint32_t protocol = 0;
  std::string node; ///< who says it
  std::uint64_t incarnation = 0;
  class_id cls; ///< 0: of no class
  epoch by;
  std::string body;

  friend bool operator==(const peer_message&, const peer_message&) = default;
};

/// What counts for `received` and for the bounds of what is on its way: 64, and the length of what has no fixed length. Both
/// sides count alike, whatever the encoding.
std::size_t peer_cost(const peer_request& what);
std::size_t peer_cost(const peer_said& said);

std::string encode(const peer_hello& hello);
std::string encode(const peer_ask& ask);
std::string encode(const peer_said& said);
std::string encode(const peer_message& message);

/// @returns nothing when the bytes are no such message or a value is outside its range.
std::optional<peer_hello> decode_peer_hello(std::string_view bytes);
std::optional<peer_ask> decode_peer_ask(std::string_view bytes);
std::optional<peer_said> decode_peer_said(std::string_view bytes);
std::optional<peer_message> decode_peer_message(std::string_view bytes);

} // namespace alleycat

/// How a question to a peer ends.
#pragma once

#include "messages/peer_codec.hpp"

#include <functional>
#include <string>
#include <variant>

namespace alleycat {

/// What the asked node says.
using peer_answer = std::variant<peer_done, std::string, peer_refusal, node_status>;

/// Why there is no answer. Whether the question was understood, or acted on, is not known but for `down` at once and `busy`.
enum class peer_trouble : std::uint8_t {
  down,       ///< there is no link, or it went down meanwhile
  busy,       ///< too much is on its way to this peer already
  too_large,  ///< the question does not fit into a message
  timed_out,  ///< no answer before the deadline
  bad_answer, ///< not understood
};

/// One word.
constexpr const char* to_string(peer_trouble why) {
  switch (why) {
  case peer_trouble::down:
    return "down";
  case peer_trouble::busy:
    return "busy";
  case peer_trouble::too_large:
    return "too_large";
  case peer_trouble::timed_out:
    return "timed_out";
  case peer_trouble::bad_answer:
    break;
  }
  return "bad_answer";
}

using peer_outcome = std::variant<peer_answer, peer_trouble>;

/// Called once, on a thread of the peers: must not block.
using peer_done_handler = std::function<void(peer_outcome)>;

} // namespace alleycat

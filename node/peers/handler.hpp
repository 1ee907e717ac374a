/// What the rest of a node has to do for its peers, and what it is told of them.
#pragma once

#include "node/peers/outcome.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace alleycat {

struct peer_identity {
  std::string node;
  std::uint64_t incarnation = 0; ///< higher with each start

  friend bool operator==(const peer_identity&, const peer_identity&) = default;
};

/// Why a peer is not spoken with, or a message not taken. Each is counted.
enum class peer_fault : std::uint8_t {
  none,
  other_protocol,  ///< of the messages between nodes
  other_rules,     ///< the node judges: `peer_handler::judge`
  old_incarnation, ///< a later start of this name is known
  other_node,      ///< another one answers at this address, or the sender is not who it says
  not_greeted,     ///< said no hello
  not_understood,  ///< bytes that are no message of ours
  too_large,
  too_many,      ///< nodes, or questions of one node
  untrusted,     ///< with TLS: who connects shows no certificate of the authority, or speaks no TLS
  other_formats, ///< cannot read what the cluster writes, or the other way round; the node judges
};
inline constexpr std::size_t peer_faults = static_cast<std::size_t>(peer_fault::other_formats) + 1;

/// One word, as it stands in refusals, events and metrics.
const char* to_string(peer_fault what);
/// @returns `not_understood` for a word that is none
peer_fault peer_fault_of(std::string_view word);

/// Answers one question, once, from any thread. Without an answer until the last copy is gone it is refused as `unanswered`.
class peer_reply {
public:
  explicit peer_reply(std::function<void(peer_answer)> send) : shared_{std::make_shared<once>(std::move(send))} {}

  void operator()(peer_answer what) const { shared_->send_once(std::move(what)); }

private:
  struct once {
    explicit once(std::function<void(peer_answer)> s) : send{std::move(s)} {}
    ~once() { send_once(peer_refusal{"unanswered", "the node dropped the question"}); }
    void send_once(peer_answer what);
    std::function<void(peer_answer)> send;
    std::atomic_flag sent = ATOMIC_FLAG_INIT;
  };
  std::shared_ptr<once> shared_;
};

/// What became of a link, or of somebody's hello. Told when it changes, not with each attempt.
struct link_event {
  enum class kind : std::uint8_t {
    up,          ///< may be asked
    down,        ///< was up; for membership a hint, never a proof
    unreachable, ///< no connection, or no answer to hello; attempts go on
    refused,     ///< by us, or by the peer; attempts go on
    rejected,    ///< it said hello to us, or came without a certificate that counts, and we refused
  };
  kind what = kind::up;
  peer_identity peer;
  std::string address;                 ///< of an `untrusted` one that came to us, its host; else empty when it came
  peer_fault fault = peer_fault::none; ///< of `refused` and `rejected`
  std::string detail;                  ///< for people
};

/// One word.
const char* to_string(link_event::kind what);

/// Called on threads of the peers, several at once: must not block.
class peer_handler {
public:
  virtual ~peer_handler() = default;

  /// Somebody of our protocol said hello.
  /// @returns why not to speak with it (`other_rules`, `old_incarnation`), with a sentence for people; nothing if all is well
  virtual std::optional<std::pair<peer_fault, std::string>> judge(const peer_identity& who,
                                                                  const peer_hello& hello) = 0;
  /// Anything but `next_part`, `received_note` and `unknown_request`.
  /// @param by  epoch under which the sender acts or thinks the owner does; 0 for none. Whether it counts is for the handler
  virtual void on_ask(const peer_identity& from, class_id cls, epoch by, peer_request what, peer_reply reply) = 0;
  virtual void on_link(const link_event& what) = 0;
};

} // namespace alleycat

/// What nodes ask each other, over NATS: for as long as CAF's link between them is down and NATS is not.
///
///     asker ──PeerMessage{PeerAsk}──▶ alleycat.node.<name>.ask        the asked node alone listens there
///     asker ◀─PeerMessage{PeerSaid}── _INBOX.<…>                      parts of a long answer in their order, unasked
///
/// NATS loses what it cannot deliver: every question has a deadline here, and ends as `timed_out`.
#pragma once

#include "messages/peer_codec.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/worker.hpp"
#include "node/peers/handler.hpp"
#include "node/peers/outstanding.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace alleycat {

/// All methods may be called from any thread; none blocks but the destructor.
class peer_detour {
public:
  /// Questions of this node without an answer; and of others that are being answered here.
  static constexpr std::size_t most_questions = 256;

  struct settings {
    peer_identity self;
    std::uint32_t protocol = 0;
  };

  /// @param connection, handler  outlive this. `judge` and `on_link` are not called: who writes to the bucket is a node
  peer_detour(const nats_connection& connection, settings how, peer_handler& handler);
  ~peer_detour();
  peer_detour(const peer_detour&) = delete;
  peer_detour& operator=(const peer_detour&) = delete;

  /// @param done  called once, before this returns or later on another thread
  void ask(const std::string& node, class_id cls, epoch by, peer_request what, std::chrono::milliseconds deadline,
           peer_done_handler done);

  /// Questions sent, and questions taken.
  std::uint64_t asked() const { return asked_.load(); }
  std::uint64_t taken() const { return shared_->taken.load(); }
  /// Messages that were not understood, of another protocol, from a node to itself, or one too many.
  std::uint64_t refused() const { return shared_->refused.load(); }

private:
  using clock = outstanding_questions::clock;

  /// What replies need, which may come after the end.
  struct shared {
    std::mutex mutex; ///< guards `connection`
    const nats_connection* connection = nullptr;
    settings how;
    std::atomic<std::size_t> open{0};
    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> refused{0};

    void say(const std::string& reply_to, peer_said said);
    void answer(const std::string& reply_to, std::uint64_t id, peer_answer what);
  };

  void on_ask(natsMsg* message);
  void on_said(natsMsg* message);
  template <class Change>
  void change(Change what);
  void watch_deadlines();

  peer_handler& handler_;
  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
  std::string inbox_;
  std::atomic<std::uint64_t> asked_{0};

  std::mutex mutex_;      ///< guards what follows
  bool watching_ = false; ///< the deadlines are looked at soon
  bool ending_ = false;
  outstanding_questions questions_;
  std::vector<std::pair<peer_done_handler, peer_outcome>> ended_; ///< to be told without the lock: they may ask again

  std::unique_ptr<worker> deadlines_;
  nats_subscription asks_;
  nats_subscription answers_;
};

} // namespace alleycat

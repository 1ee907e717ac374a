/// The other nodes, as the rest of a node sees them: a gate for them, a link to each.
#pragma once

#include "node/peers/counters.hpp"
#include "node/peers/door.hpp"
#include "node/peers/handler.hpp"
#include "node/peers/link.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alleycat {

struct peer_settings {
  peer_identity self;
  peer_hello hello;
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 0; ///< 0 takes a free one
  bool tls = false;              ///< as given to `configure_peers`
  std::uint32_t protocol = peer_protocol;
};

/// A link for people and metrics.
struct peer_row {
  std::string node;
  bool up = false;
  std::size_t questions = 0;     ///< without an answer yet
  std::uint64_t unconfirmed = 0; ///< bytes on their way to it
  std::uint64_t turned_away = 0; ///< questions, because too much was on its way
  std::uint64_t messages_in = 0, messages_out = 0, bytes_in = 0, bytes_out = 0;
  std::uint64_t refused = 0;   ///< its messages that were not taken, and refusals of the link
  std::uint64_t connected = 0; ///< times
};

/// All methods may be called from any thread; none blocks but the constructor and `stop`.
class peers {
public:
  /// @param system  made with `configure_peers`
  /// @param handler  outlives this
  /// @throws std::runtime_error when it cannot listen, with the reason
  peers(caf::actor_system& system, const peer_settings& settings, peer_handler& handler);
  ~peers();
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;

  /// Lets go of all; after it the handler is not called any more. Replies that are still held lead nowhere.
  void stop();

  std::uint16_t port() const { return port_; }

  /// Makes a link, and makes it again whenever it is lost. A later incarnation or another address replaces what was known.
  void connect(const peer_target& where);
  /// Ends the link to a node that has left.
  void disconnect(const std::string& node);
  bool is_up(const std::string& node) const;

  /// @param cls, by  class the question is about, epoch under which it is asked; 0 for none
  /// @param deadline  until there is a whole answer; more than an hour is taken for an hour
  /// @param done  called once, before this returns or later on another thread
  void ask(const std::string& node, class_id cls, epoch by, peer_request what, std::chrono::milliseconds deadline,
           peer_done_handler done);

  /// Links that were made, by name.
  std::vector<peer_row> rows() const;
  /// Messages and hellos that were not taken, of whomever.
  std::uint64_t refusals(peer_fault why) const { return book_->refusals(why); }

private:
  struct line {
    caf::actor link;
    std::shared_ptr<peer_door> door;
    std::shared_ptr<peer_counters> counts;
  };

  caf::actor_system& system_;
  link_settings for_links_;
  std::shared_ptr<peer_book> book_ = std::make_shared<peer_book>();
  caf::actor gate_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_; ///< guards what follows
  std::map<std::string, line> lines_;
  std::vector<caf::actor> leaving_; ///< links told to end, which may not have yet
  bool stopped_ = false;
};

} // namespace alleycat

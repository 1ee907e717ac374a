#include "node/peers/tls_transport.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/interfaces.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/openssl/session.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <chrono>
#include <unistd.h>

namespace alleycat {

namespace {

using namespace std::chrono_literals;
namespace net = caf::io::network;
using clock = std::chrono::steady_clock;

constexpr auto handshake_deadline = 5s;

net::default_multiplexer& multiplexer(caf::actor_system& system) {
  return dynamic_cast<net::default_multiplexer&>(system.middleman().backend());
}

caf::openssl::session_ptr begin_session(caf::actor_system& system, int fd, bool accepted) {
  ERR_clear_error();
  return caf::openssl::make_session(system, fd, accepted);
}

/// Not who hangs up or says nothing: a node that is killed, or that CAF cuts off in the middle of its handshake, does.
/// @pre the queue was emptied before the call that failed
bool speaks_wrongly() {
  const auto why = ERR_peek_error();
  return why != 0 && ERR_GET_REASON(why) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

/// How CAF's stream reads and writes.
class tls_policy {
public:
  /// @param failed  called once when the handshake comes to nothing; may be empty
  tls_policy(caf::openssl::session_ptr session, std::function<void()> failed)
      : session_{std::move(session)}, failed_{std::move(failed)}, expires_{clock::now() + handshake_deadline} {}

  net::rw_state read_some(std::size_t& result, net::native_socket fd, void* into, std::size_t size) {
    ERR_clear_error();
    const auto state = session_->read_some(result, fd, into, size);
    return judged(state, result);
  }

  net::rw_state write_some(std::size_t& result, net::native_socket fd, const void* from, std::size_t size) {
    ERR_clear_error();
    const auto state = session_->write_some(result, fd, from, size);
    return judged(state, result);
  }

  bool must_read_more(net::native_socket fd, std::size_t threshold) { return session_->must_read_more(fd, threshold); }

private:
  /// Bytes that pass show that the handshake is over.
  net::rw_state judged(net::rw_state state, std::size_t bytes) {
    if (state == net::rw_state::success && bytes > 0)
      established_ = true;
    if (established_ || (state != net::rw_state::failure && clock::now() < expires_))
      return state;
    const bool refused = speaks_wrongly();
    if (const auto failed = std::exchange(failed_, nullptr); failed && refused)
      failed();
    return net::rw_state::failure;
  }

  caf::openssl::session_ptr session_;
  std::function<void()> failed_;
  clock::time_point expires_;
  bool established_ = false;
};

class tls_scribe : public caf::io::scribe {
public:
  tls_scribe(net::default_multiplexer& loop, net::native_socket fd, caf::openssl::session_ptr session,
             std::function<void()> failed)
      : scribe{net::conn_hdl_from_socket(fd)}, stream_{loop, fd, std::move(session), std::move(failed)} {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (launched_)
      return;
    launched_ = true;
    stream_.start(this);
    // The handshake may have to write before anybody else does.
    stream_.force_empty_write(this);
  }
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  std::string addr() const override {
    auto address = net::remote_addr_of_fd(stream_.fd());
    return address ? *address : std::string{};
  }
  std::uint16_t port() const override {
    auto number = net::remote_port_of_fd(stream_.fd());
    return number ? *number : std::uint16_t{0};
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

private:
  bool launched_ = false;
  net::stream_impl<tls_policy> stream_;
};

class tls_doorman : public net::doorman_impl {
public:
  tls_doorman(net::default_multiplexer& loop, net::native_socket fd,
              std::function<void(const std::string& from)> stranger)
      : doorman_impl{loop, fd}, stranger_{std::move(stranger)} {}

  bool new_connection() override {
    const auto fd = acceptor_.accepted_socket();
    if (detached()) {
      close(fd);
      return false;
    }
    net::nonblocking(fd, true);
    // A connection may outlive its doorman.
    auto failed = [stranger = stranger_, from = net::remote_addr_of_fd(fd)] { stranger(from ? *from : std::string{}); };
    auto session = begin_session(parent()->system(), fd, true);
    if (!session) {
      if (speaks_wrongly())
        failed();
      close(fd);
      return true;
    }
    auto& loop = acceptor_.backend();
    auto connection = caf::make_counted<tls_scribe>(loop, fd, std::move(session), std::move(failed));
    const auto handle = connection->hdl();
    parent()->add_scribe(std::move(connection));
    return doorman::new_connection(&loop, handle);
  }

private:
  std::function<void(const std::string& from)> stranger_;
};

} // namespace

caf::expected<caf::io::scribe_ptr> tls_connection(caf::actor_system& system, int fd) {
  net::nonblocking(fd, true);
  auto session = begin_session(system, fd, false);
  if (!session) {
    close(fd);
    return caf::sec::cannot_connect_to_node;
  }
  return caf::io::scribe_ptr{caf::make_counted<tls_scribe>(multiplexer(system), fd, std::move(session), nullptr)};
}

caf::expected<caf::io::doorman_ptr> tls_listener(caf::actor_system& system, std::uint16_t port, const std::string& host,
                                                 std::function<void(const std::string& from)> stranger) {
  const auto fd = net::new_tcp_acceptor_impl(port, host.c_str(), true);
  if (!fd)
    return fd.error();
  return caf::io::doorman_ptr{caf::make_counted<tls_doorman>(multiplexer(system), *fd, std::move(stranger))};
}

} // namespace alleycat

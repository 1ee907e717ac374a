#include "node/peers/peers.hpp"

#include "node/peers/gate.hpp"
#include "node/peers/tls_transport.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/multiplexer.hpp>

#include <algorithm>
#include <stdexcept>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_deadline = 1h;
/// What encoding adds to a question, at most.
constexpr std::size_t frame_bytes = 64;

/// Publishes the gate. Reuses the address: connections of the process before us may still wait on this port; two processes
/// cannot listen there all the same.
caf::expected<std::uint16_t> listen(caf::actor_system& system, const caf::actor& gate, const caf::actor& basp,
                                    const peer_settings& settings) {
  const auto& host = settings.listen_host;
  // Weak: a connection that waits for its handshake keeps no gate.
  const auto stranger = [to = caf::actor_cast<caf::actor_addr>(gate)](const std::string& from) {
    if (const auto there = caf::actor_cast<caf::actor>(to))
      caf::anon_send(there, gate_stranger{from});
  };
  auto door = settings.tls ? tls_listener(system, settings.listen_port, host, stranger)
                           : system.middleman().backend().new_tcp_doorman(settings.listen_port, host.c_str(), true);
  if (!door)
    return door.error();
  const auto port = (*door)->port();
  caf::anon_send(basp, caf::publish_atom::value, std::move(*door), port, caf::actor_cast<caf::strong_actor_ptr>(gate),
                 std::set<std::string>{});
  return port;
}

} // namespace

peers::peers(caf::actor_system& system, const peer_settings& settings, peer_handler& handler) : system_{system} {
  const auto hello = encode(settings.hello);
  if (hello.size() > max_peer_body)
    throw std::runtime_error{"the rules do not fit into a hello"};
  for_links_.self = settings.self;
  for_links_.protocol = settings.protocol;
  for_links_.hello = hello;
  for_links_.handler = &handler;
  for_links_.book = book_;
  for_links_.basp = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  for_links_.tls = settings.tls;
  const auto greeted = [this](const std::string& node) {
    const std::lock_guard lock{mutex_};
    if (const auto found = lines_.find(node); found != lines_.end())
      caf::anon_send(found->second.link, link_greeted{});
  };
  gate_ = system.spawn(gate, gate_settings{settings.self, settings.protocol, hello, &handler, book_, greeted});
  const auto port = listen(system, gate_, for_links_.basp, settings);
  if (!port) {
    caf::anon_send_exit(gate_, caf::exit_reason::user_shutdown);
    throw std::runtime_error{"cannot listen for other nodes at " + settings.listen_host + ":" +
                             std::to_string(settings.listen_port) + ": " + system.render(port.error())};
  }
  port_ = *port;
}

peers::~peers() {
  stop();
}

void peers::stop() {
  std::vector<caf::actor> ending;
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(stopped_, true))
      return;
    for (auto& [node, one] : lines_)
      ending.push_back(std::move(one.link));
    lines_.clear();
    std::move(leaving_.begin(), leaving_.end(), std::back_inserter(ending));
    leaving_.clear();
  }
  system_.middleman().close(port_);
  ending.push_back(std::exchange(gate_, nullptr));
  caf::scoped_actor self{system_};
  for (const auto& one : ending)
    self->send_exit(one, caf::exit_reason::user_shutdown);
  self->wait_for(ending);
}

void peers::connect(const peer_target& where) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  auto& one = lines_[where.who.node];
  if (!one.link) {
    one.door = std::make_shared<peer_door>();
    one.counts = book_->of(where.who.node);
    auto settings = for_links_;
    settings.door = one.door;
    settings.counts = one.counts;
    one.link = system_.spawn(link, std::move(settings));
  }
  caf::anon_send(one.link, link_to{where});
}

void peers::disconnect(const std::string& node) {
  const std::lock_guard lock{mutex_};
  const auto found = lines_.find(node);
  if (found == lines_.end())
    return;
  caf::anon_send(found->second.link, link_leave{});
  std::erase_if(leaving_, [](const caf::actor& one) {
    return caf::actor_cast<caf::abstract_actor*>(one)->getf(caf::abstract_actor::is_terminated_flag);
  });
  leaving_.push_back(std::move(found->second.link));
  lines_.erase(found);
}

bool peers::is_up(const std::string& node) const {
  const std::lock_guard lock{mutex_};
  const auto found = lines_.find(node);
  return found != lines_.end() && found->second.door->is_open();
}

void peers::ask(const std::string& node, class_id cls, epoch by, peer_request what, std::chrono::milliseconds deadline,
                peer_done_handler done) {
  const auto cost = peer_cost(what);
  if (cost + frame_bytes > max_peer_body)
    return done(peer_trouble::too_large);
  line to;
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = lines_.find(node); found != lines_.end())
      to = found->second;
  }
  const auto entered = to.door ? to.door->enter(cost) : peer_door::entry::closed;
  if (entered != peer_door::entry::admitted)
    return done(entered == peer_door::entry::full ? peer_trouble::busy : peer_trouble::down);
  deadline = std::clamp(deadline, std::chrono::milliseconds{0}, longest_deadline);
  auto leave_then = [door = to.door, then = std::move(done)](peer_outcome how) {
    door->leave();
    then(std::move(how));
  };
  caf::anon_send(to.link, link_question{std::make_shared<question_box>(
                              cls, by, std::move(what), question_box::clock::now() + deadline, std::move(leave_then))});
}

std::vector<peer_row> peers::rows() const {
  const std::lock_guard lock{mutex_};
  std::vector<peer_row> all;
  for (const auto& [node, one] : lines_)
    all.push_back({node, one.door->is_open(), one.door->questions(), one.door->unconfirmed(), one.door->turned_away(),
                   one.counts->messages_in, one.counts->messages_out, one.counts->bytes_in, one.counts->bytes_out,
                   one.counts->refused, one.counts->connected});
  return all;
}

} // namespace alleycat

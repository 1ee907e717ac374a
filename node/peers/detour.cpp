#include "node/peers/detour.hpp"

#include "messages/subjects.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// How exactly deadlines are kept.
constexpr std::chrono::milliseconds deadline_interval = 50ms;
/// Messages that wait for the callback.
constexpr int most_unread = 4 * static_cast<int>(peer_detour::most_questions);

/// @returns nothing, too, for what comes from nobody else
std::optional<peer_message> message_in(natsMsg* message, const peer_detour::settings& how) {
  auto said = decode_peer_message(payload_of(message));
  if (!said || said->protocol != how.protocol || said->node == how.self.node)
    return std::nullopt;
  return said;
}

} // namespace

peer_detour::peer_detour(const nats_connection& connection, settings how, peer_handler& handler)
    : handler_{handler}, inbox_{new_inbox()} {
  shared_->connection = &connection;
  shared_->how = std::move(how);
  deadlines_ = std::make_unique<worker>();
  asks_ = connection.subscribe(
      node_ask_subject(shared_->how.self.node).c_str(), nullptr, [this](natsMsg* m) { on_ask(m); }, most_unread);
  answers_ = connection.subscribe(
      inbox_.c_str(), nullptr, [this](natsMsg* m) { on_said(m); }, most_unread);
}

peer_detour::~peer_detour() {
  asks_ = {};
  answers_ = {};
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  deadlines_.reset();
  {
    const std::lock_guard lock{shared_->mutex};
    shared_->connection = nullptr;
  }
  change([this] { questions_.fail_all(peer_trouble::down); });
}

// -- asking ------------------------------------------------------------------------------------------------------------

void peer_detour::ask(const std::string& node, class_id cls, epoch by, peer_request what,
                      std::chrono::milliseconds deadline, peer_done_handler done) {
  peer_message message{shared_->how.protocol, shared_->how.self.node, shared_->how.self.incarnation, cls, by, {}};
  std::uint64_t id = 0;
  {
    const std::lock_guard lock{mutex_};
    if (questions_.size() < most_questions)
      id = questions_.add(clock::now() + deadline,
                          [this, done](peer_outcome how) { ended_.emplace_back(done, std::move(how)); });
    watch_deadlines();
  }
  if (id == 0)
    return done(peer_trouble::busy);
  message.body = encode(peer_ask{id, 0, std::move(what)});
  ++asked_;
  // What does not leave ends by its deadline: a connection that is away may be back before it.
  const std::lock_guard lock{shared_->mutex};
  if (shared_->connection != nullptr)
    shared_->connection->publish(node_ask_subject(node).c_str(), inbox_.c_str(), encode(message));
}

/// While there is a question. @pre the lock is held
void peer_detour::watch_deadlines() {
  if (watching_ || ending_ || questions_.size() == 0)
    return;
  watching_ = true;
  deadlines_->later(deadline_interval, [this] {
    change([this] {
      questions_.expire(clock::now());
      watching_ = false;
      watch_deadlines();
    });
  });
}

void peer_detour::on_said(natsMsg* message) {
  const auto from = message_in(message, shared_->how);
  auto said = from ? decode_peer_said(from->body) : std::nullopt;
  if (!said) {
    ++shared_->refused;
    return;
  }
  change([&] { questions_.said(*std::move(said)); });
}

template <class Change>
void peer_detour::change(Change what) {
  decltype(ended_) ended;
  {
    const std::lock_guard lock{mutex_};
    what();
    ended.swap(ended_);
  }
  for (auto& [done, how] : ended)
    done(std::move(how));
}

// -- answering ---------------------------------------------------------------------------------------------------------

void peer_detour::on_ask(natsMsg* message) {
  const std::string reply_to{reply_of(message)};
  auto from = message_in(message, shared_->how);
  auto ask = from ? decode_peer_ask(from->body) : std::nullopt;
  if (!ask || !may_answer(reply_to)) {
    ++shared_->refused;
    return;
  }
  if (shared_->open.fetch_add(1) >= most_questions) {
    --shared_->open;
    ++shared_->refused;
    return shared_->say(reply_to, {ask->id, 0, peer_refusal{to_string(peer_fault::too_many), "too many questions"}});
  }
  ++shared_->taken;
  peer_reply reply{[shared = shared_, reply_to, id = ask->id](peer_answer what) {
    --shared->open;
    shared->answer(reply_to, id, std::move(what));
  }};
  handler_.on_ask({from->node, from->incarnation}, from->cls, from->by, std::move(ask->what), std::move(reply));
}

void peer_detour::shared::answer(const std::string& reply_to, std::uint64_t id, peer_answer what) {
  peer_said said{id, 0, peer_done{}};
  if (auto* refusal = std::get_if<peer_refusal>(&what)) {
    said.what = std::move(*refusal);
  } else if (auto* status = std::get_if<node_status>(&what)) {
    said.what = std::move(*status);
  } else if (const auto* body = std::get_if<std::string>(&what)) {
    if (body->size() > max_peer_answer)
      return say(reply_to, {id, 0, peer_refusal{"answer_too_large", "the answer is too long"}});
    const auto parts = std::max<std::size_t>(1, (body->size() + peer_part_bytes - 1) / peer_part_bytes);
    for (std::size_t part = 0; part < parts; ++part)
      say(reply_to, {id, 0,
                     answer_part{static_cast<std::uint32_t>(part), static_cast<std::uint32_t>(parts),
                                 body->substr(part * peer_part_bytes, peer_part_bytes)}});
    return;
  }
  say(reply_to, std::move(said));
}

void peer_detour::shared::say(const std::string& reply_to, peer_said said) {
  const auto bytes =
      encode(peer_message{how.protocol, how.self.node, how.self.incarnation, class_id{}, epoch{}, encode(said)});
  const std::lock_guard lock{mutex};
  if (connection != nullptr)
    connection->publish(reply_to.c_str(), bytes);
}

} // namespace alleycat

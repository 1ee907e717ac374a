#include "node/nats/nats_connection.hpp"

#include "node/nats/gathering_reader.hpp"
#include "node/telemetry/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace alleycat {

namespace {

constexpr int io_buffer_bytes = 256 * 1024;
constexpr int reconnect_buffer_bytes = 8 * 1024 * 1024;
/// A server that takes nothing holds whoever publishes for so long, and loses the connection.
constexpr std::chrono::milliseconds write_deadline{1'000};
/// 0 would stand for the library's default.
constexpr int no_buffer_bytes = 1;
constexpr std::size_t spent_messages_kept = 128;
constexpr std::size_t spent_bytes_kept = 65'536;

void check(natsStatus status, const std::string& what) {
  if (status != NATS_OK)
    throw std::runtime_error{what + ": " + natsStatus_GetText(status)};
}

void report_lost(natsConnection*, void*) {
  log_event(log_level::warn, "nats.disconnected");
}

} // namespace

void spent_messages::add(natsMsg* message) {
  kept_.emplace_back(message);
  bytes_ += payload_of(message).size();
  if (kept_.size() < spent_messages_kept && bytes_ < spent_bytes_kept)
    return;
  kept_.clear();
  bytes_ = 0;
}

// -- subscription ------------------------------------------------------------------------------------------------------

struct nats_subscription::impl {
  handler callback;
  std::function<void()> pause;
  natsSubscription* subscription = nullptr;
  // Only the thread of the callback has these.
  spent_messages spent;
  int in_a_row = 0;

  std::mutex mutex;
  std::condition_variable changed;
  bool complete = false;

  static void deliver(natsConnection*, natsSubscription* subscription, natsMsg* message, void* closure) {
    auto* self = static_cast<impl*>(closure);
    self->callback(message);
    self->spent.add(message);
    if (!self->pause)
      return;
    int waiting = 0;
    natsSubscription_GetPending(subscription, &waiting, nullptr);
    if (++self->in_a_row < nats_connection::messages_in_a_row && waiting > 0)
      return;
    self->in_a_row = 0;
    self->pause();
  }
  static void completed(void* closure) {
    auto* self = static_cast<impl*>(closure);
    const std::lock_guard lock{self->mutex};
    self->complete = true;
    self->changed.notify_all();
  }
};

nats_subscription::nats_subscription() = default;
nats_subscription::nats_subscription(nats_subscription&& other) noexcept = default;

nats_subscription& nats_subscription::operator=(nats_subscription&& other) noexcept {
  end();
  impl_ = std::move(other.impl_);
  return *this;
}

nats_subscription::~nats_subscription() {
  end();
}

void nats_subscription::end() {
  if (!impl_ || impl_->subscription == nullptr)
    return;
  natsSubscription_Unsubscribe(impl_->subscription);
  {
    std::unique_lock lock{impl_->mutex};
    impl_->changed.wait(lock, [this] { return impl_->complete; });
  }
  natsSubscription_Destroy(impl_->subscription);
  impl_.reset();
}

nats_subscription::backlog nats_subscription::waiting() const {
  if (!impl_ || impl_->subscription == nullptr)
    return {};
  int messages = 0, bytes = 0;
  std::int64_t dropped = 0;
  natsSubscription_GetPending(impl_->subscription, &messages, &bytes);
  natsSubscription_GetDropped(impl_->subscription, &dropped);
  return {static_cast<std::uint64_t>(std::max(messages, 0)), static_cast<std::uint64_t>(std::max(bytes, 0)),
          static_cast<std::uint64_t>(std::max<std::int64_t>(dropped, 0))};
}

// -- connection --------------------------------------------------------------------------------------------------------

nats_connection::nats_connection(const std::vector<std::string>& urls, const std::string& purpose,
                                 std::function<void()> on_reconnect, while_away policy, sending how,
                                 std::chrono::microseconds longest_nap)
    : on_reconnect_{std::move(on_reconnect)} {
  natsOptions* options = nullptr;
  check(natsOptions_Create(&options), "nats options");
  const std::unique_ptr<natsOptions, void (*)(natsOptions*)> owned{options, natsOptions_Destroy};
  std::vector<const char*> servers;
  servers.reserve(urls.size());
  for (const auto& url : urls)
    servers.push_back(url.c_str());
  check(natsOptions_SetServers(options, servers.data(), static_cast<int>(servers.size())), "NATS URL");
  natsOptions_SetName(options, purpose.c_str());
  natsOptions_SetMaxReconnect(options, -1);
  natsOptions_SetReconnectWait(options, 250);
  natsOptions_SetReconnectJitter(options, 100, 100);
  natsOptions_SetReconnectBufSize(options, policy == while_away::buffer ? reconnect_buffer_bytes : no_buffer_bytes);
  natsOptions_SetWriteDeadline(options, write_deadline.count());
  natsOptions_SetPingInterval(options, 2'000);
  natsOptions_SetMaxPingsOut(options, 2);
  natsOptions_SetIOBufSize(options, io_buffer_bytes);
  natsOptions_SetSendAsap(options, how == sending::at_once);
  natsOptions_SetErrorHandler(options, report_error, this);
  natsOptions_SetDisconnectedCB(options, report_lost, nullptr);
  natsOptions_SetReconnectedCB(options, reconnected, this);
  if (longest_nap.count() != 0) {
    reader_ = std::make_unique<gathering_reader>(longest_nap);
    check(reader_->attach_to(options), "NATS event loop");
  }
  natsOptions_SetRetryOnFailedConnect(options, true, reconnected, this);
  const auto status = natsConnection_Connect(&connection_, options);
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED)
    check(status, "cannot connect to NATS");
}

nats_connection::~nats_connection() {
  natsConnection_Close(connection_);
  reader_.reset();
  natsConnection_Destroy(connection_);
}

void nats_connection::reconnected(natsConnection*, void* self) {
  auto& me = *static_cast<nats_connection*>(self);
  me.reconnects_.fetch_add(1);
  log_event(log_level::info, "nats.connected");
  if (me.on_reconnect_)
    me.on_reconnect_();
}

/// Which subscription it was cannot be asked: nats.c 3.4.1 tells of one it may have freed (ordered consumers, when the
/// new one they need is not made in time).
void nats_connection::report_error(natsConnection*, natsSubscription*, natsStatus error, void* self) {
  if (error == NATS_SLOW_CONSUMER)
    static_cast<nats_connection*>(self)->slow_consumers_.fetch_add(1);
  log_event(log_level::warn, "nats.error", {{"error", natsStatus_GetText(error)}});
}

void nats_connection::share(std::size_t nodes) {
  if (reader_)
    reader_->share(nodes);
}

bool nats_connection::connected() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED;
}

bool nats_connection::publish(const char* subject, std::string_view payload) const {
  return natsConnection_Publish(connection_, subject, payload.data(), static_cast<int>(payload.size())) == NATS_OK;
}

bool nats_connection::publish(const char* subject, const char* reply_to, std::string_view payload) const {
  return natsConnection_PublishRequest(connection_, subject, reply_to, payload.data(),
                                       static_cast<int>(payload.size())) == NATS_OK;
}

void nats_connection::flush(std::chrono::milliseconds deadline) const {
  natsConnection_FlushTimeout(connection_, deadline.count());
}

bool nats_connection::answers(std::chrono::milliseconds deadline) const {
  return natsConnection_FlushTimeout(connection_, deadline.count()) == NATS_OK;
}

nats_subscription nats_connection::subscribe(const char* subject, const char* queue,
                                             nats_subscription::handler callback, int most_pending,
                                             std::function<void()> pause) const {
  nats_subscription result;
  result.impl_ = std::make_unique<nats_subscription::impl>();
  auto* inside = result.impl_.get();
  inside->callback = std::move(callback);
  inside->pause = std::move(pause);
  natsSubscription* sub = nullptr;
  check(
      queue == nullptr
          ? natsConnection_Subscribe(&sub, connection_, subject, nats_subscription::impl::deliver, inside)
          : natsConnection_QueueSubscribe(&sub, connection_, subject, queue, nats_subscription::impl::deliver, inside),
      std::string{"cannot subscribe to "} + subject);
  inside->subscription = sub;
  natsSubscription_SetPendingLimits(sub, most_pending, -1);
  check(natsSubscription_SetOnCompleteCB(sub, nats_subscription::impl::completed, inside), "subscription");
  return result;
}

std::string new_inbox() {
  natsInbox* inbox = nullptr;
  check(natsInbox_Create(&inbox), "inbox");
  std::string result{inbox};
  natsInbox_Destroy(inbox);
  return result;
}

} // namespace alleycat

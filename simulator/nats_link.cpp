#include "simulator/nats_link.hpp"

#include "simulator/wall_clock.hpp"

#include <charconv>
#include <fmt/format.h>
#include <mutex>
#include <nats/nats.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace alleycat::sim {

namespace {

constexpr int io_buffer_bytes = 256 * 1024;
constexpr auto connect_pause = std::chrono::milliseconds{100};

template <auto Destroy>
struct destroyer {
  void operator()(auto* object) const { Destroy(object); }
};
template <class T, auto Destroy>
using owned = std::unique_ptr<T, destroyer<Destroy>>;

void check(natsStatus status, std::string_view what) {
  if (status != NATS_OK) {
    throw std::runtime_error{fmt::format("{}: {}", what, natsStatus_GetText(status))};
  }
}

std::vector<std::string> split(std::string_view urls) {
  std::vector<std::string> all;
  for (;;) {
    const auto comma = urls.find(',');
    all.emplace_back(urls.substr(0, comma));
    if (comma == std::string_view::npos)
      return all;
    urls.remove_prefix(comma + 1);
  }
}

/// Filled by the library's thread, emptied by ours.
struct letterbox {
  std::size_t prefix_length = 0;
  std::mutex guard;
  std::vector<nats_link::arrived> letters;
};

void on_answer(natsConnection*, natsSubscription*, natsMsg* raw, void* closure) {
  const owned<natsMsg, natsMsg_Destroy> message{raw};
  auto& box = **static_cast<std::shared_ptr<letterbox>*>(closure);
  const std::string_view subject{natsMsg_GetSubject(message.get())};
  nats_link::arrived letter{.at = std::chrono::steady_clock::now(), .ts = wall_now(), .payload = {}};
  const auto token = subject.substr(std::min(box.prefix_length, subject.size()));
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), letter.number);
  if (error != std::errc{} || end != token.data() + token.size()) {
    return;
  }
  letter.no_responders = natsMsg_IsNoResponders(message.get());
  letter.payload.assign(natsMsg_GetData(message.get()), static_cast<std::size_t>(natsMsg_GetDataLength(message.get())));
  const std::lock_guard lock{box.guard};
  box.letters.push_back(std::move(letter));
}

} // namespace

struct nats_link::impl {
  std::shared_ptr<letterbox> box = std::make_shared<letterbox>();
  std::string inbox; ///< "_INBOX.<nuid>."
  std::string reply; ///< reused
  owned<natsStatistics, natsStatistics_Destroy> statistics;
  owned<natsConnection, natsConnection_Destroy> connection;
  owned<natsSubscription, natsSubscription_Destroy> answers;
};

nats_link::nats_link(const std::string& urls, std::chrono::seconds wait) : impl_{std::make_unique<impl>()} {
  natsOptions* raw_options = nullptr;
  check(natsOptions_Create(&raw_options), "NATS options");
  const owned<natsOptions, natsOptions_Destroy> options{raw_options};
  const auto servers = split(urls);
  std::vector<const char*> addresses;
  addresses.reserve(servers.size());
  for (const auto& server : servers)
    addresses.push_back(server.c_str());
  check(natsOptions_SetServers(raw_options, addresses.data(), static_cast<int>(addresses.size())), urls);
  check(natsOptions_SetName(raw_options, "alleycat-sim"), "NATS options");
  check(natsOptions_SetMaxReconnect(raw_options, -1), "NATS options");
  check(natsOptions_SetReconnectWait(raw_options, 100), "NATS options");
  check(natsOptions_SetReconnectJitter(raw_options, 50, 50), "NATS options");
  // A dead server is noticed within 4 s even if its host went silent.
  check(natsOptions_SetPingInterval(raw_options, 2'000), "NATS options");
  check(natsOptions_SetMaxPingsOut(raw_options, 2), "NATS options");
  check(natsOptions_SetIOBufSize(raw_options, io_buffer_bytes), "NATS options");

  const auto until = std::chrono::steady_clock::now() + wait;
  for (;;) {
    natsConnection* raw = nullptr;
    const auto status = natsConnection_Connect(&raw, raw_options);
    if (status == NATS_OK) {
      impl_->connection.reset(raw);
      break;
    }
    if (std::chrono::steady_clock::now() >= until) {
      throw std::runtime_error{fmt::format("no connection to {}: {}", urls, natsStatus_GetText(status))};
    }
    std::this_thread::sleep_for(connect_pause);
  }
  natsStatistics* raw_statistics = nullptr;
  check(natsStatistics_Create(&raw_statistics), "NATS statistics");
  impl_->statistics.reset(raw_statistics);

  natsInbox* raw_inbox = nullptr;
  check(natsInbox_Create(&raw_inbox), "NATS inbox");
  impl_->inbox = fmt::format("{}.", raw_inbox);
  natsInbox_Destroy(raw_inbox);
  impl_->box->prefix_length = impl_->inbox.size();
  // The subscription's own share of the letterbox: the library may still deliver while we close.
  auto* const share = new std::shared_ptr<letterbox>{impl_->box};
  natsSubscription* raw = nullptr;
  const auto status =
      natsConnection_Subscribe(&raw, impl_->connection.get(), (impl_->inbox + "*").c_str(), on_answer, share);
  if (status != NATS_OK) {
    delete share;
  }
  check(status, "the inbox");
  impl_->answers.reset(raw);
  check(natsSubscription_SetOnCompleteCB(
            raw, [](void* closure) { delete static_cast<std::shared_ptr<letterbox>*>(closure); }, share),
        "the inbox");
  check(natsSubscription_SetPendingLimits(raw, -1, -1), "the inbox");
}

nats_link::~nats_link() = default;

bool nats_link::connected() const {
  return natsConnection_Status(impl_->connection.get()) == NATS_CONN_STATUS_CONNECTED;
}

std::uint64_t nats_link::reconnects() const {
  std::uint64_t count = 0;
  if (natsConnection_GetStats(impl_->connection.get(), impl_->statistics.get()) == NATS_OK) {
    natsStatistics_GetCounts(impl_->statistics.get(), nullptr, nullptr, nullptr, nullptr, &count);
  }
  return count;
}

bool nats_link::publish(const std::string& subject, std::string_view payload, std::optional<std::uint64_t> answer_to) {
  if (!connected()) {
    return false;
  }
  const auto size = static_cast<int>(payload.size());
  if (!answer_to) {
    return natsConnection_Publish(impl_->connection.get(), subject.c_str(), payload.data(), size) == NATS_OK;
  }
  impl_->reply.assign(impl_->inbox);
  fmt::format_to(std::back_inserter(impl_->reply), "{}", *answer_to);
  return natsConnection_PublishRequest(impl_->connection.get(), subject.c_str(), impl_->reply.c_str(), payload.data(),
                                       size) == NATS_OK;
}

void nats_link::take(std::vector<arrived>& out) {
  out.clear();
  const std::lock_guard lock{impl_->box->guard};
  out.swap(impl_->box->letters);
}

std::optional<std::string> nats_link::request(const std::string& subject, std::chrono::milliseconds timeout) {
  natsMsg* raw = nullptr;
  if (natsConnection_Request(&raw, impl_->connection.get(), subject.c_str(), "", 0, timeout.count()) != NATS_OK) {
    return std::nullopt;
  }
  const owned<natsMsg, natsMsg_Destroy> message{raw};
  return std::string{natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(raw))};
}

bool nats_link::flush(std::chrono::milliseconds timeout) {
  return natsConnection_FlushTimeout(impl_->connection.get(), timeout.count()) == NATS_OK;
}

} // namespace alleycat::sim

#include "stand_in_ingest.hpp"

#include "messages/json.hpp"
#include "messages/subjects.hpp"
#include "messages/update_json.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <latch>
#include <mutex>
#include <nats/nats.h>
#include <netinet/in.h>
#include <set>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace alleycat::test {

namespace {

using namespace std::chrono_literals;

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = local(0);
  socklen_t size = sizeof address;
  const bool good = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!good) {
    throw std::runtime_error{"no free port"};
  }
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto address = local(port);
  const bool good = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return good;
}

void check(natsStatus status) {
  if (status != NATS_OK) {
    throw std::runtime_error{natsStatus_GetText(status)};
  }
}

} // namespace

nats_server::nats_server() : port_{free_port()} {
  start();
}

nats_server::~nats_server() {
  kill();
}

std::string nats_server::url() const {
  return fmt::format("nats://127.0.0.1:{}", port_);
}

void nats_server::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

void nats_server::start() {
  const auto port = std::to_string(port_);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execlp("nats-server", "nats-server", "-a", "127.0.0.1", "-p", port.c_str(), "-l", "/dev/null", nullptr);
    ::_exit(127);
  }
  for (int tries = 0; !accepts(port_); ++tries) {
    if (tries == 600 || ::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      throw std::runtime_error{"nats-server does not start"};
    }
    std::this_thread::sleep_for(50ms);
  }
}

struct stand_in_ingest::impl {
  mutable std::mutex guard;
  std::map<slot, stored> slots;
  std::set<slot> put_off, kept_silent;
  std::uint64_t position = 0;
  std::uint64_t misfits = 0;
  update_decoder decoder;
  std::latch deliveries{2};
  natsConnection* connection = nullptr;
  natsSubscription* updates = nullptr;
  natsSubscription* queries = nullptr;

  /// @returns the answer; empty for none.
  std::string answer_to(std::string_view subject, std::string_view payload) {
    const std::lock_guard lock{guard};
    update u;
    std::string why;
    const auto address = parse_update_subject(subject);
    if (decoder.decode(payload, u, why) != refusal::none || !address || address->cls != u.cls ||
        address->racer != u.racer) {
      ++misfits;
      return {};
    }
    std::string answer;
    const slot at{u.cls, u.race, u.racer, u.second};
    if (u.second == own_second{2} && put_off.insert(at).second) {
      encode_refused(refusal::busy, "try again", {}, answer);
      return answer;
    }
    ++position;
    auto& kept = slots[at];
    if (kept.times++ == 0) {
      kept.position = position;
      kept.device_timestamp = u.device_timestamp;
    }
    if (u.second == own_second{3} && kept_silent.insert(at).second) {
      return {};
    }
    encode_stored(journal_position{position}, {}, answer);
    return answer;
  }
};

stand_in_ingest::stand_in_ingest(const std::string& url) : impl_{std::make_unique<impl>()} {
  natsOptions* options = nullptr;
  check(natsOptions_Create(&options));
  check(natsOptions_SetURL(options, url.c_str()));
  check(natsOptions_SetMaxReconnect(options, -1));
  check(natsOptions_SetReconnectWait(options, 50));
  const auto status = natsConnection_Connect(&impl_->connection, options);
  natsOptions_Destroy(options);
  check(status);
  const auto on_update = [](natsConnection* connection, natsSubscription*, natsMsg* message, void* closure) {
    const auto answer = static_cast<impl*>(closure)->answer_to(
        natsMsg_GetSubject(message),
        {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
    if (const auto* reply = natsMsg_GetReply(message); reply != nullptr && !answer.empty()) {
      natsConnection_PublishString(connection, reply, answer.c_str());
    }
    natsMsg_Destroy(message);
  };
  const auto on_query = [](natsConnection* connection, natsSubscription*, natsMsg* message, void*) {
    natsConnection_PublishString(
        connection, natsMsg_GetReply(message),
        R"({"ts":0,"rules":{"windowSeconds":300,"rideSeconds":6,"graceSeconds":30,"capacity":1000}})");
    natsMsg_Destroy(message);
  };
  check(natsConnection_Subscribe(&impl_->updates, impl_->connection, std::string{all_updates}.c_str(), on_update,
                                 impl_.get()));
  check(natsConnection_Subscribe(&impl_->queries, impl_->connection, query_subject("now").c_str(), on_query, nullptr));
  for (auto* subscription : {impl_->updates, impl_->queries}) {
    check(natsSubscription_SetOnCompleteCB(
        subscription, [](void* closure) { static_cast<std::latch*>(closure)->count_down(); }, &impl_->deliveries));
  }
  check(natsConnection_FlushTimeout(impl_->connection, 10'000));
}

stand_in_ingest::~stand_in_ingest() {
  natsConnection_Close(impl_->connection);
  // The library delivers on its own threads; they use us until they say that they are through.
  impl_->deliveries.wait();
  natsSubscription_Destroy(impl_->updates);
  natsSubscription_Destroy(impl_->queries);
  natsConnection_Destroy(impl_->connection);
}

std::uint64_t stand_in_ingest::misfits() const {
  const std::lock_guard lock{impl_->guard};
  return impl_->misfits;
}

std::map<stand_in_ingest::slot, stand_in_ingest::stored> stand_in_ingest::slots() const {
  const std::lock_guard lock{impl_->guard};
  return impl_->slots;
}

} // namespace alleycat::test

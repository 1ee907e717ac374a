#include "node/nats/gathering_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace alleycat {

std::chrono::microseconds nap_policy::after(std::size_t bytes, clock::time_point now, std::size_t nodes) {
  using std::chrono::microseconds;
  const auto passed = std::chrono::duration_cast<microseconds>(now - std::exchange(read_at_, now));
  if (passed >= silence)
    flows_since_ = now;
  if (bytes == 0)
    return microseconds{0};
  const auto sharing = now - flows_since_ >= steady ? std::min(nodes, most_sharing) : 1;
  const auto nap = std::min(
      longest_ * static_cast<std::int64_t>(sharing),
      microseconds{passed.count() * static_cast<std::int64_t>(worth_reading) / static_cast<std::int64_t>(bytes)});
  return nap < shortest ? microseconds{0} : nap;
}

gathering_reader::gathering_reader(std::chrono::microseconds longest_nap)
    : naps_{longest_nap}, wake_up_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (wake_up_ < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
  thread_ = std::thread{[this] { work(); }};
}

gathering_reader::~gathering_reader() {
  change([this](watched&) { stopping_ = true; });
  thread_.join();
  close(wake_up_);
}

natsStatus gathering_reader::attach_to(natsOptions* options) {
  return natsOptions_SetEventLoop(options, this, on_attach, on_read, on_write, on_detach);
}

template <class Change>
natsStatus gathering_reader::change(Change&& what) {
  {
    const std::lock_guard lock{mutex_};
    what(what_);
  }
  const std::uint64_t one = 1;
  return write(wake_up_, &one, sizeof one) == sizeof one || errno == EAGAIN ? NATS_OK : NATS_SYS_ERROR;
}

natsStatus gathering_reader::on_attach(void** user, void* self, natsConnection* connection, natsSock socket) {
  *user = self;
  return static_cast<gathering_reader*>(self)->change([&](watched& w) { w = {connection, socket, true, false}; });
}

natsStatus gathering_reader::on_read(void* self, bool add) {
  return static_cast<gathering_reader*>(self)->change([&](watched& w) { w.read = add; });
}

natsStatus gathering_reader::on_write(void* self, bool add) {
  return static_cast<gathering_reader*>(self)->change([&](watched& w) { w.write = add; });
}

natsStatus gathering_reader::on_detach(void* self) {
  return static_cast<gathering_reader*>(self)->change([](watched& w) { w = {}; });
}

void gathering_reader::work() {
  for (;;) {
    watched now;
    {
      const std::lock_guard lock{mutex_};
      if (stopping_)
        return;
      now = what_;
    }
    std::array<pollfd, 2> fds{pollfd{wake_up_, POLLIN, 0}, pollfd{-1, 0, 0}};
    if (now.connection != nullptr && (now.read || now.write))
      fds[1] = {now.socket, static_cast<short>((now.read ? POLLIN : 0) | (now.write ? POLLOUT : 0)), 0};
    if (poll(fds.data(), fds.size(), -1) < 0)
      continue;
    if (fds[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = read(wake_up_, &count, sizeof count);
      continue; // what there is to watch is another
    }
    const auto& found = fds[1].revents;
    if ((found & POLLOUT) != 0)
      natsConnection_ProcessWriteEvent(now.connection);
    if ((found & ~POLLOUT) == 0)
      continue;
    int bytes = 0;
    ioctl(now.socket, FIONREAD, &bytes);
    natsConnection_ProcessReadEvent(now.connection);
    if (const auto nap = naps_.after(static_cast<std::size_t>(std::max(bytes, 0)), nap_policy::clock::now(),
                                     nodes_.load(std::memory_order_relaxed));
        nap.count() != 0)
      std::this_thread::sleep_for(nap);
  }
}

} // namespace alleycat

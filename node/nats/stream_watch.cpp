#include "node/nats/stream_watch.hpp"

#include <chrono>
#include <utility>

namespace alleycat {

namespace {

constexpr std::chrono::seconds watch_interval{5};

} // namespace

stream_watch::stream_watch(const nats_connection& connection)
    : js_{jetstream_of(connection)}, asking_{watch_interval, [this] {
                                               if (auto answer = sizes_of_streams(js_.get())) {
                                                 const std::lock_guard lock{mutex_};
                                                 sizes_ = std::move(*answer);
                                               }
                                             }} {}

std::vector<stream_size> stream_watch::sizes() const {
  const std::lock_guard lock{mutex_};
  return sizes_;
}

} // namespace alleycat

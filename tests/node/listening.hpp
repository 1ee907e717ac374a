/// One nats-server, a speaker on it, and everything that the speaker publishes, in order.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"
#include "tests/node/nats_servers.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace alleycat::testing {

struct fixed_clock : clock_port {
  unix_ms now() const override { return time; }
  steady_ns steady() const override { return steady_ns{time.time_since_epoch()}; }
  unix_ms time = at_ms(1'620'051'628'712);
};

class listening {
  temporary_folder folder_;
  nats_server server_ = one_server(folder_);

public:
  nats_connection speaker{{server_.url()}, "speaker"};

  listening() {
    REQUIRE(comes_true(
        [&] { return speaker.answers(std::chrono::seconds{1}) && listener_.answers(std::chrono::seconds{1}); }));
  }

  /// Subject and payload of what was published up to now.
  std::vector<std::pair<std::string, std::string>> heard() {
    speaker.publish("alleycat.end", std::to_string(++ends_));
    const auto end = std::pair{std::string{"alleycat.end"}, std::to_string(ends_)};
    std::vector<std::pair<std::string, std::string>> all;
    REQUIRE(comes_true([&] {
      const std::lock_guard lock{mutex_};
      all = heard_;
      return !all.empty() && all.back() == end;
    }));
    std::erase_if(all, [](const auto& each) { return each.first == "alleycat.end"; });
    return all;
  }

private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> heard_;
  int ends_ = 0;
  nats_connection listener_{{server_.url()}, "listener"};
  nats_subscription subscription_ = listener_.subscribe(
      "alleycat.>", nullptr,
      [this](natsMsg* m) {
        const std::lock_guard lock{mutex_};
        heard_.emplace_back(subject_of(m), payload_of(m));
      },
      10'000);
};

} // namespace alleycat::testing

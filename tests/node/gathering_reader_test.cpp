#include "node/nats/gathering_reader.hpp"
#include "node/nats/nats_connection.hpp"
#include "tests/node/nats_servers.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

/// What a reader naps after reading so many bytes, time after time.
class reading {
public:
  explicit reading(std::chrono::microseconds longest) : naps_{longest} {}

  std::chrono::microseconds later(std::chrono::microseconds passed, std::size_t bytes, std::size_t nodes = 1) {
    now_ += passed;
    return naps_.after(bytes, now_, nodes);
  }

private:
  nap_policy naps_;
  nap_policy::clock::time_point now_{1h};
};

/// A connection that reads much at a time, and the numbers it heard.
class listener {
public:
  explicit listener(const std::string& url)
      : connection_{{url}, "gathers", {}, while_away::buffer, sending::gathered, 4ms},
        subscription_{connection_.subscribe(
            "numbers", nullptr, [this](natsMsg* m) { take(payload_of(m)); }, 100'000)} {}

  const nats_connection& connection() const { return connection_; }
  std::vector<std::string> heard() const {
    const std::lock_guard lock{mutex_};
    return heard_;
  }

private:
  void take(std::string_view payload) {
    const std::lock_guard lock{mutex_};
    heard_.emplace_back(payload);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  nats_connection connection_;
  nats_subscription subscription_;
};

} // namespace

TEST_CASE("a socket is left alone until much has come, and never for long") {
  reading socket{4'000us};
  // Somebody after a minute: whoever comes with them waits no longer than the longest nap.
  CHECK(socket.later(60s, 200) == 4'000us);
  // A trickle: an update each 170 us.
  CHECK(socket.later(170us, 200) == 4'000us);
  CHECK(socket.later(4'000us, 24 * 200) == 4'000us);
  // A burst: so long that another 8 KiB come.
  CHECK(socket.later(1'000us, 4 * nap_policy::worth_reading) == 250us);
  // Full load: there is always enough.
  CHECK(socket.later(1'000us, 6 * nap_policy::worth_reading) == 0us);
  CHECK(socket.later(10us, nap_policy::worth_reading) == 0us);
  // Nothing was there to read: the server is gone, or it was for nats.c itself.
  CHECK(socket.later(4'000us, 0) == 0us);
}

TEST_CASE("where nodes share what comes, a socket is left alone as many times as long, once the flow is steady") {
  for (const std::size_t nodes : {1, 2, 3, 4, 9}) {
    reading socket{4'000us};
    const auto longest = 4'000us * std::min(nodes, nap_policy::most_sharing);
    const auto updates = 200 * 4 / nodes; // as much as comes to each in 170 us
    CHECK(socket.later(60s, updates, nodes) == 4'000us);
    for (auto since = 0us; since + 10'000us < nap_policy::steady; since += 10'000us)
      CHECK(socket.later(10'000us, updates, nodes) == 4'000us);
    socket.later(10'000us, updates, nodes);
    CHECK(socket.later(10'000us, updates, nodes) == longest);
    // Full load is read without a pause there too.
    CHECK(socket.later(1'000us, 6 * nap_policy::worth_reading, nodes) == 0us);
    CHECK(socket.later(10'000us, updates, nodes) == longest);
    // Riders in phase: a burst after a silence waits as little as at one node.
    for (int second = 0; second < 3; ++second) {
      CHECK(socket.later(990'000us, updates, nodes) == 4'000us);
      CHECK(socket.later(10'000us, updates, nodes) == 4'000us);
    }
  }
}

TEST_CASE("where no nap is allowed there is none") {
  CHECK(reading{0us}.later(170us, 200) == 0us);
}

TEST_CASE("a connection that reads much at a time hears every message, in order, and answers round trips") {
  const temporary_folder folder;
  auto server = one_server(folder);
  const listener some{server.url()};
  const nats_connection publisher{{server.url()}, "publisher"};
  REQUIRE(comes_true([&] { return some.connection().answers(1s) && publisher.answers(1s); }));

  std::vector<std::string> sent;
  for (int i = 0; i < 20'000; ++i)
    sent.push_back(std::to_string(i));
  sent.emplace_back(900'000, 'x'); // more than one reading takes
  for (const auto& number : sent)
    publisher.publish("numbers", number);
  CHECK(comes_true([&] { return some.heard().size() >= sent.size(); }));
  CHECK(some.heard() == sent);
  CHECK(some.connection().answers(1s));
}

TEST_CASE("a connection that reads much at a time finds its server again, also one that is not there yet") {
  const temporary_folder folder;
  auto server = one_server(folder);
  server.kill();
  const listener some{server.url()};
  CHECK_FALSE(some.connection().connected());
  const nats_connection publisher{{server.url()}, "publisher"};
  for (std::size_t round = 1; round <= 3; ++round) {
    server.start();
    REQUIRE(comes_true([&] { return some.connection().answers(1s) && publisher.answers(1s); }));
    publisher.publish("numbers", std::to_string(round));
    CHECK(comes_true([&] { return some.heard().size() == round; }));
    server.kill();
    CHECK(comes_true([&] { return !some.connection().connected(); }));
  }
  CHECK(some.heard() == std::vector<std::string>{"1", "2", "3"});
}

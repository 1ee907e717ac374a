#include "node/nats/nats_connection.hpp"
#include "tests/node/nats_servers.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <iostream>
#include <utility>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

/// Publishes so much that the socket is full, and goes on.
/// @returns the longest call
std::chrono::milliseconds longest_publish(const nats_connection& connection) {
  const std::string payload(64 * 1024, 'x');
  std::chrono::steady_clock::duration longest{};
  for (int i = 0; i < 1'000; ++i) {
    const auto began = std::chrono::steady_clock::now();
    connection.publish("stalled", payload);
    longest = std::max(longest, std::chrono::steady_clock::now() - began);
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
}

} // namespace

TEST_CASE("a server that takes nothing holds nobody up for longer than the write deadline, and is found again") {
  const auto policy = GENERATE(while_away::buffer, while_away::drop);
  const temporary_folder folder;
  auto server = one_server(folder);
  nats_connection connection{{server.url()}, "publisher", {}, policy};
  nats_connection listener{{server.url()}, "listener"};
  std::atomic<int> heard = 0;
  const auto subscription = listener.subscribe(
      "after", nullptr, [&](natsMsg*) { ++heard; }, 100);
  REQUIRE(comes_true([&] { return connection.answers(1s) && listener.answers(1s); }));

  server.pause();
  const auto longest = longest_publish(connection);
  CHECK(comes_true([&] { return !connection.connected(); }));
  server.resume();

  // Without the deadline it takes the third unanswered ping, 6 s.
  CHECK(longest < 4s);
  CHECK(longest >= 500ms); // it was stalled at all
  CHECK(comes_true([&] {
    connection.publish("after", "x");
    return heard > 0;
  }));
  std::cout << "longest publish to a stalled server: " << longest.count() << " ms\n";
}

TEST_CASE("a subscription says when no more messages wait, and after 64 at the latest") {
  const temporary_folder folder;
  auto server = one_server(folder);
  const nats_connection publisher{{server.url()}, "publisher"};
  const nats_connection listener{{server.url()}, "listener"};
  std::atomic<int> heard = 0, pauses = 0, longest = 0;
  std::atomic<bool> held = true;
  int since = 0; // only the thread of the subscription has it
  const auto subscription = listener.subscribe(
      "many", nullptr,
      [&](natsMsg*) {
        comes_true([&] { return !held; });
        ++since;
        ++heard;
      },
      10'000,
      [&] {
        ++pauses;
        longest = std::max(longest.load(), std::exchange(since, 0));
      });
  REQUIRE(listener.answers(1s));

  // The first is held until all others wait: 1 + 299 messages, so four times 64 in a row, and the rest.
  for (int i = 0; i < 300; ++i)
    publisher.publish("many", "x");
  REQUIRE(publisher.answers(1s));
  REQUIRE(comes_true([&] { return subscription.waiting().messages == 299; }));
  held = false;
  REQUIRE(comes_true([&] { return heard == 300 && pauses == 5; }));
  CHECK(longest == nats_connection::messages_in_a_row);

  publisher.publish("many", "x");
  CHECK(comes_true([&] { return pauses == 6; }));
}

#include "node/ports/event_outbox.hpp"

#include "tests/node/nats_servers.hpp"

#include <catch2/catch.hpp>
#include <nats/nats.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

/// A stream that keeps all events, so that nobody has to listen in the right moment.
class kept_events {
public:
  explicit kept_events(const nats_connection& connection) {
    REQUIRE(natsConnection_JetStream(&js_, connection.get(), nullptr) == NATS_OK);
    const char* subjects[] = {"alleycat.event.>"};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = name;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    REQUIRE(comes_true([&] { return js_AddStream(nullptr, js_, &config, nullptr, nullptr) == NATS_OK; }));
  }
  ~kept_events() { jsCtx_Destroy(js_); }

  /// Nobody knows as long as the server does not answer.
  std::vector<std::string> all() const {
    std::vector<std::string> found;
    for (std::uint64_t i = 1;; ++i) {
      natsMsg* message = nullptr;
      if (js_GetMsg(&message, js_, name, i, nullptr, nullptr) != NATS_OK)
        return found;
      const nats_message owned{message};
      found.push_back(std::string{subject_of(message)} + ' ' + std::string{payload_of(message)});
    }
  }

private:
  static constexpr auto name = "EVENTS";
  jsCtx* js_ = nullptr;
};

} // namespace

TEST_CASE("an event that went into a connection whose server was dying is published again, the same") {
  const temporary_folder folder;
  auto server = one_server(folder);
  nats_connection connection{{server.url()}, "outgoing"};
  REQUIRE(comes_true([&] { return connection.answers(1s); }));
  const kept_events kept{connection};
  counter dropped;
  event_outbox outbox{connection, dropped};

  outbox.add("alleycat.event.joined", "one");
  REQUIRE(comes_true([&] { return kept.all().size() == 1; }));
  server.pause(); // the socket takes what is sent, nobody reads it
  outbox.add("alleycat.event.fenced", "two");
  outbox.add("alleycat.event.fenced", "three");
  std::this_thread::sleep_for(500ms); // it was sent
  server.kill();
  server.start();

  REQUIRE(comes_true([&] { return kept.all().size() >= 3; }));
  const auto found = kept.all();
  CHECK(found[0] == "alleycat.event.joined one");
  CHECK(found[1] == "alleycat.event.fenced two");
  CHECK(found[2] == "alleycat.event.fenced three");
  CHECK(dropped.value() == 0);
}

TEST_CASE("of events that wait for a server the last 256 are kept, the others counted") {
  const temporary_folder folder;
  auto server = one_server(folder);
  nats_connection connection{{server.url()}, "outgoing"};
  REQUIRE(comes_true([&] { return connection.answers(1s); }));
  const kept_events kept{connection};
  counter dropped;
  event_outbox outbox{connection, dropped};

  server.kill();
  REQUIRE(comes_true([&] { return !connection.connected(); }));
  for (int i = 0; i < 300; ++i)
    outbox.add("alleycat.event.left", std::to_string(i));
  CHECK(dropped.value() == 44);
  server.start();

  REQUIRE(comes_true([&] { return kept.all().size() >= 256; }));
  const auto found = kept.all();
  CHECK(found.front() == "alleycat.event.left 44");
  CHECK(found[255] == "alleycat.event.left 299");
}

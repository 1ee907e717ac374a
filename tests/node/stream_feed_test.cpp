#include "node/nats/stream_feed.hpp"
#include "tests/node/nats_servers.hpp"

#include <atomic>
#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::testing;

namespace {

constexpr const char* stream_name = "FED";

/// A stream with a feed that follows it, and somebody who breaks it.
struct followed_stream {
  explicit followed_stream(const std::string& url) : connection{{url}, "feed"}, js{jetstream_of(connection)} {
    REQUIRE(comes_true([&] { return connection.answers(1s); }));
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subjects[] = {"fed.>"};
    config.Name = stream_name;
    config.Subjects = static_cast<const char**>(subjects);
    config.SubjectsLen = 1;
    REQUIRE(js_AddStream(nullptr, js.get(), &config, nullptr, nullptr) == NATS_OK);
    feed = std::make_shared<stream_feed>(
        js.get(), thread, stream_feed::settings{stream_name, "fed.>", {}},
        [this](const fed_message& m, const std::function<bool()>&) { last = m.sequence; }, [] {});
    feed->subscribe();
  }
  ~followed_stream() { feed->end(); }

  bool append() const { return js_Publish(nullptr, js.get(), "fed.a", "x", 1, nullptr, nullptr) == NATS_OK; }

  /// As if it had been on a server that died: nobody knows it any more, and nobody says so.
  int delete_consumers() const {
    jsConsumerNamesList* names = nullptr;
    REQUIRE(js_ConsumerNames(&names, js.get(), stream_name, nullptr, nullptr) == NATS_OK);
    int deleted = 0;
    for (int i = 0; i < names->Count; ++i)
      deleted += js_DeleteConsumer(js.get(), stream_name, names->List[i], nullptr, nullptr) == NATS_OK ? 1 : 0;
    jsConsumerNamesList_Destroy(names);
    return deleted;
  }

  nats_connection connection;
  jetstream js;
  std::atomic<std::uint64_t> last = 0;
  worker thread;
  std::shared_ptr<stream_feed> feed;
};

} // namespace

TEST_CASE("who asks a feed for its end is answered where its consumer is gone, and the feed goes on") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  followed_stream s{server.url()};
  REQUIRE(s.append());
  REQUIRE(comes_true([&] { return s.last == 1; }));
  REQUIRE(s.delete_consumers() == 1);
  REQUIRE(s.append());

  std::atomic<bool> asked = false;
  std::atomic<std::uint64_t> end = 0;
  s.feed->find_end([&](feed_end found) {
    end = found.delivered + found.pending;
    asked = true;
  });
  // nats.c would miss the consumer's heartbeats only after more than ten seconds; the question would stay without an answer.
  REQUIRE(comes_true([&] { return asked.load(); }));
  CHECK(end >= 1);
  CHECK(comes_true([&] { return s.last == 2; }));
}

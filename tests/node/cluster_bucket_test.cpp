#include "messages/subjects.hpp"
#include "tests/node/bucket_ear.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace std::chrono_literals;
using namespace alleycat::testing;

namespace {

/// Somebody who looks at the stream below the bucket, and breaks it.
struct onlooker {
  explicit onlooker(const std::string& url) : connection{{url}, "onlooker"}, js{jetstream_of(connection)} {}

  /// @returns the server's time of the last message of a key; 1970 when there is none
  nats_time time_of_last(const std::string& key) const {
    natsMsg* raw = nullptr;
    const std::string stream{cluster_stream};
    if (js_GetLastMsg(&raw, js.get(), stream.c_str(), bucket_subject(key).c_str(), nullptr, nullptr) != NATS_OK)
      return {};
    const nats_message message{raw};
    return time_of(raw);
  }
  bool delete_bucket() const {
    return js_DeleteStream(js.get(), std::string{cluster_stream}.c_str(), nullptr, nullptr) == NATS_OK;
  }

  nats_connection connection;
  jetstream js;
};

std::size_t place_of_loss(const std::vector<bucket_event>& told) {
  const auto at = std::find_if(told.begin(), told.end(),
                               [](const bucket_event& e) { return std::holds_alternative<bucket_lost>(e); });
  return static_cast<std::size_t>(at - told.begin());
}

} // namespace

TEST_CASE("what is put is told and read back, what is erased leaves a marker") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  bucket_ear one{server.url()};
  REQUIRE(one.has_read(1));
  one.bucket.put("node.a", "first");
  one.bucket.put("node.a", "second");
  CHECK(one.sees({"node.a", "second"}));
  auto read = one.read("node.a");
  CHECK(read.outcome == finding::found);
  CHECK(read.entry == bucket_entry{"node.a", "second"});
  CHECK(one.read("node.b").outcome == finding::absent);

  one.bucket.erase("node.a");
  CHECK(one.sees({"node.a", "", true}));
  read = one.read("node.a");
  CHECK(read.outcome == finding::found);
  CHECK(read.entry == bucket_entry{"node.a", "", true});
}

TEST_CASE("a key is created once, even if it was deleted in between") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  bucket_ear one{server.url()}, other{server.url()};
  REQUIRE(one.has_read(1));
  REQUIRE(other.has_read(1));
  CHECK(one.create("claim.1.1", "one") == creation::created);
  CHECK(one.create("claim.1.1", "one") == creation::taken);
  CHECK(other.create("claim.1.1", "other") == creation::taken);
  CHECK(other.sees({"claim.1.1", "one"}));
  CHECK(other.read("claim.1.1").entry.value == "one");
  one.bucket.erase("claim.1.1");
  REQUIRE(other.sees({"claim.1.1", "", true}));
  CHECK(other.create("claim.1.1", "other") == creation::taken);
  CHECK(one.create("claim.1.2", "one") == creation::created);
}

TEST_CASE("who comes later is told the last entry of each key, then that this was all") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  bucket_ear one{server.url()};
  REQUIRE(one.has_read(1));
  for (int i = 1; i <= 5; ++i)
    one.bucket.put("x", std::to_string(i));
  one.bucket.put("y", "only");
  REQUIRE(one.sees({"y", "only"}));

  bucket_ear late{server.url()};
  REQUIRE(late.has_read(1));
  CHECK(late.all<bucket_entry>() == std::vector<bucket_entry>{{"x", "5"}, {"y", "only"}});
  CHECK(late.told().size() == 4);
  CHECK(std::holds_alternative<entries_begin>(late.told().front()));
  late.bucket.read_all(7);
  REQUIRE(late.has_read(2));
  CHECK(late.all<bucket_entry>() == std::vector<bucket_entry>{{"x", "5"}, {"y", "only"}, {"x", "5"}, {"y", "only"}});
  CHECK(late.all<entries_read>().front().token == 0);
  CHECK(late.all<entries_read>().back().token == 7);
}

TEST_CASE("an empty bucket is all told at once") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  const bucket_ear one{server.url()};
  REQUIRE(one.has_read(1));
  CHECK(one.told().size() == 2);
}

TEST_CASE("a server that was away a while is the same bucket, and its entries are told again") {
  const temporary_folder folder;
  auto server = one_server(folder);
  bucket_ear one{server.url(), {.call_deadline = 500ms}};
  REQUIRE(one.has_read(1));
  REQUIRE(one.create("claim.1.1", "one") == creation::created);
  server.kill();
  REQUIRE(comes_true([&] { return !one.bucket.connection().connected(); }));
  CHECK(one.create("claim.1.2", "one") == creation::unknown);
  CHECK(one.read("claim.1.1").outcome == finding::failed);
  const auto before = one.bucket.readings();
  server.start();
  REQUIRE(one.has_read(before + 1));
  CHECK(one.table().count("claim.1.1") == 1);
  CHECK(one.create("claim.1.1", "one") == creation::taken);
  CHECK(one.create("claim.1.3", "one") == creation::created);
  CHECK(one.sees({"claim.1.3", "one"}));
  CHECK(one.bucket.losses() == 0);
  // What was asked for while nobody could answer does not come later.
  CHECK(one.read("claim.1.2").outcome == finding::absent);
}

TEST_CASE("a bucket whose data is lost is noticed and made anew") {
  const temporary_folder folder;
  auto server = one_server(folder);
  bucket_ear one{server.url()};
  REQUIRE(one.has_read(1));
  for (int i = 1; i <= 3; ++i)
    REQUIRE(one.create("claim.1." + std::to_string(i), "one") == creation::created);
  SECTION("with the server's folder") {
    server.kill();
    server.lose_data();
    server.start();
  }
  SECTION("by somebody who deleted the stream: the next heartbeat shows it") {
    REQUIRE(onlooker{server.url()}.delete_bucket());
    REQUIRE(comes_true([&] {
      one.bucket.put("node.a", "beat");
      return one.bucket.losses() == 1;
    }));
  }
  SECTION("by somebody who deleted the stream and made another at once") {
    const onlooker other{server.url()};
    REQUIRE(other.delete_bucket());
    ensure_bucket(other.js.get());
    REQUIRE(comes_true([&] {
      one.bucket.put("node.a", "beat");
      return one.bucket.losses() == 1;
    }));
  }
  SECTION("by somebody who filled the new one further than the old one was") {
    const onlooker other{server.url()};
    REQUIRE(other.delete_bucket());
    ensure_bucket(other.js.get());
    for (int i = 0; i < 20; ++i)
      other.connection.publish(bucket_subject("node.b").c_str(), "beat");
    other.connection.flush(10s);
    one.bucket.put("node.a", "beat");
  }
  REQUIRE(comes_true([&] { return one.bucket.losses() == 1; }));
  REQUIRE(comes_true([&] {
    const auto told = one.told();
    const auto lost = place_of_loss(told);
    return std::any_of(told.begin() + static_cast<std::ptrdiff_t>(std::min(lost, told.size())), told.end(),
                       [](const bucket_event& e) { return std::holds_alternative<entries_read>(e); });
  }));
  CHECK(one.all<bucket_lost>().size() == 1);
  CHECK(one.table().count("claim.1.1") == 0);
  CHECK(one.create("claim.1.1", "again") == creation::created);
  CHECK(one.sees({"claim.1.1", "again"}));
}

TEST_CASE("the marker of a deleted key goes when it is old enough, what was written later stays") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  const auto stay = 300ms;
  bucket_ear one{server.url(), {.markers_stay = stay, .clean_each = 20ms}};
  REQUIRE(one.has_read(1));
  const onlooker looking{server.url()};
  one.bucket.put("a", "1");
  one.bucket.erase("a");
  one.bucket.put("b", "1");
  one.bucket.erase("b");
  one.bucket.put("b", "again");
  REQUIRE(one.sees({"b", "again"}));
  const auto deleted_at = looking.time_of_last("a");
  REQUIRE(deleted_at > nats_time{});
  // Time, for the markers, is what the server says of newer entries.
  REQUIRE(comes_true([&] {
    one.bucket.put("c", "beat");
    return looking.time_of_last("a") == nats_time{};
  }));
  CHECK(looking.time_of_last("c") - deleted_at >= stay);
  CHECK(one.read("b").entry.value == "again");
  CHECK(one.create("a", "2") == creation::created);
}

TEST_CASE(
    "the highest generation that was noted is found, also by who knows no bucket, and on a server that lost all") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  const onlooker any{server.url()};
  REQUIRE(comes_true([&] { return any.connection.connected(); }));
  // JetStream may not be up yet.
  REQUIRE(comes_true([&] { return highest_noted_generation(any.js.get()) == 0; }));
  for (const std::uint64_t number : {1, 3, 2, 3})
    write_generation_note(any.js.get(), number);
  CHECK(highest_noted_generation(any.js.get()) == 3);
}

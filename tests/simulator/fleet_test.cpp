#include "racing/rules.hpp"
#include "simulator/fleet.hpp"
#include "stand_in_ingest.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <unistd.h>

using namespace alleycat;
using namespace alleycat::sim;
using namespace std::chrono_literals;
using test::nats_server;
using test::stand_in_ingest;

namespace {

/// What the log says about one update.
struct logged {
  stand_in_ingest::slot slot;
  unix_ms device_timestamp{};
  int first_sends = 0;
  int repeats = 0;
  int settled_ok = 0;
  int lost = 0;
  std::set<std::uint64_t> positions; ///< from all its `ok` answers
};

struct log_content {
  std::map<std::uint64_t, logged> updates;
  nlohmann::json start, end;
};

/// A log in a file of its own.
struct log_file {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("alleycat-sim-fleet-{}.ndjson", ::getpid());
  ~log_file() { std::filesystem::remove(path); }

  log_content read() const {
    log_content content;
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) {
      const auto entry = nlohmann::json::parse(line);
      const auto kind = entry["t"].get<std::string>();
      if (kind == "start") {
        content.start = entry;
      } else if (kind == "end") {
        content.end = entry;
      } else {
        auto& update = content.updates[entry["n"]];
        if (kind == "sent") {
          const auto& u = entry["update"];
          update.slot = {class_id{u["classId"]}, race_id{u["raceId"]}, racer_id{u["racerId"]}, own_second{u["second"]}};
          update.device_timestamp = at_ms(u["deviceTimestamp"]);
          ++(entry.contains("again") ? update.repeats : update.first_sends);
        } else if (kind == "lost") {
          ++update.lost;
        } else if ((kind == "answer" || kind == "answer_lost") && entry["answer"]["ok"] == true) {
          update.positions.insert(entry["answer"]["seq"].get<std::uint64_t>());
          update.settled_ok += kind == "answer" && !entry.contains("again") ? 1 : 0;
        }
      }
    }
    return content;
  }
};

sim_options riders(const nats_server& server, const log_file& log, std::uint32_t racers) {
  sim_options o;
  o.nats = server.url();
  o.racers = racers;
  o.log = log.path.string();
  o.ack = true;
  o.quiet = true;
  return o;
}

/// Every update was settled exactly once by an `ok` of the position under which it was stored.
void check_settled_once(const log_content& log, const std::map<stand_in_ingest::slot, stand_in_ingest::stored>& slots) {
  CHECK(log.updates.size() == slots.size());
  for (const auto& [n, update] : log.updates) {
    CAPTURE(n);
    CHECK(update.settled_ok == 1);
    const auto slot = slots.find(update.slot);
    REQUIRE(slot != slots.end());
    CHECK(slot->second.device_timestamp == update.device_timestamp);
    CHECK(slot->second.times >= update.positions.size());
  }
}

const std::atomic<bool> never{false};

} // namespace

TEST_CASE("with --ack each second is logged once, sent until it is answered, and settled once") {
  nats_server server;
  stand_in_ingest ingest{server.url()};
  const log_file file;
  auto options = riders(server, file, 20);
  options.classes = {class_id{1}, class_id{3}};
  const auto done = run(options, never);

  CHECK(done.ridden == 240); // the server says: a ride has 6 seconds
  CHECK(done.acknowledged == done.ridden);
  CHECK(done.unacknowledged == 0);
  CHECK(done.put_off.at("busy") == 40);
  CHECK(done.sent_by_reason[static_cast<std::size_t>(send_reason::timeout)] >= 40); // the answers that never came
  CHECK_FALSE(failure_of(done, true));
  CHECK(ingest.misfits() == 0);
  const auto log = file.read();
  check_settled_once(log, ingest.slots());
  for (const auto& [n, update] : log.updates) {
    CHECK(update.first_sends == 1);
  }
  CHECK(log.start["ride_seconds"] == 6);
  CHECK(log.start["rules"]["windowSeconds"] == 300);
  CHECK(log.end["acknowledged"] == done.acknowledged);
}

TEST_CASE("of several servers one that is there is enough") {
  nats_server server;
  stand_in_ingest ingest{server.url()};
  const log_file file;
  auto options = riders(server, file, 2);
  options.nats = "nats://127.0.0.1:1," + server.url();
  const auto done = run(options, never);
  CHECK(done.acknowledged == 12); // 2 riders, 6 seconds
}

TEST_CASE("when the server is killed and comes back, the riders send what it may not have had") {
  nats_server server;
  stand_in_ingest ingest{server.url()};
  const log_file file;
  const auto options = riders(server, file, 50);
  auto running = std::async(std::launch::async, [&] { return run(options, never); });
  // In the third second answers are outstanding for certain: the stand-in does not give them.
  const auto third = [&] {
    const auto slots = ingest.slots();
    return std::any_of(slots.begin(), slots.end(), [](const auto& x) { return std::get<3>(x.first) == own_second{3}; });
  };
  while (!third() && running.wait_for(20ms) != std::future_status::ready) {
  }
  server.kill();
  std::this_thread::sleep_for(1500ms); // riders go on meanwhile
  server.start();
  const auto done = running.get();

  CHECK(done.reconnects >= 1);
  CHECK(done.resent() > 0);
  CHECK(done.acknowledged == 300);
  CHECK(done.unacknowledged == 0);
  check_settled_once(file.read(), ingest.slots());
}

TEST_CASE("lost, doubled, reordered and late updates all arrive in the end") {
  nats_server server;
  stand_in_ingest ingest{server.url()};
  const log_file file;
  auto options = riders(server, file, 50);
  options.speed = 4;
  options.faults = {.loss = 0.2, .duplicate = 0.2, .reorder = 0.2, .late = 0.05};
  const auto done = run(options, never);

  CHECK(done.acknowledged == 300);
  CHECK(done.lost > 0);
  CHECK(done.lost_answers > 0);
  CHECK(done.sent_by_reason[static_cast<std::size_t>(send_reason::duplicate)] > 0);
  CHECK(done.extra_answers > 0);
  const auto log = file.read();
  check_settled_once(log, ingest.slots());
  for (const auto& [n, update] : log.updates) {
    CHECK(update.first_sends + update.lost >= 1);
    CHECK(update.first_sends <= 1);
  }
}

TEST_CASE("riders who drop out ride less, riders who start again ride seconds of both starts") {
  nats_server server;
  stand_in_ingest ingest{server.url()};
  const log_file file;
  auto options = riders(server, file, 20);
  options.ack = false;
  options.speed = 50;
  options.seconds = 20;
  SECTION("dropouts") {
    options.faults.dropout = 1;
    const auto done = run(options, never);
    CHECK(done.dropouts == 20);
    CHECK(done.ridden < 400);
    CHECK(done.sent == done.ridden);
  }
  SECTION("restarts") {
    options.faults.restart = 1;
    options.window_seconds = 8;
    options.start_next = true; // from the start of a window there is room for a second start in it
    options.stagger_seconds = 0;
    const auto done = run(options, never);
    CHECK(done.ridden > 400);
    // Each update fits the start of its own attempt: two anchors for a racer, more than 5 s apart.
    std::map<racer_id, std::set<unix_ms>> anchors;
    for (const auto& [n, update] : file.read().updates) {
      const auto& [cls, race, racer, second] = update.slot;
      anchors[racer].insert(anchor_of(update.device_timestamp, second));
    }
    for (const auto& [racer, starts] : anchors) {
      REQUIRE(starts.size() == 2);
      CHECK(*starts.rbegin() - *starts.begin() > clock_tolerance);
    }
  }
}

TEST_CASE("riders do without a server that knows the rules, and stop when told") {
  nats_server server;
  const log_file file;
  auto options = riders(server, file, 5);
  std::atomic<bool> stop{false};
  auto running = std::async(std::launch::async, [&] { return run(options, stop); });
  while (file.read().updates.empty() && running.wait_for(20ms) != std::future_status::ready) {
  }
  stop = true;
  const auto done = running.get();
  CHECK(done.stopped);
  CHECK(done.acknowledged == 0);
  CHECK(done.unacknowledged == done.ridden);
  CHECK(done.put_off.at("no_responders") > 0);
  const auto log = file.read();
  CHECK(log.start["rules"].is_null());
  CHECK(log.end["stopped"] == true);
  CHECK(failure_of(done, true));
}

TEST_CASE("without any server the riders give up and say why") {
  sim_options options;
  options.nats = "nats://127.0.0.1:1";
  options.wait_seconds = 0;
  options.quiet = true;
  CHECK_THROWS_WITH(run(options, never), Catch::Matchers::Contains("no connection to nats://127.0.0.1:1"));
}

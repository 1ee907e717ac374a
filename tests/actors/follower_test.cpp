#include "actors/defaults.hpp"
#include "actors/follower.hpp"
#include "tests/actors/remembered_history.hpp"
#include "tests/actors/remembered_records.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

constexpr class_id cls{3};

struct follower_stage : stage {
  follower_stage() { context.results_log = &streams; }
  void start() {
    actor = keep(system().spawn(follower, &context, keep(system().spawn(kept_store, records)),
                                keep(system().spawn(quiet_calendar)), keep(system().spawn(quiet_editor))));
    settle();
  }
  /// The next message of the stream.
  template <class Content>
  void deliver(Content content) {
    ++sequence;
    streams.deliver({{sequence, clock.time, sequence * 7}, 0, std::move(content), false});
    settle();
  }
  bool is_current() { return ask<follow_progress>(actor, get_follow_progress{})->current; }

  remembered_history streams;
  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  follower_actor actor;
  std::uint64_t sequence = 0;
};

ride_record ride_of(std::uint32_t racer, std::uint32_t race = 1) {
  ride_record ride;
  ride.key = {cls, race_id{race}};
  ride.racer = racer_id{racer};
  ride.name = "Adell";
  ride.seconds.assign(3, ride_second{true, {800, 500, 0, 0}, 1, 1});
  return ride;
}

stored_result result_of(std::uint32_t race = 1) {
  stored_result found;
  found.result.key = {cls, race_id{race}};
  found.stamp = {journal_position{9}, at_ms(1), 77};
  return found;
}

} // namespace

TEST_CASE("an empty store takes the changelog, then all results, and is current then") {
  follower_stage s;
  s.streams.pending = 1;
  s.start();
  REQUIRE(s.streams.readers.size() == 1);
  CHECK(s.streams.readers[0].stream == record_stream::bests);
  s.streams.pending = 0;
  s.deliver(stored_bests{cls, epoch{1}, {racer_id{8}, {score{1}}, std::nullopt}});
  s.pass(100ms);
  CHECK(s.records->bests_applied.size() == 1);
  CHECK(s.records->marks[record_stream::bests].sequence == 1);
  REQUIRE(s.streams.readers.size() == 2);
  CHECK(s.streams.readers[1].stream == record_stream::results);
  CHECK(s.streams.readers[1].after == stream_cursor{});
  s.pass(100ms);
  CHECK(s.is_current());
}

TEST_CASE("a store that knows results goes on behind its mark") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.start();
  REQUIRE(s.streams.readers.size() == 1);
  CHECK(s.streams.readers[0].stream == record_stream::results);
  CHECK(s.streams.readers[0].after == stream_cursor{5, at_ms(6), 7});
}

TEST_CASE("who waits is told when everything on its way is in the store, not before") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.streams.silent = true;
  s.start();
  s.sequence = 5;
  s.streams.pending = 3;
  s.streams.silent = false;
  bool told = false;
  caf::scoped_actor self{s.system()};
  auto request = self->request(s.actor, caf::infinite, catch_up{});
  s.pass(2'000ms);
  CHECK_FALSE(s.is_current());
  s.deliver(ride_of(1));
  s.deliver(ride_of(2));
  s.records->broken = true; // the result cannot be stored yet
  s.deliver(result_of());
  s.streams.pending = 0;
  s.pass(2'000ms);
  CHECK_FALSE(s.is_current());
  s.records->broken = false;
  s.pass(2'000ms);
  request.receive([&](caught_up) { told = true; }, [](const caf::error&) {});
  CHECK(told);
  REQUIRE(s.records->races.size() == 1);
  CHECK(s.records->races[0]->rides.size() == 2);
  CHECK(s.records->races[0]->stamp.checksum == 77);
  CHECK(s.names.of(racer_id{1}) == "Adell");
}

TEST_CASE("the mark never passes rides whose race is not merged") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.start();
  s.sequence = 5;
  s.deliver(ride_of(1, 1));
  s.deliver(ride_of(1, 2));
  s.deliver(result_of(2));
  s.pass(11'000ms);
  CHECK(s.records->marks[record_stream::results].sequence == 5);
  s.deliver(result_of(1));
  s.pass(11'000ms);
  CHECK(s.records->marks[record_stream::results] == stream_cursor{9, s.clock.time - 11'000ms, 63});
}

TEST_CASE("rides without a result are merged once they are old, by the stream's time") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.start();
  s.sequence = 5;
  s.deliver(ride_of(1, 1));
  s.deliver(ride_of(2, 1));
  s.clock.time += 11min;
  CHECK(s.records->held_rides.empty());
  s.deliver(ride_of(1, 2));
  CHECK(s.records->held_rides == std::vector<std::size_t>{2});
}

TEST_CASE("a stream that went backwards is counted and read again from its start") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.start();
  s.streams.deliver({{}, 1, std::monostate{}, true});
  s.settle();
  CHECK(s.counts.streams_backwards.value() == 1);
  CHECK(s.records->marks[record_stream::results] == stream_cursor{});
  s.deliver(ride_of(1));
  s.deliver(result_of());
  CHECK(s.records->races.size() == 1);
}

TEST_CASE("what does not decode, and what belongs to no class of ours, is passed by") {
  follower_stage s;
  s.records->marks[record_stream::results] = {5, at_ms(6), 7};
  s.start();
  s.sequence = 5;
  s.deliver(std::monostate{});
  auto foreign = result_of();
  foreign.result.key.cls = class_id{99};
  s.deliver(foreign);
  s.pass(11'000ms);
  CHECK(s.counts.results_log_undecodable.value() == 1);
  CHECK(s.records->races.empty());
  CHECK(s.records->marks[record_stream::results].sequence == 7);
}

TEST_CASE("rides and bests of rules with longer rides are passed by and counted") {
  follower_stage s;
  s.start();
  auto ride = ride_of(8);
  ride.seconds.resize(s.context.rules.race.ride_seconds + 1U, ride.seconds.front());
  s.deliver(ride);
  s.deliver(stored_bests{
      cls, epoch{1}, {racer_id{8}, std::vector<score>(s.context.rules.race.ride_seconds + 1U, score{7}), {}}});
  s.pass(11'000ms);
  CHECK(s.counts.results_log_undecodable.value() == 2);
  CHECK(s.records->races.empty());
}

TEST_CASE("bests that do not include a correction are passed by") {
  follower_stage s;
  edit exclude;
  exclude.kind = edit_kind::exclude;
  exclude.racer = racer_id{8};
  exclude.ride = {cls, race_id{1}};
  exclude.sequence = 5;
  s.edits.apply(exclude);
  s.start();
  for (const std::uint64_t edits : {0, 4, 5}) {
    racer_bests bests{racer_id{8}, {score{1'000 - static_cast<std::uint32_t>(edits)}}, std::nullopt, edits};
    s.deliver(stored_bests{cls, epoch{1}, bests});
  }
  s.deliver(stored_bests{cls, epoch{1}, {racer_id{9}, {score{7}}, std::nullopt}});
  REQUIRE(s.records->bests_applied.size() == 2);
  CHECK(s.records->bests_applied[0].edits == 5);
  CHECK(s.records->bests_applied[1].racer == racer_id{9});
}

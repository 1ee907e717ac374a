#include "simulator/past.hpp"

#include "messages/update_json.hpp"
#include "simulator/names.hpp"
#include "simulator/rider_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace alleycat;
using namespace alleycat::sim;

namespace {

constexpr milliseconds window{300'000};
constexpr unix_ms now{5'400'172 * window + milliseconds{123'456}};
constexpr std::chrono::days day{1};

sim_options history(std::uint32_t races, std::uint32_t racers = 200) {
  sim_options o;
  o.classes = {class_id{1}, class_id{3}};
  o.past = races;
  o.racers = racers;
  o.first_racer = racer_id{1000};
  return o;
}

} // namespace

TEST_CASE("every past race is over by the clock, in its own window, and none is older than three weeks") {
  std::set<std::pair<class_id, race_id>> seen;
  race_id before{0};
  for (const auto& race : plan_past(history(30), {}, now)) {
    seen.emplace(race.cls, race.race);
    CHECK(race.race >= before); // the oldest first
    before = race.race;
    const unix_ms start{race.race.value() * window};
    CHECK(start + 2 * window + std::chrono::seconds{30} < now);
    CHECK(start > now - 21 * day);
  }
  CHECK(seen.size() == 60);
}

TEST_CASE("past races lie in the last hours, the last days and the last weeks") {
  std::size_t today = 0;
  std::size_t this_week = 0;
  std::size_t older = 0;
  for (const auto& race : plan_past(history(30), {}, now)) {
    const auto age = now - unix_ms{race.race.value() * window};
    ++(age < day ? today : age < 7 * day ? this_week : older);
  }
  CHECK(today >= 16);
  CHECK(this_week >= 10);
  CHECK(older >= 10);
}

TEST_CASE("6 to 12 riders of the class ride a past race, each once, and start in its window") {
  for (const auto& race : plan_past(history(30), {}, now)) {
    const auto first = race.cls == class_id{1} ? 1000U : 1200U;
    std::set<racer_id> riders;
    for (const auto& ride : race.rides) {
      riders.insert(ride.racer);
      CHECK(ride.racer.value() >= first);
      CHECK(ride.racer.value() < first + 200);
      CHECK(ride.start.time_since_epoch() / window == race.race.value());
    }
    CHECK(riders.size() == race.rides.size());
    CHECK(riders.size() >= 6);
    CHECK(riders.size() <= 12);
  }
}

TEST_CASE("where a class has three riders, three ride") {
  for (const auto& race : plan_past(history(5, 3), {}, now))
    CHECK(race.rides.size() == 3);
}

TEST_CASE("the same seed gives the same past") {
  auto options = history(10);
  const auto one = plan_past(options, {}, now);
  const auto again = plan_past(options, {}, now + std::chrono::minutes{1}); // the same window
  options.seed = 2;
  const auto other = plan_past(options, {}, now);
  REQUIRE(one.size() == again.size());
  bool differs = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    REQUIRE(one[i].rides.size() == again[i].rides.size());
    for (std::size_t k = 0; k < one[i].rides.size(); ++k)
      CHECK(one[i].rides[k].start == again[i].rides[k].start);
    differs = differs || one[i].rides.size() != other[i].rides.size();
  }
  CHECK(differs);
}

TEST_CASE("at the beginning of time there is no past") {
  CHECK(plan_past(history(10), {}, unix_ms{2 * window}).empty());
}

TEST_CASE("a batch holds the seconds of one ride, as the rider's model pedals them on that day") {
  const past_race race{.cls = class_id{3}, .race = race_id{5'400'000}, .rides = {}};
  const past_ride ride{.racer = racer_id{8}, .start = unix_ms{5'400'000 * window + milliseconds{1'234}}, .form = 0.95};
  update_decoder decoder;
  std::vector<batch_item> items;
  std::string why;
  REQUIRE(decoder.decode_batch(past_batch(race, ride, 7, 11, 300), items, why) == refusal::none);
  REQUIRE(items.size() == 290);
  const rider_model model{7, class_id{3}, racer_id{8}};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& u = items[i].content;
    REQUIRE(items[i].verdict == refusal::none);
    CHECK(u.second.value() == i + 11);
    CHECK(u.race == race.race);
    CHECK(anchor_of(u.device_timestamp, u.second) == ride.start);
    const auto pedalled = model.at(u.second);
    CHECK(u.measured.cadence == std::lround(pedalled.cadence * 0.95));
    CHECK(u.measured.resistance == pedalled.resistance);
    CHECK(u.name == (i == 0 ? rider_name(racer_id{8}) : ""));
  }
}

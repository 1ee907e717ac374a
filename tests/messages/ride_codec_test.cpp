#include "messages/ride.pb.h"
#include "messages/ride_codec.hpp"

#include "random_messages.hpp"

#include <functional>

namespace alleycat {

TEST_CASE("a ride comes back with all its seconds, gaps and ranks", "[ride_codec]") {
  holds(1'000, [] {
    const auto ride = any_ride();
    const auto back = decode_ride(encode(ride));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == ride);
  });
}

TEST_CASE("a whole ride of 300 seconds takes about 2 KB", "[ride_codec]") {
  ride_record ride;
  ride.key = {class_id{3}, race_id{5'400'172}};
  ride.racer = racer_id{39'999};
  ride.name = "Adell";
  ride.anchor = at_ms(1'620'051'615'707);
  ride.closed = at_ms(1'620'052'215'707);
  ride.rank = 412;
  ride.finished = true;
  for (std::uint16_t s = 0; s < 300; ++s)
    ride.seconds.push_back(
        {true,
         {static_cast<std::uint16_t>(800 + s * 37 % 90), static_cast<std::uint16_t>(500 + s * 13 % 50),
          static_cast<std::uint16_t>(200 + s % 40), static_cast<std::uint8_t>(120 + s / 6)},
         static_cast<rank_t>(400 + s % 30),
         static_cast<rank_t>(20'000 + s * 7 % 300)});
  CHECK(encode(ride).size() <= 2'200);
}

TEST_CASE("what is not a whole ride does not decode", "[ride_codec]") {
  struct row {
    const char* why;
    std::function<void(v1::Ride&)> change;
  };
  const auto r = GENERATE(values<row>({
      {"class 0", [](v1::Ride& x) { x.set_class_id(0); }},
      {"class 65536", [](v1::Ride& x) { x.set_class_id(65'536); }},
      {"no seconds", [](v1::Ride& x) { x.set_furthest(0); }},
      {"more seconds than a ride can have", [](v1::Ride& x) { x.set_furthest(901); }},
      {"a presence map of another length", [](v1::Ride& x) { x.set_present("abcdef"); }},
      {"a cadence missing", [](v1::Ride& x) { x.mutable_cadence()->RemoveLast(); }},
      {"a cadence too many", [](v1::Ride& x) { x.add_cadence(0); }},
      {"a cadence of 250.1", [](v1::Ride& x) { x.set_cadence(0, 2'501); }},
      {"a cadence below 0", [](v1::Ride& x) { x.set_cadence(0, -1); }},
      {"a resistance of 100.1", [](v1::Ride& x) { x.set_resistance(0, 1'001); }},
      {"a power column of another length", [](v1::Ride& x) { x.add_power(1); }},
      {"a heart rate of 256",
       [](v1::Ride& x) {
         x.add_heart_rate(256);
         x.add_heart_rate(0);
         x.add_heart_rate(0);
       }},
      {"a rank column of another length", [](v1::Ride& x) { x.add_here_now_rank(1); }},
      {"a rank below 0",
       [](v1::Ride& x) {
         for (int i = 0; i < 3; ++i)
           x.add_all_time_rank(-1);
       }},
      {"a name that is none", [](v1::Ride& x) { x.set_name("a\nb"); }},
      {"flags of more than a byte", [](v1::Ride& x) { x.set_flags(256); }},
  }));
  CAPTURE(r.why);
  ride_record ride;
  ride.key = {class_id{3}, race_id{7}};
  for (std::uint16_t s = 0; s < 3; ++s)
    ride.seconds.push_back({true, {static_cast<std::uint16_t>(700 + s), 500, 0, 0}, 0, 0});
  v1::Ride message;
  REQUIRE(message.ParseFromString(encode(ride)));
  REQUIRE(decode_ride(message.SerializeAsString()) == ride);
  r.change(message);
  CHECK_FALSE(decode_ride(message.SerializeAsString()));
}

TEST_CASE("no bytes make the ride decoder fail", "[ride_codec]") {
  holds(5'000, [] {
    const auto bytes = any_flag() ? any_bytes(100) : spoiled(encode(any_ride()), all_bytes());
    const auto got = decode_ride(bytes);
    if (!got)
      return;
    RC_ASSERT(!got->seconds.empty());
    for (const auto& second : got->seconds) {
      RC_ASSERT(second.measured.cadence <= max_cadence);
      RC_ASSERT(second.measured.resistance <= max_resistance);
      RC_ASSERT(second.present || second.measured == measurement{});
    }
  });
}

} // namespace alleycat

#include "messages/update.pb.h"
#include "messages/update_json.hpp"

#include "random_messages.hpp"

#include <functional>

namespace alleycat {

namespace {

v1::Update example() {
  v1::Update u;
  u.set_event(v1::Update::UPDATE);
  u.set_device_timestamp(1'620'051'628'707);
  u.set_second(13);
  u.set_name("Adell");
  u.set_race_id(5'400'172);
  u.set_racer_id(8);
  u.set_class_id(3);
  u.set_cadence(742);
  u.set_resistance(740);
  return u;
}

} // namespace

TEST_CASE("a Protobuf update is judged by the same rules as JSON", "[update_protobuf]") {
  struct row {
    std::function<void(v1::Update&)> change;
    refusal expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {[](v1::Update&) {}, refusal::none, ""},
      {[](v1::Update& u) { u.clear_event(); }, refusal::missing_field, "event is missing"},
      {[](v1::Update& u) { u.set_event(v1::Update::UNSPECIFIED); }, refusal::bad_json,
       "event is neither UPDATE nor FINAL"},
      {[](v1::Update& u) { u.clear_device_timestamp(); }, refusal::missing_field, "deviceTimestamp is missing"},
      {[](v1::Update& u) { u.clear_second(); }, refusal::missing_field, "second is missing"},
      {[](v1::Update& u) { u.clear_race_id(); }, refusal::missing_field, "raceId is missing"},
      {[](v1::Update& u) { u.clear_racer_id(); }, refusal::missing_field, "racerId is missing"},
      {[](v1::Update& u) { u.clear_class_id(); }, refusal::missing_field, "classId is missing"},
      {[](v1::Update& u) { u.clear_cadence(); }, refusal::missing_field, "cadence is missing"},
      {[](v1::Update& u) { u.clear_resistance(); }, refusal::missing_field, "resistance is missing"},
      {[](v1::Update& u) { u.set_second(0); }, refusal::bad_second, "second 0 is outside 1..300"},
      {[](v1::Update& u) { u.set_second(65'536); }, refusal::bad_second, "second 65536 is outside 1..300"},
      {[](v1::Update& u) { u.set_class_id(0); }, refusal::bad_number, "classId 0 is outside 1..65535"},
      {[](v1::Update& u) { u.set_device_timestamp(-1); }, refusal::bad_number,
       "deviceTimestamp -1 is outside 0..9007199254740992"},
      {[](v1::Update& u) { u.set_cadence(2'501); }, refusal::bad_cadence, "cadence 250.1 is outside 0..250"},
      {[](v1::Update& u) { u.set_cadence(9'000); }, refusal::bad_cadence, "cadence 900 is outside 0..250"},
      {[](v1::Update& u) { u.set_resistance(1'001); }, refusal::bad_resistance, "resistance 100.1 is outside 0..100"},
      {[](v1::Update& u) { u.set_power(65'536); }, refusal::bad_number, "power 65536 is outside 0..65535"},
      {[](v1::Update& u) { u.set_heart_rate(256); }, refusal::bad_number, "heartRate 256 is outside 0..255"},
      {[](v1::Update& u) { u.set_name("J\xfcrgen"); }, refusal::bad_name,
       "name is longer than 64 bytes, or has control or direction characters"},
      {[](v1::Update& u) { u.set_name("a\nb"); }, refusal::bad_name,
       "name is longer than 64 bytes, or has control or direction characters"},
  }));
  auto message = example();
  r.change(message);
  update_decoder decoder;
  update u;
  std::string why;
  CAPTURE(r.why);
  CHECK(decoder.decode_any(message.SerializeAsString(), u, why) == r.expected);
  CHECK(why == r.why);
}

TEST_CASE("fields of a later version are ignored", "[update_protobuf]") {
  auto message = example();
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(99, 7);
  update_decoder decoder;
  update u;
  std::string why;
  CHECK(decoder.decode_any(message.SerializeAsString(), u, why) == refusal::none);
}

TEST_CASE("an empty or overlong Protobuf payload is refused", "[update_protobuf]") {
  update_decoder decoder;
  update u;
  std::string why;
  CHECK(decoder.decode_any("", u, why) == refusal::missing_field);
  auto message = example();
  message.set_name(std::string(1'024, 'x'));
  CHECK(decoder.decode_any(message.SerializeAsString(), u, why) == refusal::too_big);
}

TEST_CASE("no Protobuf update or batch begins like JSON", "[update_protobuf]") {
  update_decoder decoder;
  holds(1'000, [&] {
    v1::UpdateBatch batch;
    auto& one = *batch.add_updates();
    one = example();
    one.set_name(std::string(any<std::size_t>(0, 64), 'x')); // lengths that look like '{' among them
    std::vector<batch_item> items;
    update u;
    std::string why;
    RC_ASSERT(decoder.decode_any(one.SerializeAsString(), u, why) == refusal::none);
    RC_ASSERT(decoder.decode_batch(batch.SerializeAsString(), items, why) == refusal::none);
    RC_ASSERT(items.size() == 1);
    RC_ASSERT(items[0].verdict == refusal::none);
  });
}

} // namespace alleycat

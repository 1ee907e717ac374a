#include "messages/update_protobuf.hpp"

#include "messages/update.pb.h"
#include "messages/update_fields.hpp"

#include <fmt/format.h>

namespace alleycat::detail {

namespace {

void set(update_builder& builder, field f, std::int64_t value) {
  builder.once(f);
  const auto rule = rule_of(f);
  if (value >= rule.least && value <= rule.most)
    builder.set_number(f, value, {});
  else if (rule.decimals == 1)
    builder.set_number(f, value, fmt::format("{}", static_cast<double>(value) / 10));
  else
    builder.set_number(f, value, fmt::format("{}", value));
}

refusal translate(const v1::Update& message, std::uint32_t ride_seconds, update& out, std::string& why) {
  update_builder builder{out, ride_seconds};
  if (message.has_event()) {
    builder.once(field::event);
    if (message.event() != v1::Update::UPDATE && message.event() != v1::Update::FINAL)
      builder.fault(refusal::bad_json, "event is neither UPDATE nor FINAL");
  }
  if (message.has_device_timestamp())
    set(builder, field::device_timestamp, message.device_timestamp());
  if (message.has_second())
    set(builder, field::second, message.second());
  builder.set_name(message.name());
  if (message.has_race_id())
    set(builder, field::race_id, message.race_id());
  if (message.has_racer_id())
    set(builder, field::racer_id, message.racer_id());
  if (message.has_class_id())
    set(builder, field::class_id, message.class_id());
  if (message.has_cadence())
    set(builder, field::cadence, message.cadence());
  if (message.has_resistance())
    set(builder, field::resistance, message.resistance());
  set(builder, field::power, message.power());
  set(builder, field::heart_rate, message.heart_rate());
  builder.set_view(message.view());
  return builder.finish(why);
}

template <class Message>
bool parse(Message& message, std::string_view payload) {
  return message.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
}

} // namespace

refusal too_many(std::string& why) {
  why = fmt::format("a batch holds at most {} updates", max_batch_updates);
  return refusal::too_big;
}

refusal decode_update_protobuf(std::string_view payload, std::uint32_t ride_seconds, update& out, std::string& why) {
  thread_local v1::Update message;
  if (!parse(message, payload)) {
    why = "neither a JSON object nor a Protobuf update";
    return refusal::bad_json;
  }
  return translate(message, ride_seconds, out, why);
}

refusal decode_batch_protobuf(std::string_view payload, std::uint32_t ride_seconds, std::vector<batch_item>& out,
                              std::string& why) {
  thread_local v1::UpdateBatch message;
  if (!parse(message, payload)) {
    why = "neither a JSON object nor a Protobuf batch";
    return refusal::bad_json;
  }
  if (message.updates().empty()) {
    why = "updates is missing";
    return refusal::missing_field;
  }
  if (static_cast<std::size_t>(message.updates_size()) > max_batch_updates)
    return too_many(why);
  for (const auto& one : message.updates()) {
    auto& item = out.emplace_back();
    item.verdict = translate(one, ride_seconds, item.content, item.why);
  }
  return refusal::none;
}

} // namespace alleycat::detail

namespace alleycat {

std::string encode_update_protobuf(const update& u, bool is_final) {
  thread_local v1::Update message;
  message.Clear();
  message.set_event(is_final ? v1::Update::FINAL : v1::Update::UPDATE);
  message.set_device_timestamp(ms_of(u.device_timestamp));
  message.set_second(u.second.value());
  message.set_name(u.name);
  message.set_race_id(u.race.value());
  message.set_racer_id(u.racer.value());
  message.set_class_id(u.cls.value());
  message.set_cadence(u.measured.cadence);
  message.set_resistance(u.measured.resistance);
  message.set_power(u.measured.power);
  message.set_heart_rate(u.measured.heart_rate);
  message.set_view(u.wants_view);
  return message.SerializeAsString();
}

} // namespace alleycat

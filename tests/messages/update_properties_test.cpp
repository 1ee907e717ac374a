#include "messages/update_json.hpp"

#include "random_messages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace alleycat {

namespace {

// Without NUL, which the other parser takes for the end of the text.
const std::string json_alphabet = "{}[]\":,.-+eE0123456789 \n\\utrfalsn/xZ\xc3\xbc\x80\xff";

} // namespace

TEST_CASE("what the encoder writes the decoder reads, as JSON and as Protobuf", "[update_json]") {
  update_decoder decoder;
  holds(2'000, [&] {
    const auto sent = any_update();
    const bool is_final = any_flag();
    update got;
    std::string why;
    RC_ASSERT(decoder.decode_any(encode_update(sent, is_final), got, why) == refusal::none);
    RC_ASSERT(same(got, sent));
    RC_ASSERT(decoder.decode_any(encode_update_protobuf(sent, is_final), got, why) == refusal::none);
    RC_ASSERT(same(got, sent));
  });
}

TEST_CASE("fields may come in any order, with any unknown ones between them", "[update_json]") {
  update_decoder decoder;
  holds(1'000, [&] {
    const auto sent = any_update();
    std::vector<std::string> members{R"("firmware":{"second":[0,{"a":null}]})", R"("x":-1.5e3)", R"("":"")"};
    const auto parsed = nlohmann::json::parse(encode_update(sent));
    for (const auto& [key, value] : parsed.items())
      members.push_back(nlohmann::json(key).dump() + " : " + value.dump());
    for (std::size_t i = members.size(); i > 1; --i)
      std::swap(members[i - 1], members[any<std::size_t>(0, i - 1)]);
    std::string text = "{";
    for (const auto& member : members)
      text += (text.size() > 1 ? "," : "") + member;
    text += "}";
    update got;
    std::string why;
    RC_ASSERT(decoder.decode(text, got, why) == refusal::none);
    RC_ASSERT(same(got, sent));
  });
}

TEST_CASE("spoiled JSON is refused as bad_json exactly when an independent parser refuses it", "[update_json]") {
  update_decoder decoder;
  holds(20'000, [&] {
    const auto text = spoiled(encode_update(any_update()), json_alphabet);
    RC_PRE(text.size() <= max_update_bytes);
    nlohmann::json parsed;
    try {
      parsed = nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error&) {
      // stays null
    } catch (const nlohmann::json::out_of_range&) {
      return; // 1e999 is JSON, but more than a double holds: no verdict
    }
    update got;
    std::string why;
    const auto verdict = decoder.decode(text, got, why);
    const bool is_json = why != "the message is not one JSON object in UTF-8";
    RC_LOG() << text << " -> " << why;
    RC_ASSERT(is_json == parsed.is_object());
    if (verdict == refusal::none) {
      // and what was taken says what the other parser sees
      RC_ASSERT(parsed.at("second") == got.second.value());
      RC_ASSERT(parsed.at("racerId") == got.racer.value());
      RC_ASSERT(parsed.at("deviceTimestamp") == ms_of(got.device_timestamp));
      RC_ASSERT(got.measured.cadence <= max_cadence);
      RC_ASSERT(got.measured.resistance <= max_resistance);
      RC_ASSERT(got.name.empty() || valid_name(got.name));
    } else {
      RC_ASSERT(!why.empty());
    }
  });
}

TEST_CASE("no bytes make a decoder fail", "[update_json]") {
  update_decoder decoder;
  holds(3'000, [&] {
    const auto junk = any_bytes(200);
    update got;
    std::string why;
    std::vector<batch_item> items;
    (void)decoder.decode_any(junk, got, why);
    (void)decoder.decode_any("{" + junk, got, why);
    (void)decoder.decode_batch(junk, items, why);
    (void)decoder.decode_batch(R"({"updates":[)" + junk, items, why);
    RC_ASSERT(decoder.decode("{" + junk, got, why) != refusal::none);
  });
}

TEST_CASE("spoiled Protobuf never gives an update outside its ranges", "[update_json]") {
  update_decoder decoder;
  holds(5'000, [&] {
    const auto bytes = spoiled(encode_update_protobuf(any_update()), all_bytes());
    update got;
    std::string why;
    if (decoder.decode_protobuf(bytes, got, why) != refusal::none) {
      RC_ASSERT(!why.empty());
      return;
    }
    RC_ASSERT(got.second.value() >= 1);
    RC_ASSERT(got.cls.value() >= 1);
    RC_ASSERT(got.measured.cadence <= max_cadence);
    RC_ASSERT(got.measured.resistance <= max_resistance);
    RC_ASSERT(got.device_timestamp >= unix_ms{});
    RC_ASSERT(got.device_timestamp <= max_device_timestamp);
    RC_ASSERT(got.name.empty() || valid_name(got.name));
  });
}

} // namespace alleycat

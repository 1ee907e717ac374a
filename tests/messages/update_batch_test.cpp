#include "messages/update.pb.h"
#include "messages/update_json.hpp"

#include "random_messages.hpp"

namespace alleycat {

namespace {

struct outcome {
  refusal verdict;
  std::vector<batch_item> items;
  std::string why;
};

outcome read(const std::string& payload) {
  update_decoder decoder;
  outcome o{};
  o.verdict = decoder.decode_batch(payload, o.items, o.why);
  return o;
}

std::string batch_of(const std::vector<std::string>& updates) {
  std::string text = R"({"updates":[)";
  for (std::size_t i = 0; i < updates.size(); ++i)
    text += (i > 0 ? "," : "") + updates[i];
  return text + "]}";
}

update rider(std::uint32_t racer) {
  return {class_id{3},
          race_id{5'400'172},
          racer_id{racer},
          own_second{13},
          at_ms(1'620'051'628'707),
          {742, 740, 0, 0},
          false,
          ""};
}

} // namespace

TEST_CASE("each update of a gateway's batch is judged for itself", "[batch]") {
  const auto good = encode_update(rider(8));
  auto bad = good;
  bad.replace(bad.find("74.2"), 4, "900");
  const auto o = read(batch_of({good, bad, "{}", "7", R"({"second":1,"second":2})", encode_update(rider(9))}));
  REQUIRE(o.verdict == refusal::none);
  REQUIRE(o.items.size() == 6);
  CHECK(o.items[0].verdict == refusal::none);
  CHECK(same(o.items[0].content, rider(8)));
  CHECK(o.items[0].why.empty());
  CHECK(o.items[1].verdict == refusal::bad_cadence);
  CHECK(o.items[1].why == "cadence 900 is outside 0..250");
  CHECK(o.items[2].verdict == refusal::missing_field);
  CHECK(o.items[3].verdict == refusal::bad_json);
  CHECK(o.items[4].verdict == refusal::bad_json);
  CHECK(o.items[4].why == "second comes twice");
  CHECK(same(o.items[5].content, rider(9)));
}

TEST_CASE("a batch that is not JSON gives no update at all", "[batch]") {
  const auto good = encode_update(rider(8));
  for (const auto& text : {batch_of({good, good.substr(0, 40)}), batch_of({good}) + "x", batch_of({good, ""}),
                           std::string{R"({"updates":[)"} + good + "]", std::string{R"({"updates":7})"},
                           std::string{R"({"updates":[],"updates":[]})"}, std::string{R"({"updates":null})"}}) {
    CAPTURE(text);
    const auto o = read(text);
    CHECK(o.verdict == refusal::bad_json);
    CHECK(o.items.empty());
    CHECK_FALSE(o.why.empty());
  }
}

TEST_CASE("a batch without updates is told so, an empty one is fine", "[batch]") {
  CHECK(read("{}").verdict == refusal::missing_field);
  CHECK(read("{}").why == "updates is missing");
  CHECK(read(R"({"gateway":{"updates":[1]}})").verdict == refusal::missing_field);
  CHECK(read(R"({"updates":[]})").verdict == refusal::none);
  CHECK(read("").verdict == refusal::missing_field); // an empty Protobuf message
}

TEST_CASE("unknown fields around the updates are ignored", "[batch]") {
  const auto o =
      read(R"({"gateway":"gym-7","x":[1,{"updates":[]}],"updates":[)" + encode_update(rider(8)) + R"(],"y":{}})");
  REQUIRE(o.verdict == refusal::none);
  CHECK(o.items.size() == 1);
}

TEST_CASE("1000 updates are a batch and 1001 are too many", "[batch]") {
  const auto one = encode_update(rider(8));
  const auto full = read(batch_of(std::vector<std::string>(1'000, one)));
  CHECK(full.verdict == refusal::none);
  CHECK(full.items.size() == 1'000);
  const auto over = read(batch_of(std::vector<std::string>(1'001, one)));
  CHECK(over.verdict == refusal::too_big);
  CHECK(over.why == "a batch holds at most 1000 updates");
  CHECK(over.items.empty());
  v1::UpdateBatch message;
  for (int i = 0; i < 1'001; ++i)
    message.add_updates();
  CHECK(read(message.SerializeAsString()).verdict == refusal::too_big);
}

TEST_CASE("a mebibyte is a batch and a byte more is too big", "[batch]") {
  const auto text = batch_of({encode_update(rider(8))});
  CHECK(read(text + std::string(max_batch_bytes - text.size(), ' ')).verdict == refusal::none);
  CHECK(read(text + std::string(max_batch_bytes - text.size() + 1, ' ')).verdict == refusal::too_big);
}

TEST_CASE("a Protobuf batch is judged update by update", "[batch]") {
  v1::UpdateBatch message;
  CHECK(message.add_updates()->ParseFromString(encode_update_protobuf(rider(8))));
  message.add_updates();
  const auto o = read(message.SerializeAsString());
  REQUIRE(o.verdict == refusal::none);
  REQUIRE(o.items.size() == 2);
  CHECK(same(o.items[0].content, rider(8)));
  CHECK(o.items[1].verdict == refusal::missing_field);
}

} // namespace alleycat

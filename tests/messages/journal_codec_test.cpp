#include "messages/journal.pb.h"
#include "messages/journal_codec.hpp"
#include "messages/update_json.hpp"

#include "random_messages.hpp"

#include <functional>

namespace alleycat {

namespace {

/// A batch as it comes in one linger: many riders of a class of 40,000, all around the same second.
journal_batch a_linger_of(std::size_t updates) {
  journal_batch batch;
  std::uint64_t dice = 7;
  const auto roll = [&dice](std::uint64_t sides) {
    dice = dice * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (dice >> 33) % sides;
  };
  for (std::size_t i = 0; i < updates; ++i) {
    journal_update u;
    u.racer = racer_id{static_cast<std::uint32_t>(roll(40'000))};
    u.second = own_second{static_cast<std::uint16_t>(140 + roll(20))};
    u.device_timestamp = at_ms(1'620'051'628'707 + static_cast<std::int64_t>(roll(1'000)));
    u.measured = {static_cast<std::uint16_t>(600 + roll(500)), static_cast<std::uint16_t>(300 + roll(600)), 0, 0};
    batch.push_back(u);
  }
  return batch;
}

v1::JournalEntry two_updates() {
  v1::JournalEntry entry;
  CHECK(entry.ParseFromString(encode(a_linger_of(2))));
  return entry;
}

} // namespace

TEST_CASE("a batch comes back as it was written", "[journal_codec]") {
  std::string bytes = "left over from before";
  holds(2'000, [&] {
    const auto batch = any_batch();
    encode(batch, bytes);
    RC_ASSERT(bytes == encode(batch));
    const auto back = decode_journal(bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(std::get<journal_batch>(*back) == batch);
  });
}

TEST_CASE("a close mark comes back as it was written", "[journal_codec]") {
  holds(200, [] {
    const close_mark mark{epoch{any<std::uint64_t>(0, ~std::uint64_t{0})}, any_time()};
    const auto back = decode_journal(encode(mark));
    RC_ASSERT(back.has_value());
    RC_ASSERT(std::get<close_mark>(*back) == mark);
  });
}

TEST_CASE("an update takes at most 9 bytes in a large batch", "[journal_codec]") {
  for (const std::size_t updates : {100U, 500U}) {
    const auto size = encode(a_linger_of(updates)).size();
    CAPTURE(updates, size);
    CHECK(size <= 9 * updates);
  }
}

TEST_CASE("a small batch takes at most 25 bytes more than 9 for each update", "[journal_codec]") {
  for (const std::size_t updates : {1U, 2U, 3U}) {
    const auto size = encode(a_linger_of(updates)).size();
    CAPTURE(updates, size);
    CHECK(size <= 25 + 9 * updates);
  }
}

TEST_CASE("columns for what nobody sent are left out", "[journal_codec]") {
  auto batch = a_linger_of(100);
  const auto bare = encode(batch).size();
  batch[50].wants_view = true;
  CHECK(encode(batch).size() <= bare + 16);
  batch[50].wants_view = false;
  batch[50].measured.heart_rate = 150;
  CHECK(encode(batch).size() <= bare + 104);
  batch[50].measured.heart_rate = 0;
  batch[50].name = "Adell";
  CHECK(encode(batch).size() <= bare + 12);
}

TEST_CASE("what is not a whole journal message does not decode", "[journal_codec]") {
  struct row {
    const char* why;
    std::function<void(v1::Batch&)> change;
  };
  const auto r = GENERATE(values<row>({
      {"a second missing", [](v1::Batch& b) { b.mutable_seconds()->RemoveLast(); }},
      {"a second too many", [](v1::Batch& b) { b.add_seconds(0); }},
      {"a racer too many", [](v1::Batch& b) { b.add_racers(1); }},
      {"a timestamp missing", [](v1::Batch& b) { b.mutable_device_timestamps()->RemoveLast(); }},
      {"a byte of a measurement missing", [](v1::Batch& b) { b.mutable_measured()->pop_back(); }},
      {"a power column of another length", [](v1::Batch& b) { b.add_power(1); }},
      {"a heart rate column of another length", [](v1::Batch& b) { b.set_heart_rate("abc"); }},
      {"view bits of another length", [](v1::Batch& b) { b.set_views("ab"); }},
      {"a name without a place", [](v1::Batch& b) { b.add_names("Adell"); }},
      {"a place without a name", [](v1::Batch& b) { b.add_name_at(0); }},
      {"a name beyond the end",
       [](v1::Batch& b) {
         b.add_name_at(2);
         b.add_names("Adell");
       }},
      {"two names in one place",
       [](v1::Batch& b) {
         for (int i = 0; i < 2; ++i) {
           b.add_name_at(1);
           b.add_names("Adell");
         }
       }},
      {"a name that is none",
       [](v1::Batch& b) {
         b.add_name_at(0);
         b.add_names("a\nb");
       }},
      {"an empty name",
       [](v1::Batch& b) {
         b.add_name_at(0);
         b.add_names("");
       }},
      {"second 0", [](v1::Batch& b) { b.set_seconds(0, 0); }},
      {"second 65536", [](v1::Batch& b) { b.set_seconds(0, 65'536); }},
      {"a second before the first", [](v1::Batch& b) { b.set_seconds(1, -1'000); }},
      {"a second that overflows",
       [](v1::Batch& b) {
         b.set_seconds(0, 2'147'483'647);
         b.set_seconds(1, 2'147'483'647);
       }},
      {"a time before 1970", [](v1::Batch& b) { b.set_device_timestamps(0, -1); }},
      {"a time beyond 2^53", [](v1::Batch& b) { b.set_device_timestamps(0, ms_of(max_device_timestamp) + 1); }},
      {"a time that overflows",
       [](v1::Batch& b) {
         b.set_device_timestamps(0, ms_of(max_device_timestamp));
         b.set_device_timestamps(1, 0x7fff'ffff'ffff'ffff);
       }},
      {"a cadence of 250.1", [](v1::Batch& b) { b.set_measured(std::string("\xc5\x09\0\0\0\0", 6)); }},
      {"a resistance of 100.1", [](v1::Batch& b) { b.set_measured(std::string("\0\x90\x3e\0\0\0", 6)); }},
      {"more power than a rider has",
       [](v1::Batch& b) {
         b.add_power(65'536);
         b.add_power(0);
       }},
  }));
  CAPTURE(r.why);
  auto entry = two_updates();
  REQUIRE(decode_journal(entry.SerializeAsString()));
  r.change(*entry.mutable_batch());
  CHECK_FALSE(decode_journal(entry.SerializeAsString()));
}

TEST_CASE("an empty message is no journal message, an empty batch is", "[journal_codec]") {
  CHECK_FALSE(decode_journal(""));
  CHECK_FALSE(decode_journal("{\"event\":\"update\"}"));
  CHECK(std::get<journal_batch>(decode_journal(encode(journal_batch{})).value()).empty());
}

TEST_CASE("fields of a later version are skipped", "[journal_codec]") {
  auto entry = two_updates();
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(99, 7);
  entry.mutable_batch()->GetReflection()->MutableUnknownFields(entry.mutable_batch())->AddLengthDelimited(98, "new");
  CHECK(std::get<journal_batch>(decode_journal(entry.SerializeAsString()).value()) == a_linger_of(2));
}

TEST_CASE("no bytes make the journal decoder fail, nor give values outside their ranges", "[journal_codec]") {
  holds(10'000, [] {
    const auto bytes = any_flag() ? any_bytes(100) : spoiled(encode(any_batch()), all_bytes());
    const auto got = decode_journal(bytes);
    if (!got || std::holds_alternative<close_mark>(*got))
      return;
    for (const auto& u : std::get<journal_batch>(*got)) {
      RC_ASSERT(u.second.value() >= 1);
      RC_ASSERT(u.device_timestamp >= unix_ms{});
      RC_ASSERT(u.device_timestamp <= max_device_timestamp);
      RC_ASSERT(u.measured.cadence <= max_cadence);
      RC_ASSERT(u.measured.resistance <= max_resistance);
      RC_ASSERT(u.name.empty() || valid_name(u.name));
    }
  });
}

} // namespace alleycat

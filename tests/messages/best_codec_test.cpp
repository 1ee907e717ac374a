#include "messages/best.pb.h"
#include "messages/best_codec.hpp"

#include "random_messages.hpp"

namespace alleycat {

TEST_CASE("bests come back with and without a record", "[best_codec]") {
  holds(1'000, [] {
    const auto entry = any_best();
    const auto back = decode_best(encode(entry));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == entry);
  });
}

TEST_CASE("an entry without a class, without bests or with too many does not decode", "[best_codec]") {
  const best_entry good{class_id{3}, epoch{1}, {racer_id{8}, {score{1'517'880}, score{3'035'760}}, std::nullopt}};
  v1::Best message;
  REQUIRE(message.ParseFromString(encode(good)));
  CHECK(decode_best(message.SerializeAsString()) == good);
  auto other = message;
  other.set_class_id(0);
  CHECK_FALSE(decode_best(other.SerializeAsString()));
  other = message;
  other.set_class_id(65'536);
  CHECK_FALSE(decode_best(other.SerializeAsString()));
  other = message;
  other.clear_best();
  CHECK_FALSE(decode_best(other.SerializeAsString()));
  other = message;
  while (other.best_size() < 901)
    other.add_best(1);
  CHECK_FALSE(decode_best(other.SerializeAsString()));
  CHECK_FALSE(decode_best(""));
}

TEST_CASE("no bytes make the bests decoder fail", "[best_codec]") {
  holds(5'000, [] {
    const auto bytes = any_flag() ? any_bytes(100) : spoiled(encode(any_best()), all_bytes());
    if (const auto got = decode_best(bytes)) {
      RC_ASSERT(got->cls.value() >= 1);
      RC_ASSERT(!got->bests.at.empty());
    }
  });
}

} // namespace alleycat

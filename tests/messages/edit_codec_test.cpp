#include "messages/edit.pb.h"
#include "messages/edit_codec.hpp"

#include "random_messages.hpp"

namespace alleycat {

namespace {

edit renaming() {
  edit e;
  e.kind = edit_kind::rename;
  e.racer = racer_id{4'294'967'295};
  e.name = "Zo\xc3\xab";
  e.by = "ops";
  return e;
}

edit forgetting() {
  edit e;
  e.kind = edit_kind::forget;
  e.racer = racer_id{8};
  edit former;
  former.kind = edit_kind::exclude;
  former.racer = racer_id{8};
  former.ride = {class_id{3}, race_id{5'400'172}};
  former.sequence = 12;
  former.at = at_ms(1'620'051'628'712);
  e.former = {former};
  return e;
}

} // namespace

TEST_CASE("an edit comes back, and of a forgotten rider what was corrected before", "[edit_codec]") {
  for (const auto& e : {renaming(), forgetting(), forgetting().former.front()}) {
    auto expected = e;
    expected.sequence = 0; // the stream has them
    expected.at = {};
    CHECK(decode_edit(encode(e)) == expected);
  }
}

TEST_CASE("an edit of an unknown kind, with a bad name or an earlier name of a forgotten rider does not decode",
          "[edit_codec]") {
  v1::Edit good;
  REQUIRE(good.ParseFromString(encode(renaming())));
  auto other = good;
  for (const auto kind : {0U, 6U, 257U}) {
    other.set_kind(kind);
    CHECK_FALSE(decode_edit(other.SerializeAsString()));
  }
  other = good;
  other.set_name("line\nbreak");
  CHECK_FALSE(decode_edit(other.SerializeAsString()));
  other.set_name("");
  CHECK_FALSE(decode_edit(other.SerializeAsString()));
  other = good;
  other.set_by(std::string(65, 'x'));
  CHECK_FALSE(decode_edit(other.SerializeAsString()));
  REQUIRE(other.ParseFromString(encode(forgetting())));
  other.mutable_former(0)->set_name("Adell");
  CHECK_FALSE(decode_edit(other.SerializeAsString()));
  other.mutable_former(0)->clear_name();
  other.mutable_former(0)->set_class_id(0);
  CHECK_FALSE(decode_edit(other.SerializeAsString()));
}

TEST_CASE("no bytes make the edit decoder fail", "[edit_codec]") {
  holds(5'000, [] {
    const auto bytes = any_flag() ? any_bytes(100) : spoiled(encode(forgetting()), all_bytes());
    if (const auto got = decode_edit(bytes))
      RC_ASSERT(!to_string(got->kind).empty());
  });
}

} // namespace alleycat

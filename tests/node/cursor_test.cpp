#include "node/queries/cursor.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("a cursor leads back to its row") {
  const auto best = read_table_place(cursor_text(table_place{score{4'294'967'295}, racer_id{8}}));
  REQUIRE(best);
  CHECK(best->value == score{4'294'967'295});
  CHECK(best->racer == racer_id{8});
  const history_place line{at_ms(1'620'052'230'100), {class_id{65'535}, race_id{4'294'967'295}}};
  CHECK(read_history_place(cursor_text(line)) == line);
  for (const auto* name : {"", "ada", "ada-marie 7-8", "-"}) {
    const name_book::hit_place hit{true, name, racer_id{0}};
    CHECK(read_hit_place(cursor_text(hit)) == hit);
  }
  const race_place row{0xFEDC'BA98'7654'3210U, 1'000};
  CHECK(read_race_place(cursor_text(row)) == row);
  CHECK(read_number(cursor_text(18'446'744'073'709'551'615U), UINT64_MAX) == 18'446'744'073'709'551'615U);
}

TEST_CASE("another text is no cursor") {
  for (const auto* text :
       {"", "-", "1", "1-", "-1", "1-2-3", "1-2-", "1-x", "x-1", "1 -2", "+1-2", "4294967296-1", "1-4294967296"})
    CHECK_FALSE(read_table_place(text));
  for (const auto* text : {"", "1-2", "1-2-3-4", "1-65536-3", "-1-2-3", "18446744073709551616-1-1"})
    CHECK_FALSE(read_history_place(text));
  for (const auto* text : {"", "0", "0-1", "2-1-a", "x-1-a", "0-x-a"})
    CHECK_FALSE(read_hit_place(text));
  for (const auto* text : {"", "7", "7-", "7-g", "7-0x1", "7-11111111111111111", "4294967296-1"})
    CHECK_FALSE(read_race_place(text));
  for (const auto* text : {"", "1-", "x", "-1", "256", "1x", " 1"})
    CHECK_FALSE(read_number(text, 255));
  CHECK(read_number("255", 255) == 255U);
}

#include "node/queries/kept_tables.hpp"

#include <catch2/catch.hpp>
#include <memory>

using namespace alleycat;

namespace {

std::shared_ptr<standings> a_table(std::uint64_t as_of) {
  auto table = std::make_shared<standings>();
  table->key = {class_id{3}, race_id{7}};
  table->as_of = journal_position{as_of};
  for (std::uint32_t racer = 1; racer <= 5; ++racer) {
    standing row;
    row.racer = racer_id{racer};
    row.rank = racer;
    row.total = score{1'000 - racer};
    table->rows.push_back(row);
  }
  return table;
}

} // namespace

TEST_CASE("a race's table has the same print wherever it is made, and another when a row moves") {
  const auto first = table_of(a_table(10));
  CHECK(first.rows == 5);
  CHECK(table_of(a_table(10)).print == first.print);
  CHECK(table_of(a_table(11)).print != first.print);
  const auto change = [&](auto edit) {
    const auto table = a_table(10);
    edit(*table);
    return table_of(table).print;
  };
  CHECK(change([](standings& t) { std::swap(t.rows[0], t.rows[1]); }) != first.print);
  CHECK(change([](standings& t) { t.rows[4].excluded = true; }) != first.print);
  CHECK(change([](standings& t) { t.rows.pop_back(); }) != first.print);
  CHECK(change([](standings& t) { t.key.cls = class_id{4}; }) != first.print);
  CHECK(change([](standings& t) { t.rows[2].name = "Ada"; }) == first.print);
}

TEST_CASE("a page has its rows, and says where the next one begins") {
  std::string out;
  table_of(a_table(10)).write({3, 2, "5-1"}, out);
  CHECK(out.find(R"("racers":5)") != std::string::npos);
  CHECK(out.find(R"("next":"5-1","rows":[{"rank":4,)") != std::string::npos);
  CHECK(out.find(R"({"rank":5,)") != std::string::npos);
  CHECK(out.find(R"({"rank":3,)") == std::string::npos);
  out.clear();
  table_of(a_table(10)).write({9, 2, {}}, out);
  CHECK(out.find(R"("rows":[])") != std::string::npos);
  CHECK(out.find("next") == std::string::npos);
}

TEST_CASE("tables are kept for a while after their last page, and not too many") {
  kept_tables kept;
  const kept_tables::time_point start{};
  const auto first = table_of(a_table(1));
  kept.keep(first, start);
  CHECK(kept.find(first.key, first.print, start + kept_tables::patience));
  CHECK_FALSE(kept.find(first.key, first.print + 1, start));
  // Whoever takes the cursor of one race to another is not shown the first one.
  CHECK_FALSE(kept.find({first.key.cls, race_id{8}}, first.print, start));
  kept.keep(first, start + std::chrono::seconds{20});
  CHECK(kept.find(first.key, first.print, start + std::chrono::seconds{50}));
  CHECK_FALSE(kept.find(first.key, first.print, start + std::chrono::seconds{51}));
  for (std::uint64_t i = 0; i <= kept_tables::most; ++i)
    kept.keep(table_of(a_table(100 + i)), start + std::chrono::seconds{60});
  CHECK_FALSE(kept.find(first.key, table_of(a_table(100)).print, start + std::chrono::seconds{60}));
  CHECK(kept.find(first.key, table_of(a_table(101)).print, start + std::chrono::seconds{60}));
}

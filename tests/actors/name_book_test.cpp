#include "actors/name_book.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

namespace {

/// The numbers of those found, in their order.
std::vector<std::uint32_t> found(const name_book& names, std::string_view text, std::size_t limit = 20) {
  std::vector<std::uint32_t> numbers;
  for (const auto& each : names.search(text, limit).rows)
    numbers.push_back(each.racer.value());
  return numbers;
}

void fill(name_book& names) {
  names.set(racer_id{8}, "Adell");
  names.set(racer_id{80}, "Ida J.");
  names.set(racer_id{7}, "S\xc3\xb8ren Adelsson");
  names.set(racer_id{700}, "Ida J.");
  names.set(racer_id{4294967295}, "Bo");
}

} // namespace

TEST_CASE("riders are found by the beginning of a word, whatever its case and accents") {
  name_book names;
  fill(names);
  CHECK(found(names, "ADE") == std::vector<std::uint32_t>{8, 7});
  CHECK(found(names, " soren ") == std::vector<std::uint32_t>{7});
  CHECK(found(names, "S\xc3\xb6ren") == std::vector<std::uint32_t>{7});
  CHECK(found(names, "ida") == std::vector<std::uint32_t>{80, 700});
  CHECK(found(names, "dell").empty());
}

TEST_CASE("riders are found by their number, the very one first") {
  name_book names;
  fill(names);
  CHECK(found(names, "8") == std::vector<std::uint32_t>{8, 80});
  CHECK(found(names, "7") == std::vector<std::uint32_t>{7, 700});
  CHECK(found(names, "4294967295") == std::vector<std::uint32_t>{4294967295});
}

TEST_CASE("pages of a search are the whole, also when somebody comes in between") {
  name_book names;
  fill(names);
  std::vector<std::uint32_t> all;
  std::optional<name_book::hit_place> after;
  do {
    const auto page = names.search("7", 1, after);
    for (const auto& each : page.rows)
      all.push_back(each.racer.value());
    after = page.last;
    names.set(racer_id{70}, "Aaron"); // stands before Ida by name: it was not there when its place was passed
    names.set(racer_id{71}, "Zoe");
  } while (after && all.size() < 10);
  CHECK(all == std::vector<std::uint32_t>{7, 70, 700, 71});
  CHECK(names.search("7", 0).rows.empty());
  CHECK_FALSE(names.search("7", 0).last);
}

TEST_CASE("a search says how many there are, and shows as many as it may") {
  name_book names;
  fill(names);
  const auto some_of = names.search("a", 1);
  CHECK(some_of.of == 2);
  CHECK(some_of.rows.size() == 1);
  REQUIRE(some_of.last);
  const auto rest = names.search("a", 1, some_of.last);
  CHECK(rest.of == 2);
  REQUIRE(rest.rows.size() == 1);
  CHECK(rest.rows[0].racer == racer_id{7});
  CHECK_FALSE(rest.last);
  CHECK(names.search("", 20).of == 0);
  CHECK(names.search("  ", 20).of == 0);
  CHECK(names.search("\xff", 20).of == 0);
}

TEST_CASE("a rider is found by the name they have now") {
  name_book names;
  fill(names);
  names.set(racer_id{8}, "Zoe");
  CHECK(found(names, "adell").empty());
  CHECK(found(names, "zoe") == std::vector<std::uint32_t>{8});
  CHECK(names.of(racer_id{8}) == "Zoe");
  CHECK(names.of(racer_id{9}) == "racer 9");
}

TEST_CASE("a given name shows and is found, and the own one comes back") {
  name_book names;
  fill(names);
  names.show(racer_id{8}, "Zoe");
  names.set(racer_id{8}, "Adell the Second");
  CHECK(names.of(racer_id{8}) == "Zoe");
  CHECK(found(names, "zoe") == std::vector<std::uint32_t>{8});
  CHECK(found(names, "adell").empty());
  names.show(racer_id{8}, std::nullopt);
  CHECK(names.of(racer_id{8}) == "Adell the Second");
}

TEST_CASE("who is hidden is shown by number and found by nothing; who is forgotten has no name until they send one") {
  name_book names;
  fill(names);
  names.show(racer_id{8}, std::string{});
  CHECK(names.of(racer_id{8}) == "racer 8");
  CHECK(found(names, "8") == std::vector<std::uint32_t>{80});
  names.forget(racer_id{80});
  CHECK(names.of(racer_id{80}) == "racer 80");
  CHECK_FALSE(names.knows(racer_id{80}));
  CHECK(found(names, "ida") == std::vector<std::uint32_t>{700});
  names.set(racer_id{80}, "Ida J.");
  CHECK(found(names, "ida") == std::vector<std::uint32_t>{80, 700});
}

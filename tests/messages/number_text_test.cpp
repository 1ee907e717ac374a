#include "messages/number_text.hpp"

#include <catch2/catch.hpp>

namespace alleycat::detail {

TEST_CASE("a number is read by JSON's grammar and nothing else", "[number]") {
  using form = number_text::form;
  struct row {
    const char* text;
    form expected;
  };
  const auto r = GENERATE(values<row>({
      {"0", form::integer},          {"-0", form::integer},
      {"13", form::integer},         {"13 \n", form::integer},
      {"13.0", form::fraction},      {"1e2", form::fraction},
      {"-7.5E-3", form::fraction},   {"", form::not_a_number},
      {"-", form::not_a_number},     {"01", form::not_a_number},
      {"+1", form::not_a_number},    {".5", form::not_a_number},
      {"5.", form::not_a_number},    {"1e", form::not_a_number},
      {"1e+", form::not_a_number},   {"1 2", form::not_a_number},
      {"1x", form::not_a_number},    {"0x10", form::not_a_number},
      {"NaN", form::not_a_number},   {"Infinity", form::not_a_number},
      {"1e2.5", form::not_a_number},
  }));
  CAPTURE(r.text);
  CHECK(number_text::read(r.text).what() == r.expected);
}

TEST_CASE("a number is scaled exactly, halves away from zero", "[number]") {
  struct row {
    const char* text;
    int decimals;
    std::int64_t expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {"74.2", 1, 742, "tenths as they stand"},
      {"74", 1, 740, "an integer"},
      {"74.25", 1, 743, "a half goes up"},
      {"0.35", 1, 4, "a half that a double would hold as less than one"},
      {"74.249999999999999999999999", 1, 742, "less than a half, however close"},
      {"-74.25", 1, -743, "a half goes away from zero"},
      {"-0.04", 1, 0, "less than half a unit"},
      {"7.42e1", 1, 742, "exponents count"},
      {"7420E-2", 1, 742, "negative ones too"},
      {"0.0742e3", 1, 742, "leading zeros are not significant"},
      {"1e-400", 1, 0, "far below a unit"},
      {"0.05", 1, 1, "the smallest half"},
      {"99.96", 1, 1000, "carries"},
      {"1620051628707", 0, 1'620'051'628'707, "a timestamp"},
      {"9007199254740993", 0, 9'007'199'254'740'993, "one that no double holds"},
      {"1e400", 0, number_text::bound, "too large to be of interest"},
      {"99999999999999999999", 0, number_text::bound, "the same as digits"},
      {"-1e99999999999", 0, -number_text::bound, "and downwards"},
      {"0e99999", 1, 0, "zero stays zero"},
  }));
  CAPTURE(r.text, r.why);
  CHECK(number_text::read(r.text).scaled(r.decimals) == r.expected);
}

} // namespace alleycat::detail

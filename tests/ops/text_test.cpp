#include "ops/alleycat/text.hpp"

#include <catch2/catch.hpp>
#include <clocale>

using namespace alleycat::cli;

namespace {

/// As main() does: widths are looked up in the locale.
const bool utf8_locale = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;

} // namespace

TEST_CASE("a name can neither steer a terminal nor turn its writing direction") {
  REQUIRE(utf8_locale);
  struct example {
    std::string name, shown;
    const char* because;
  };
  const std::vector<example> examples{
      {"Adell", "Adell", "nothing to take out"},
      {"Zoë 自転車", "Zoë 自転車", "letters of any language stay"},
      {"\x1b[2JAdell", "[2JAdell", "escape"},
      {"A\r\nd\tell\x7f", "Adell", "line ends, tab, delete"},
      {"Ad\xC2\x9B"
       "31mell",
       "Ad31mell", "C1: one-byte CSI"},
      {"Ad\xE2\x80\xAE"
       "ell",
       "Adell", "right-to-left override"},
      {"Ad\xE2\x81\xA6"
       "ell",
       "Adell", "isolate"},
      {"Ad\xE2\x80\xA8"
       "ell",
       "Adell", "line separator"},
      {"Ad\xFF"
       "ell",
       "Adell", "no UTF-8"},
      {"Ad\xC0\xAF"
       "ell",
       "Adell", "overlong form"},
      {"Ad\xED\xA0\x80"
       "ell",
       "Adell", "surrogate"},
      {"Adell\xE2\x82", "Adell", "cut off inside a character"},
      {std::string{"A\0dell", 6}, "Adell", "NUL"},
  };
  for (const auto& e : examples) {
    INFO(e.because);
    CHECK(printable(e.name) == e.shown);
  }
}

TEST_CASE("width is counted in columns, not in bytes") {
  REQUIRE(utf8_locale);
  CHECK(columns("") == 0);
  CHECK(columns("Adell") == 5);
  CHECK(columns("Zoë") == 3);
  CHECK(columns("Zoe\xCC\x88") == 3); // a combining mark
  CHECK(columns("自転車") == 6);
}

TEST_CASE("text that does not fit ends in an ellipsis, and a wide character is never halved") {
  REQUIRE(utf8_locale);
  CHECK(fit("Adell", 5) == "Adell");
  CHECK(fit("Adell", 4) == "Ade…");
  CHECK(fit("Adell", 1) == "…");
  CHECK(fit("Adell", 0).empty());
  CHECK(fit("自転車", 6) == "自転車");
  CHECK(fit("自転車", 5) == "自転…");
  CHECK(fit("自転車", 4) == "自…");
}

TEST_CASE("padding gives exactly the width on either side") {
  REQUIRE(utf8_locale);
  CHECK(pad("Zoë", 5, align::left) == "Zoë  ");
  CHECK(pad("Zoë", 5, align::right) == "  Zoë");
  CHECK(pad("自転車", 4, align::left) == "自… ");
}

#include "racing/folded_name.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;

TEST_CASE("names are folded: case, accents, widths, and letters that do not decompose") {
  CHECK(folded_name("Adell") == "adell");
  CHECK(folded_name("S\xc3\xb8ren \xc5\x81.") == "soren l.");
  CHECK(folded_name("Za\xc3\xaf"
                    "d") == "zaid");
  CHECK(folded_name("\xc3\x86gir") == "aegir");
  CHECK(folded_name("Stra\xc3\x9f"
                    "e") == "strasse");
  CHECK(folded_name("\xef\xbc\xa1\xef\xbd\x84") == "ad"); // full width
  CHECK(folded_name("\xe7\x8e\x8b") == "\xe7\x8e\x8b");
  CHECK(folded_name("").empty());
  CHECK(folded_name("\xff").empty());
}

TEST_CASE("a word of a name is found by its beginning") {
  CHECK(has_word("ida maria j.", "ida"));
  CHECK(has_word("ida maria j.", "mar"));
  CHECK(has_word("ida maria j.", "maria j"));
  CHECK_FALSE(has_word("ida maria j.", "aria"));
  CHECK_FALSE(has_word("ida", "idaho"));
  CHECK(has_word("aba ab", "ab"));
}

#include "print.hpp"

#include "racing/update.hpp"

#include <set>
#include <string>

namespace alleycat {

TEST_CASE("output is (cadence + 35) * (resistance + 65) / 100, exactly", "[update]") {
  struct row {
    std::uint16_t cadence, resistance; // tenths
    std::uint32_t expected;            // 0.0001
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {742, 740, 1'517'880, "74.2 rpm at 74 % is 151.788"},
      {0, 0, 227'500, "nobody pedals: 22.75, as the formula says"},
      {2500, 1000, 4'702'500, "the highest: 470.25"},
      {0, 1000, 577'500, "35 * 165 / 100"},
      {2500, 0, 1'852'500, "285 * 65 / 100"},
      {1, 0, 228'150, "a tenth of an rpm is 0.065"},
      {0, 1, 227'850, "a tenth of a percent is 0.035"},
      {333, 667, 899'511, "68.3 * 131.7 / 100 = 89.9511: all four places"},
  }));
  CAPTURE(r.why);
  CHECK(output_of({.cadence = r.cadence, .resistance = r.resistance}) == score{r.expected});
}

TEST_CASE("power and heart rate do not count", "[update]") {
  CHECK(output_of({.cadence = 742, .resistance = 740, .power = 65'535, .heart_rate = 255}) == score{1'517'880});
}

TEST_CASE("the highest possible total of the longest ride fits a score", "[update]") {
  CHECK(std::uint64_t{4'702'500} * 900 <= 0xffff'ffffU);
}

TEST_CASE("the anchor is when the ride began by the bike's own clock", "[update]") {
  CHECK(anchor_of(at_ms(1'620'051'628'707), own_second{13}) == at_ms(1'620'051'615'707));
  CHECK(anchor_of(at_ms(1'000), own_second{1}) == at_ms(0));
  CHECK(anchor_of(at_ms(0), own_second{300}) == at_ms(-300'000));
}

TEST_CASE("every refusal has a name of its own", "[update]") {
  struct row {
    refusal reason;
    const char* name;
  };
  const row contract[] = {{refusal::none, "none"},
                          {refusal::too_big, "too_big"},
                          {refusal::bad_json, "bad_json"},
                          {refusal::missing_field, "missing_field"},
                          {refusal::bad_number, "bad_number"},
                          {refusal::bad_second, "bad_second"},
                          {refusal::bad_cadence, "bad_cadence"},
                          {refusal::bad_resistance, "bad_resistance"},
                          {refusal::bad_name, "bad_name"},
                          {refusal::bad_subject, "bad_subject"},
                          {refusal::identity_mismatch, "identity_mismatch"},
                          {refusal::unknown_class, "unknown_class"},
                          {refusal::bad_race, "bad_race"},
                          {refusal::too_early, "too_early"},
                          {refusal::too_late, "too_late"},
                          {refusal::busy, "busy"},
                          {refusal::not_stored, "not_stored"},
                          {refusal::duplicate, "duplicate"},
                          {refusal::conflict, "conflict"},
                          {refusal::other_ride, "other_ride"},
                          {refusal::race_full, "race_full"},
                          {refusal::out_of_time, "out_of_time"}};
  REQUIRE(std::size(contract) == refusal_count);
  std::set<std::string_view> names;
  for (const auto& [reason, name] : contract) {
    CHECK(to_string(reason) == name);
    names.insert(to_string(reason));
  }
  CHECK(names.size() == refusal_count);
}

TEST_CASE("only what may pass by itself is worth a retry", "[update]") {
  for (std::size_t i = 0; i < refusal_count; ++i) {
    const auto r = static_cast<refusal>(i);
    CAPTURE(r);
    CHECK(worth_a_retry(r) == (r == refusal::busy || r == refusal::too_early));
  }
}

namespace {

std::string utf8(char32_t c) {
  const auto byte = [](char32_t x) { return static_cast<char>(static_cast<unsigned char>(x)); };
  if (c < 0x80)
    return {byte(c)};
  if (c < 0x800)
    return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
  if (c < 0x10000)
    return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
  return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
}

} // namespace

TEST_CASE("people's names are valid", "[update][name]") {
  struct row {
    std::string name;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {"Adell", "plain"},
      {" ", "a space is a character"},
      {"O'Neil-Smith, Jr.", "punctuation"},
      {"{\"x\":1}", "what JSON must escape is not for the name to forbid"},
      {"<b>&amp;</b>", "nor what HTML must"},
      {"J\xc3\xbcrgen", "two bytes"},
      {"\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e", "three bytes"},
      {"\xf0\x9f\x9a\xb4", "four bytes: a cyclist"},
      {"\xd7\x93\xd7\x95\xd7\x93", "right-to-left letters are letters"},
      {utf8(0x0639) + utf8(0x0644) + utf8(0x06cc) + utf8(0x200c) + utf8(0x0631) + utf8(0x0636) + utf8(0x0627),
       "Persian: Ali-Reza with a zero width non-joiner"},
      {utf8(0x0d9a) + utf8(0x0dca) + utf8(0x200d) + utf8(0x0dba), "Sinhala: a conjunct by a zero width joiner"},
      {utf8(0x1f469) + utf8(0x200d) + utf8(0x1f680), "emoji: an astronaut"},
      {utf8(0x1f3f3) + utf8(0xfe0f) + utf8(0x200d) + utf8(0x1f308), "emoji: a rainbow flag"},
      {std::string(64, 'x'), "64 bytes"},
      {std::string(60, 'x') + "\xf0\x9f\x9a\xb4", "64 bytes, the last four one character"},
      {utf8(0x7e), "last of ASCII before DEL"},
      {utf8(0xa0), "first after C1"},
      {utf8(0x061b), "before U+061C"},
      {utf8(0x061d), "after U+061C"},
      {utf8(0x200a), "before U+200B"},
      {utf8(0x2010), "after U+200F"},
      {utf8(0x2027), "before U+2028"},
      {utf8(0x202f), "after U+202E"},
      {utf8(0x205f), "before U+2060"},
      {utf8(0x206a), "after U+2069"},
      {utf8(0xd7ff), "before the surrogates"},
      {utf8(0xe000), "after the surrogates"},
      {utf8(0xfefe), "before U+FEFF"},
      {utf8(0xff00), "after U+FEFF"},
      {utf8(0x10ffff), "the last code point"},
      {utf8(0x80 + 0x20), "shortest two-byte character that is not a control"},
      {utf8(0x800), "shortest of three bytes"},
      {utf8(0x10000), "shortest of four bytes"},
  }));
  CAPTURE(r.why);
  CHECK(valid_name(r.name));
}

TEST_CASE("a name with what cannot be shown safely is refused", "[update][name]") {
  struct row {
    std::string name;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {"", "empty means not sent"},
      {std::string(65, 'x'), "65 bytes"},
      {std::string(61, 'x') + "\xf0\x9f\x9a\xb4", "65 bytes, 62 characters"},
      {std::string("a\0b", 3), "C0: NUL"},
      {"a\nb", "C0: line feed"},
      {"\t", "C0: tab"},
      {"\x1b[2J", "C0: escape sequence"},
      {"\x1f", "C0: the last"},
      {"a\x7f", "DEL"},
      {utf8(0x80), "C1: the first"},
      {utf8(0x85), "C1: next line"},
      {utf8(0x9f), "C1: the last"},
      {utf8(0x061c), "Arabic letter mark"},
      {utf8(0x200b), "zero width space"},
      {"a" + utf8(0x200d) + "b", "zero width joiner between Latin letters"},
      {utf8(0x00e9) + utf8(0x200c) + utf8(0x00e9), "zero width non-joiner between Latin letters"},
      {utf8(0x0430) + utf8(0x200d) + utf8(0x0430), "zero width joiner between Cyrillic letters"},
      {utf8(0x0639) + utf8(0x200c), "zero width non-joiner at the end"},
      {utf8(0x200c) + utf8(0x0639), "zero width non-joiner at the start"},
      {utf8(0x0639) + utf8(0x200c) + " ", "zero width non-joiner before a space"},
      {utf8(0x0639) + utf8(0x200c) + utf8(0x200d) + utf8(0x0639), "two joiners in a row"},
      {utf8(0x1f469) + utf8(0x200d) + utf8(0x202e), "zero width joiner before a direction override"},
      {utf8(0x1f469) + utf8(0x200d) + utf8(0x2028), "zero width joiner before a separator"},
      {utf8(0x200e), "left-to-right mark"},
      {utf8(0x200f), "right-to-left mark"},
      {utf8(0x2028), "line separator"},
      {utf8(0x2029), "paragraph separator"},
      {utf8(0x202a), "left-to-right embedding"},
      {"evil" + utf8(0x202e) + "txt", "right-to-left override"},
      {utf8(0x2060), "word joiner"},
      {utf8(0x2066), "left-to-right isolate"},
      {utf8(0x2069), "pop directional isolate"},
      {utf8(0xfeff), "byte order mark"},
      {"\x80", "a lone continuation byte"},
      {"J\xfcrgen", "Latin-1"},
      {"\xc3", "cut after the first byte of two"},
      {"\xe7\x8e", "cut after two bytes of three"},
      {"\xf0\x9f\x9a", "cut after three bytes of four"},
      {"\xc3(", "a letter where a continuation should be"},
      {"\xe7\x8e(", "the same in the third byte"},
      {"\xf0\x9f\x9a(", "the same in the fourth byte"},
      {"\xc0\x80", "NUL, overlong"},
      {"\xc1\xbf", "DEL, overlong"},
      {"\xc0\xaf", "a slash, overlong"},
      {"\xe0\x9f\xbf", "U+07FF in three bytes"},
      {"\xf0\x8f\xbf\xbf", "U+FFFF in four bytes"},
      {"\xed\xa0\x80", "first surrogate"},
      {"\xed\xbf\xbf", "last surrogate"},
      {"\xed\xa0\xbd\xed\xba\xb4", "a surrogate pair as UTF-8"},
      {"\xf4\x90\x80\x80", "U+110000"},
      {"\xf5\x80\x80\x80", "a first byte beyond Unicode"},
      {"\xf8\x88\x80\x80\x80", "five bytes"},
      {"\xfe", "never in UTF-8"},
      {"\xff", "never in UTF-8"},
      {std::string(63, 'x') + "\xc3", "the 64th byte begins a character that never ends"},
  }));
  CAPTURE(r.why);
  CHECK_FALSE(valid_name(r.name));
}

TEST_CASE("every code point alone is judged by its range", "[update][name]") {
  const auto in = [](char32_t c, char32_t low, char32_t high) { return c >= low && c <= high; };
  std::vector<char32_t> wrong;
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    const bool hidden = in(c, 0, 0x1f) || in(c, 0x7f, 0x9f) || c == 0x061c || in(c, 0x200b, 0x200f) ||
                        in(c, 0x2028, 0x202e) || in(c, 0x2060, 0x2069) || in(c, 0xd800, 0xdfff) || c == 0xfeff;
    if (valid_name(utf8(c)) == hidden)
      wrong.push_back(c);
  }
  CHECK(wrong.empty());
}

} // namespace alleycat

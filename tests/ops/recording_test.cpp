#include "ops/alleycat/recording.hpp"

#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/times.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace alleycat;
using namespace alleycat::cli;
using Catch::Contains;

namespace {

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return bytes;
}

/// Why it cannot be read.
template <class Read>
std::string refusal_of(Read&& read) {
  try {
    read();
  } catch (const command_failed& fault) {
    return fault.what();
  }
  return {};
}

measurement measured(std::uint16_t cadence, std::uint16_t resistance, std::uint16_t power = 0,
                     std::uint8_t heart_rate = 0) {
  return {cadence, resistance, power, heart_rate};
}

measurement powered(std::uint32_t watts, std::optional<std::uint16_t> cadence, std::uint8_t heart_rate = 0) {
  auto m = measured_by_power(watts, cadence);
  m.power = static_cast<std::uint16_t>(watts);
  m.heart_rate = heart_rate;
  return m;
}

} // namespace

TEST_CASE("a power is ridden as the output nearest to it, at the cadence that was measured where any resistance does") {
  for (std::uint32_t watts = 0; watts <= 1000; ++watts)
    for (std::uint16_t cadence = 0; cadence <= max_cadence; cadence = static_cast<std::uint16_t>(cadence + 50)) {
      const auto m = measured_by_power(watts, cadence);
      REQUIRE(m.cadence <= max_cadence);
      REQUIRE(m.resistance <= max_resistance);
      const auto wanted = std::clamp<std::int64_t>(std::int64_t{watts} * 10'000, 227'500, 4'702'500);
      const auto got = static_cast<std::int64_t>(output_of(m).value());
      // A tenth of a percent, or of a turn, is the smallest step.
      REQUIRE(std::abs(got - wanted) <= std::max(m.cadence + 350, m.resistance + 650) / 2 + 1);
      if (m.resistance != 0 && m.resistance != max_resistance)
        REQUIRE(m.cadence == cadence);
    }
  CHECK(measured_by_power(150, std::nullopt) == measured_by_power(150, 800));
  CHECK(measured_by_power(150, 900) == measured(900, 550));
  CHECK(output_of(measured_by_power(150, 900)) == score{1'500'000});
}

TEST_CASE("CSV: cadence and resistance as they stand, columns in any order, what is not known is passed over") {
  const auto read = read_csv("\xEF\xBB\xBFname,resistance,second,cadence,power,heartRate\r\n"
                             "\"Ride, \"\"R\"\"\",74,1,74.2,,\r\n"
                             "x,0,3,250,180,133\r\n"
                             "\r\n"
                             "x,,4,,,\r\n",
                             "");
  CHECK(read == recording{{1, measured(742, 740)}, {3, measured(2500, 0, 180, 133)}});
  CHECK(read_csv("ride,second,output_w,cadence_rpm,resistance_pct\n0,1,95,78,39\n", "") ==
        recording{{1, measured(780, 390, 95)}});
  CHECK(read_csv("second,watts\n5,150\n", "") == recording{{5, powered(150, std::nullopt)}});
  CHECK(read_csv("second,watts,cadence\n5,150,90\n", "") == recording{{5, powered(150, 900)}});
}

TEST_CASE("CSV with several rides wants to know which") {
  const std::string_view exported = "classId,raceId,racerId,second,cadence,resistance\n"
                                    "3,7,8,1,80,40\n3,7,9,1,81,41\n3,7,9,2,82,42\n";
  CHECK_THAT(refusal_of([&] { read_csv(exported, ""); }),
             Contains("it holds 2 rides: choose one with --ride, of 3 7 8, 3 7 9"));
  CHECK(read_csv(exported, "3 7 9") == recording{{1, measured(810, 410)}, {2, measured(820, 420)}});
  CHECK_THAT(refusal_of([&] { read_csv(exported, "3 7 1"); }), Contains("it holds no ride 3 7 1, but 3 7 8, 3 7 9"));
  CHECK(read_csv("ride,second,power\na,1,100\nb,1,200\n", "b") == recording{{1, powered(200, std::nullopt)}});
}

TEST_CASE("CSV that is no ride is refused, with the line") {
  const auto why = [](std::string_view text) { return refusal_of([&] { read_csv(text, ""); }); };
  CHECK_THAT(why(""), Contains("line 1: there is no column \"second\""));
  CHECK_THAT(why("second,cadence\n"), Contains("line 1: there are neither columns"));
  CHECK_THAT(why("second,power\n"), Contains("no second of a ride"));
  CHECK_THAT(why("second,power\n1,100\n2,fast\n"), Contains("line 3: power \"fast\" is no number in 0..65535"));
  CHECK_THAT(why("second,power\n1,-1\n"), Contains("line 2: power"));
  CHECK_THAT(why("second,power\n1,nan\n"), Contains("line 2: power"));
  CHECK_THAT(why("second,power\n0,100\n"), Contains("line 2: second \"0\""));
  CHECK_THAT(why("second,power\n1.5,100\n"), Contains("line 2: second \"1.5\""));
  CHECK_THAT(why("second,power\n90000,100\n"), Contains("line 2: second"));
  CHECK_THAT(why("second,power\n1,100\n1,101\n"), Contains("line 3: this second was there before"));
  CHECK_THAT(why("second,cadence,resistance\n1,251,0\n"), Contains("line 2: cadence \"251\" is no number in 0..250"));
  CHECK_THAT(why("second,cadence,resistance\n1,80,101\n"), Contains("line 2: resistance"));
}

namespace {

std::string tcx(std::string_view points, std::string_view start = "2021-05-03T14:20:15.000Z") {
  return "<?xml version=\"1.0\"?><TrainingCenterDatabase "
         "xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\" "
         "xmlns:ns3=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\"><Activities><Activity Sport=\"Biking\">"
         "<Lap StartTime=\"" +
         std::string{start} + "\"><Track>" + std::string{points} +
         "</Track></Lap></Activity></Activities></TrainingCenterDatabase>";
}

std::string point(std::string_view time, std::string_view rest) {
  return "<Trackpoint><Time>" + std::string{time} + "</Time>" + std::string{rest} + "</Trackpoint>";
}

} // namespace

TEST_CASE("TCX: power with cadence and heart rate, whatever the prefixes, each point at its second behind the start") {
  const auto read = read_tcx(tcx(
      point("2021-05-03T14:20:16Z", "<HeartRateBpm><Value>133</Value></HeartRateBpm><Cadence>90</Cadence><Extensions>"
                                    "<ns3:TPX><ns3:Watts>150</ns3:Watts></ns3:TPX></Extensions>") +
      point("2021-05-03T14:20:17Z", "<Cadence>90</Cadence>") +
      point("2021-05-03T16:20:18.400+02:00", "<Extensions><TPX><Watts> 200 </Watts></TPX></Extensions>") +
      point("2021-05-03T14:20:18.450Z", "<Extensions><TPX><Watts>999</Watts></TPX></Extensions>")));
  CHECK(read == recording{{1, powered(150, 900, 133)}, {3, powered(200, std::nullopt)}});
}

TEST_CASE("TCX whose first point is at the start of the lap begins with second 1") {
  const auto watts = "<Extensions><TPX><Watts>100</Watts></TPX></Extensions>";
  const auto read = read_tcx(tcx(point("2021-05-03T14:20:15Z", watts) + point("2021-05-03T14:20:16Z", watts)));
  CHECK(read == recording{{1, powered(100, std::nullopt)}, {2, powered(100, std::nullopt)}});
}

TEST_CASE("TCX of an export has the exact cadence and resistance") {
  const auto read =
      read_tcx(tcx(point("2021-05-03T14:20:20Z", "<Cadence>74</Cadence><Extensions><TPX><Watts>152</Watts></TPX>"
                                                 "<Ride xmlns=\"urn:alleycat:ride:1\" cadence=\"74.2\" "
                                                 "resistance=\"74.0\"/></Extensions>")));
  CHECK(read == recording{{5, measured(742, 740)}});
}

TEST_CASE("TCX that is no ride is refused in words") {
  const auto why = [](const std::string& text) { return refusal_of([&] { read_tcx(text); }); };
  CHECK_THAT(why(""), Contains("it is no XML"));
  CHECK_THAT(why("<a>"), Contains("it is no XML"));
  CHECK_THAT(why("<gpx/>"), Contains("no Training Center XML"));
  CHECK_THAT(why(tcx("")), Contains("it has no power"));
  CHECK_THAT(why(tcx(point("2021-05-03T14:20:15Z", "<Cadence>90</Cadence>"))), Contains("it has no power"));
  const auto watts = [](std::string_view w) {
    return "<Extensions><TPX><Watts>" + std::string{w} + "</Watts></TPX></Extensions>";
  };
  CHECK_THAT(why(tcx(point("yesterday", watts("100")))), Contains("\"yesterday\" is no time"));
  CHECK_THAT(why(tcx(point("2021-05-03T14:20:15Z", watts("1e9")))), Contains("power \"1e9\" is no number"));
  CHECK_THAT(why(tcx(point("2021-05-05T14:20:15Z", watts("100")))), Contains("more than a day"));
  auto two = tcx(point("2021-05-03T14:20:15Z", watts("100")));
  two.insert(two.find("</Activities>"), "<Activity/>");
  CHECK_THAT(why(two), Contains("several activities"));
}

namespace {

// Written out by another program, by the FIT protocol's description, with the CRC by its table of sixteen.
const std::string little_endian =
    bytes_of("0e205c08410000002e464954fdc74000000000010001000004410000140004fd04860702840401020301020100ca9a3b9600"
             "50780101ca9a3bc8005aff0102ca9a3bffff5a790103ca9a3bfa00ff7aac78");
/// A header of 12 bytes; a developer field; times of five bits, which roll over.
const std::string big_endian =
    bytes_of("0c205c08400000002e464954620001001404fd048607028404010235010201000200023b9aca1e0096504000076100010014"
             "0207028404010201000100bf00a05109a000aa5209a100b45309afd6");
/// The same with a header whose own CRC is left out.
const std::string without_header_crc =
    bytes_of("0e205c08400000002e4649540000620001001404fd048607028404010235010201000200023b9aca1e009650400007610001"
             "00140207028404010201000100bf00a05109a000aa5209a100b45309818b");

} // namespace

TEST_CASE("FIT: power, cadence and heart rate of the records; values that are not there are none") {
  CHECK(read_fit(little_endian) ==
        recording{{1, powered(150, 800, 120)}, {2, powered(200, 900)}, {4, powered(250, std::nullopt, 122)}});
}

TEST_CASE("FIT: big endian, fractions of a cadence, developer fields and compressed times") {
  const recording expected{
      {1, powered(150, 805)}, {2, powered(160, 810)}, {3, powered(170, 820)}, {4, powered(180, 830)}};
  CHECK(read_fit(big_endian) == expected);
  CHECK(read_fit(without_header_crc) == expected);
}

TEST_CASE("FIT files that stand one behind the other are one ride") {
  const auto both = read_fit(little_endian + big_endian);
  CHECK(both.size() == 7);
  CHECK(both.at(1) == powered(150, 800, 120));
  CHECK(both.at(1 + (1'000'000'000U | 31U) - 1 - 1'000'000'000U) == powered(150, 805));
}

TEST_CASE("FIT that is cut off anywhere, or has a wrong bit anywhere, is refused") {
  for (const auto& whole : {little_endian, big_endian, without_header_crc}) {
    for (std::size_t length = 0; length < whole.size(); ++length)
      CHECK(refusal_of([&] { read_fit(whole.substr(0, length)); }) != "");
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      auto damaged = whole;
      damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << bit % 8));
      CHECK(refusal_of([&] { read_fit(damaged); }) != "");
    }
  }
  CHECK_THAT(refusal_of([] { read_fit("PK\x03\x04 something else"); }), Contains("it is no FIT file"));
  CHECK_THAT(refusal_of([] { read_fit(little_endian + "x"); }), Contains("it is no FIT file"));
  CHECK_THAT(refusal_of([] { read_fit(little_endian.substr(0, 60)); }), Contains("it is cut off"));
}

TEST_CASE("times of recordings, in UTC") {
  CHECK(time_of("2021-05-03T14:20:15.707Z") == at_ms(1620051615707));
  CHECK(time_of("2021-05-03T16:20:15.7+02:00") == at_ms(1620051615700));
  CHECK(time_of("2021-05-03T14:20:15-00:30") == at_ms(1620053415000));
  CHECK(time_of("2021-05-03T14") == at_ms(1620050400000));
  CHECK(time_of("2021-05-03") == at_ms(1620000000000));
  CHECK(timestamp_text(at_ms(1620051615707)) == "2021-05-03T14:20:15.707Z");
  for (const char* text :
       {"", "2021", "2021-13-01", "2021-02-29", "2021-05-03T24", "2021-05-03T14:60:00", "2021-05-03T14:20:15.",
        "2021-05-03T14:20:15.7+2", "2021-05-03 14:20", "1969-12-31", "2021-05-03T14:20:15Zz"})
    CHECK(refusal_of([&] { time_of(text); }) != "");
}

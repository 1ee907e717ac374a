#include "simulator/replay.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sstream>

using namespace alleycat;
using namespace alleycat::sim;

namespace {

const std::string header = "ride,second,output_w,cadence_rpm,resistance_pct\n";

std::string ride(int number, int first, int last) {
  std::string rows;
  for (int second = first; second <= last; ++second) {
    rows += fmt::format("{},{},100,{},{}\n", number, second, 60 + second, second % 100);
  }
  return rows;
}

std::vector<replay_window> read(const std::string& csv, std::uint32_t seconds) {
  std::istringstream in{csv};
  return read_replay(in, seconds);
}

std::string fault_of(const std::string& csv) {
  try {
    read(csv, 2);
  } catch (const std::runtime_error& fault) {
    return fault.what();
  }
  return {};
}

} // namespace

TEST_CASE("each whole window of a ride is a rider with the bike's own values") {
  const auto windows = read(header + ride(4, 1, 7), 3);
  REQUIRE(windows.size() == 2);
  CHECK(windows[0].ride == 4);
  CHECK(windows[0].first_second == 1);
  CHECK(windows[1].first_second == 4);
  REQUIRE(windows[1].measured.size() == 3);
  CHECK(windows[1].measured[0] == measurement{.cadence = 640, .resistance = 40});
  CHECK(windows[1].measured[2] == measurement{.cadence = 660, .resistance = 60});
}

TEST_CASE("a window with a missing second is no rider, the next one is") {
  const auto windows = read(header + ride(0, 1, 2) + ride(0, 4, 6), 3);
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].first_second == 4);
}

TEST_CASE("rides keep the order of the file and do not mix") {
  const auto windows = read(header + ride(9, 1, 3) + ride(2, 1, 4) + ride(9, 4, 4), 2);
  REQUIRE(windows.size() == 4);
  CHECK(windows[0].ride == 9);
  CHECK(windows[1].ride == 9);
  CHECK(windows[2].ride == 2);
  CHECK(windows[3].ride == 2);
}

TEST_CASE("columns are found by name, decimals are rounded to tenths, and line ends of Windows are fine") {
  const auto windows = read("resistance_pct,x,second,cadence_rpm,ride\r\n39.96,?,1,77.04,0\r\n", 1);
  REQUIRE(windows.size() == 1);
  CHECK(windows[0].measured[0] == measurement{.cadence = 770, .resistance = 400});
}

TEST_CASE("what is wrong in a file is said with its line") {
  CHECK(fault_of("") == "line 1: the file is empty");
  CHECK(fault_of("ride,second\n") == "line 1: there is no column 'cadence_rpm'");
  CHECK(fault_of(header + "0,1,95,78,39\n0,2,95,fast,39\n") == "line 3: 'fast' is not a number in 0..250");
  CHECK(fault_of(header + "0,1,95,251,39\n") == "line 2: '251' is not a number in 0..250");
  CHECK(fault_of(header + "0,1,95,78\n") == "line 2: '' is not a number in 0..100");
  CHECK(fault_of(header + "0,0,95,78,39\n") == "line 2: '0' is not a number in 1..1000000");
  CHECK(fault_of(header + "0,1,95,nan,39\n") == "line 2: 'nan' is not a number in 0..250");
}

TEST_CASE("a replay without a single whole window is an error") {
  CHECK_THROWS_WITH(read_replay_file("/nowhere.csv", 300), "/nowhere.csv: cannot be read");
}

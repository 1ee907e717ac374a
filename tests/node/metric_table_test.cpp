#include "node/telemetry/metric_table.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

using namespace alleycat;

namespace {

constexpr auto metrics_page_file = ALLEYCAT_DOCS "/metrics.md";

} // namespace

TEST_CASE("docs/metrics.md says what the table says") {
  std::ifstream in{metrics_page_file};
  const std::string written{std::istreambuf_iterator<char>{in}, {}};
  CHECK(written == describe_metrics());
}

TEST_CASE("write docs/metrics.md", "[.][write-docs]") {
  std::ofstream{metrics_page_file} << describe_metrics();
}

TEST_CASE("metrics are named as Prometheus wants it") {
  const std::regex name{"(alleycat|caf|process)_[a-z_]+"};
  const std::set<std::string> never{"racer", "racerid", "race", "raceid", "rider"};
  std::set<std::string_view> names;
  for (const auto& row : metric_table) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(std::regex_match(std::string{row.name}, name));
    CHECK(row.name.ends_with("_total") == (row.kind == metric_kind::counter));
    CHECK((row.kind != metric_kind::histogram || row.name.ends_with("_seconds")));
    CHECK(row.name.ends_with("_bytes") == (row.unit == "bytes" && row.kind != metric_kind::counter));
    CHECK(row.help.ends_with('.'));
    CHECK(row.help.find('\n') == std::string_view::npos);
    std::istringstream labels{std::string{row.labels}};
    std::string last;
    for (std::string label; labels >> label;) {
      CHECK(last < label);
      CHECK_FALSE(never.contains(label));
      last = label;
    }
  }
}

#include "node/telemetry/metrics_text.hpp"
#include "node/telemetry/version.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

using namespace alleycat;

namespace {

/// Sample with its labels, as written, to value.
std::map<std::string, double> samples(const std::string& page) {
  std::map<std::string, double> found;
  std::istringstream lines{page};
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#'))
      found.emplace(line.substr(0, line.rfind(' ')), std::stod(line.substr(line.rfind(' ') + 1)));
  return found;
}

constexpr metric_row updates{"", "alleycat_updates_total", metric_kind::counter, "class", "", "Updates."};
constexpr metric_row races{"", "alleycat_races_open", metric_kind::gauge, "class", "", "Open races."};
constexpr metric_row lag{"", "alleycat_lag_seconds", metric_kind::histogram, "", "", "Lag."};
constexpr metric_row nodes{"", "alleycat_nodes", metric_kind::gauge, "", "", "Nodes."};

} // namespace

TEST_CASE("a scrape shows the number of that moment") {
  std::atomic<std::uint64_t> accepted{3};
  metrics_page page;
  page.add([&](collector& into) { into.add(updates, static_cast<double>(accepted.load()), {{"class", "1"}}); });
  CHECK(samples(page.text()).at(R"(alleycat_updates_total{class="1"})") == 3);
  accepted = 5;
  CHECK(samples(page.text()).at(R"(alleycat_updates_total{class="1"})") == 5);
}

TEST_CASE("samples of one metric from several sources stand together under one head") {
  metrics_page page;
  for (const std::string cls : {"1", "2"})
    page.add([cls](collector& into) { into.add(races, 4, {{"class", cls}}); });
  const auto text = page.text();
  CHECK_THAT(text, Catch::Contains("# HELP alleycat_races_open Open races.\n"
                                   "# TYPE alleycat_races_open gauge\n"
                                   "alleycat_races_open{class=\"1\"} 4\n"
                                   "alleycat_races_open{class=\"2\"} 4\n"));
}

TEST_CASE("a histogram is written in cumulative buckets") {
  collector into;
  const std::array bounds{0.1, 0.5};
  const std::array<std::uint64_t, 3> counts{2, 3, 4};
  into.histogram(lag, bounds, counts, 7.5);
  const auto found = samples(into.text());
  CHECK(found.at(R"(alleycat_lag_seconds_bucket{le="0.1"})") == 2);
  CHECK(found.at(R"(alleycat_lag_seconds_bucket{le="0.5"})") == 5);
  CHECK(found.at(R"(alleycat_lag_seconds_bucket{le="+Inf"})") == 9);
  CHECK(found.at("alleycat_lag_seconds_count") == 9);
  CHECK(found.at("alleycat_lag_seconds_sum") == 7.5);
}

TEST_CASE("a label's value is escaped") {
  collector into;
  into.add(races, 1, {{"class", "a\"b\\c\nd"}});
  CHECK_THAT(into.text(), Catch::Contains(R"(alleycat_races_open{class="a\"b\\c\nd"} 1)"));
}

TEST_CASE("a sample that is not what the table says is our bug") {
  collector into;
  const std::array bounds{0.5, 0.1};
  const std::array<std::uint64_t, 3> counts{};
  into.add(nodes, 1);
  CHECK_THROWS_AS(into.add(nodes, 2), std::logic_error);
  CHECK_THROWS_AS(into.add(nodes, 1, {{"class", "1"}}), std::logic_error);
  CHECK_THROWS_AS(into.add(races, 1), std::logic_error);
  CHECK_THROWS_AS(into.add(races, 1, {{"classes", "1"}}), std::logic_error);
  CHECK_THROWS_AS(into.add(lag, 1), std::logic_error);
  CHECK_THROWS_AS(into.histogram(nodes, {}, std::array<std::uint64_t, 1>{}, 0), std::logic_error);
  CHECK_THROWS_AS(into.histogram(lag, bounds, counts, 0), std::logic_error);
}

TEST_CASE("a source that fails does not take the page with it") {
  metrics_page page;
  page.add([](collector&) { throw std::runtime_error{"gone"}; });
  page.add([](collector& into) { into.add(nodes, 3); });
  const auto found = samples(page.text());
  CHECK(found.at("alleycat_nodes") == 3);
  CHECK(found.at("alleycat_metrics_failures_total") == 1);
  CHECK(samples(page.text()).at("alleycat_metrics_failures_total") == 2);
}

TEST_CASE("every process tells its CPU time, memory, files and start") {
  metrics_page page;
  const auto found = samples(page.text());
  CHECK(found.at("process_cpu_seconds_total") >= 0);
  CHECK(found.at("process_resident_memory_bytes") > 1e5);
  CHECK(found.at("process_virtual_memory_bytes") > found.at("process_resident_memory_bytes"));
  CHECK(found.at("process_threads") >= 1);
  CHECK(found.at("process_max_fds") >= found.at("process_open_fds"));
  const auto age = static_cast<double>(time(nullptr)) - found.at("process_start_time_seconds");
  CHECK(age >= -2);
  CHECK(age < 86'400);
}

TEST_CASE("an opened file is seen in the number of open files") {
  metrics_page page;
  const auto before = samples(page.text()).at("process_open_fds");
  const int fd = dup(0);
  REQUIRE(fd >= 0);
  CHECK(samples(page.text()).at("process_open_fds") == before + 1);
  close(fd);
}

TEST_CASE("the build is named in a metric of value 1") {
  metrics_page page;
  const auto text = page.text();
  const auto& made_of = versions();
  CHECK_THAT(text, Catch::Contains("alleycat_build_info{caf=\"" + std::string{made_of.caf} + "\",lmdb=\"" +
                                   std::string{made_of.lmdb} + "\",nats=\"" + std::string{made_of.nats_c} +
                                   "\",revision=\"" + std::string{made_of.commit} + "\",version=\"" +
                                   std::string{made_of.alleycat} + "\"} 1\n"));
}

TEST_CASE("every metric has a head of help and type, and stands once") {
  metrics_page page;
  std::set<std::string> heads, types;
  std::istringstream lines{page.text()};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string first, kind, name;
    words >> first >> kind >> name;
    if (kind == "HELP")
      CHECK(heads.insert(name).second);
    else if (kind == "TYPE")
      CHECK(types.insert(name).second);
    else
      CHECK(heads.contains(line.substr(0, line.find_first_of("{ "))));
  }
  CHECK(heads == types);
}

/// All schedules of a small cluster that leave the plain way at most so many times.
#include "tests/cluster/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <set>

using namespace alleycat;
using namespace alleycat::testing;
using namespace std::chrono_literals;

namespace {

struct search {
  scenario plan;
  std::set<about> kinds; ///< of choices that may leave the plain way
  int depth = 0;         ///< how many choices of one schedule may
  int schedules = 0;

  void from(const std::map<std::size_t, int>& leave) {
    listed_choices by{leave};
    world cluster{by, plan};
    cluster.run();
    ++schedules;
    if (!cluster.broken().empty()) {
      std::string list;
      for (const auto& [at, way] : leave)
        list += " choice " + std::to_string(at) + " way " + std::to_string(way);
      INFO("left the plain way at" << list << '\n' << cluster.story());
      FAIL(cluster.broken().front());
    }
    if (static_cast<int>(leave.size()) == depth)
      return;
    const auto& points = by.points();
    for (auto at = leave.empty() ? 0 : leave.rbegin()->first + 1; at < points.size(); ++at) {
      if (!kinds.contains(points[at].what))
        continue;
      for (int way = 1; way < points[at].ways; ++way) {
        auto more = leave;
        more.emplace(at, way);
        from(more);
      }
    }
  }

  void report(const char* what) {
    from({});
    std::cout << what << ": " << schedules << " schedules\n";
    CHECK(schedules > 100);
  }
};

scenario small() {
  scenario plan;
  plan.nodes = 2;
  plan.classes = 1;
  plan.clocks_differ = false;
  plan.quiet_for = 15s;
  return plan;
}

} // namespace

TEST_CASE("every way for the requests and news of two nodes' first claims, three of them in trouble at a time") {
  search all;
  all.plan = small();
  all.plan.faults_for = 3s;
  all.kinds = {about::claim_call, about::claim_news};
  all.depth = 3;
  all.report("claims of two nodes, up to 3 deviations");
}

TEST_CASE("every single fault of nodes and bucket together with every single trouble of a claim") {
  search all;
  all.plan = small();
  all.plan.faults_for = 4s;
  all.kinds = {about::fault, about::claim_call, about::claim_news};
  all.depth = 2;
  all.report("faults and claims, up to 2 deviations");
}

TEST_CASE("every three faults of two nodes and the bucket, one each second") {
  search all;
  all.plan = small();
  all.plan.faults_for = 4s;
  all.plan.trouble_each = 1s;
  all.kinds = {about::fault};
  all.depth = 3;
  all.report("faults of two nodes, up to 3");
}

TEST_CASE("every two faults of three nodes") {
  search all;
  all.plan = small();
  all.plan.nodes = 3;
  all.plan.faults_for = 6s;
  all.plan.trouble_each = 1s;
  all.plan.quiet_for = 25s;
  all.kinds = {about::fault};
  all.depth = 2;
  all.report("faults of three nodes, up to 2");
}

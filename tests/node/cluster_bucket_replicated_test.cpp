/// The bucket on a NATS cluster of three.
#include "messages/subjects.hpp"
#include "tests/node/bucket_ear.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace std::chrono_literals;
using namespace alleycat::testing;

namespace {

struct place {
  std::int64_t replicas = 0;
  std::string leader;
};

place place_of_bucket(const std::vector<std::string>& urls) {
  const nats_connection connection{urls, "onlooker"};
  const auto js = jetstream_of(connection);
  place found;
  REQUIRE(comes_true([&] {
    jsStreamInfo* info = nullptr;
    if (js_GetStreamInfo(&info, js.get(), std::string{cluster_stream}.c_str(), nullptr, nullptr) != NATS_OK)
      return false;
    found.replicas = info->Config->Replicas;
    if (info->Cluster != nullptr && info->Cluster->Leader != nullptr)
      found.leader = info->Cluster->Leader;
    jsStreamInfo_Destroy(info);
    return !found.leader.empty();
  }));
  return found;
}

using outcomes = std::map<std::string, creation>;

outcomes outcomes_of(const bucket_ear& ear) {
  outcomes all;
  for (const auto& each : ear.all<create_outcome>())
    all[each.key] = each.outcome;
  return all;
}

std::string claim(int number) {
  return "claim." + std::to_string(number + 1) + ".1";
}

/// What was created by whom is what stands there, for both; at most one created it.
void check_claims(const bucket_ear& one, const bucket_ear& other, int claims) {
  const auto ones = outcomes_of(one), others = outcomes_of(other);
  const auto first = one.table(), second = other.table();
  for (int i = 0; i < claims; ++i) {
    const auto key = claim(i);
    INFO(key);
    const bool by_one = ones.at(key) == creation::created, by_other = others.at(key) == creation::created;
    REQUIRE_FALSE((by_one && by_other));
    REQUIRE(first.count(key) == second.count(key));
    if (by_one || by_other) {
      REQUIRE(first.count(key) == 1);
      REQUIRE(first.at(key) == (by_one ? "one" : "other"));
    }
    if (first.count(key) == 1)
      REQUIRE(second.at(key) == first.at(key));
  }
}

} // namespace

TEST_CASE("of two nodes that create the same keys at the same time on three servers one wins each") {
  const temporary_folder folder;
  const auto servers = three_servers(folder);
  bucket_ear one{servers[0].url()}, other{servers[1].url()};
  REQUIRE(one.has_read(1));
  REQUIRE(other.has_read(1));
  CHECK(place_of_bucket({servers[2].url()}).replicas == 3);
  constexpr int claims = 500;
  for (int i = 0; i < claims; ++i) {
    one.bucket.create(claim(i), "one");
    other.bucket.create(claim(i), "other");
  }
  REQUIRE(comes_true([&] { return outcomes_of(one).size() == claims && outcomes_of(other).size() == claims; }));
  one.bucket.read_all(1);
  other.bucket.read_all(1);
  REQUIRE(one.has_read(2));
  REQUIRE(other.has_read(2));
  check_claims(one, other, claims);
}

TEST_CASE("no key is created twice and none is lost while the server that leads the bucket is killed") {
  const temporary_folder folder;
  auto servers = three_servers(folder);
  const std::vector<std::string> urls{servers[0].url(), servers[1].url(), servers[2].url()};
  bucket_ear one{urls}, other{urls};
  REQUIRE(one.has_read(1));
  REQUIRE(other.has_read(1));
  const auto leader = place_of_bucket(urls).leader;
  const auto led =
      std::find_if(servers.begin(), servers.end(), [&](const nats_server& each) { return each.name() == leader; });
  REQUIRE(led != servers.end());

  // Until there was trouble and then again none.
  constexpr int after = 50;
  int claims = 0;
  const auto outcome = [&](bucket_ear& ear) { return outcomes_of(ear).count(claim(claims)) == 1; };
  const auto both_claim = [&] {
    one.bucket.create(claim(claims), "one");
    other.bucket.create(claim(claims), "other");
    REQUIRE(comes_true([&] { return outcome(one) && outcome(other); }));
    return outcomes_of(one).at(claim(claims++)) == creation::created;
  };
  for (int i = 0; i < after; ++i)
    both_claim();
  led->kill();
  int in_a_row = 0;
  REQUIRE(comes_true([&] {
    const auto key = claim(claims);
    both_claim();
    const bool known = outcomes_of(one).at(key) != creation::unknown && outcomes_of(other).at(key) != creation::unknown;
    in_a_row = known ? in_a_row + 1 : 0;
    return in_a_row >= after;
  }));
  led->start();
  CHECK(place_of_bucket(urls).replicas == 3);
  const auto readings = std::pair{one.bucket.readings(), other.bucket.readings()};
  one.bucket.read_all(1);
  other.bucket.read_all(1);
  REQUIRE(one.has_read(readings.first + 1));
  REQUIRE(other.has_read(readings.second + 1));
  // A creation without an answer may have come between the two readings: the watches tell it to both.
  REQUIRE(comes_true([&] { return one.table() == other.table(); }));
  check_claims(one, other, claims);
  CHECK(one.bucket.losses() == 0);
  CHECK(other.bucket.losses() == 0);
}

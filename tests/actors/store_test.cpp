#include "actors/store.hpp"
#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alleycat;
using namespace alleycat::test;

namespace {

/// Fails in the way it is told; keeps nothing.
struct faulty_records : record_store {
  std::function<void()> fail;
  bool apply(const closed_race&, scoring, bool) override {
    fail();
    return true;
  }
  bool apply_rides(const std::vector<ride_record>&, scoring) override { return true; }
  void merge_bests(class_id, const std::vector<racer_bests>&) override {}
  std::vector<race_key> unannounced(class_id) override { return {}; }
  std::vector<racer_bests> unannounced_bests_of(race_key) override { return {}; }
  void announced(race_key) override {}
  stream_cursor cursor_of(record_stream) override { return {}; }
  void store_cursor(record_stream, const stream_cursor&) override {}
  std::optional<journal_stamp> applied(race_key) override {
    fail();
    return std::nullopt;
  }
  void each_bests(class_id, const std::function<void(const racer_bests&)>&) override { fail(); }
  void each_name(const std::function<void(racer_id, const std::string&)>&) override {}
  std::vector<race_summary> races(class_id, std::optional<race_id>, std::size_t) override { return {}; }
  std::optional<race_result> result(race_key) override { return std::nullopt; }
  void each_result(class_id, race_id, const std::function<void(const race_result&)>&) override {}
  std::vector<ride_record> rides(race_key) override { return {}; }
  std::optional<ride_record> ride(race_key, racer_id) override { return std::nullopt; }
  std::vector<ride_summary> rides_of(racer_id, std::size_t, const std::optional<history_place>&) override { return {}; }
  std::optional<racer_bests> bests_of(class_id, racer_id) override { return std::nullopt; }
  edit_effect apply_edit(const edit&, const stream_cursor&, const corrections&, const race_rules&) override {
    return {};
  }
  std::vector<race_key> results_to_clean(std::size_t) override { return {}; }
  std::vector<edit> riders_to_clean(std::size_t) override { return {}; }
  void cleaned(race_key) override {}
  void cleaned(const edit&) override {}
  void each_edit(const std::function<void(const edit&)>&) override {}
  std::vector<edit> edits(std::optional<std::uint64_t>, std::size_t, std::optional<racer_id>) override { return {}; }
  std::uint64_t count_start(std::uint64_t) override { return 1; }
  old_race_search find_old(unix_ms, race_key, std::size_t) override { return {}; }
  void remove_old(const old_race&) override {}
  usage map_usage() override { return {}; }
};

struct store_stage : stage {
  store_stage() { actor = keep(system().spawn(store, &context, static_cast<record_store*>(&records))); }
  bool ended() const { return std::count(log.events.begin(), log.events.end(), "store.failed") != 0; }

  faulty_records records;
  store_actor actor;
};

} // namespace

TEST_CASE("a full disk is answered with an error, and the next call is tried") {
  store_stage s;
  s.records.fail = [] { throw store_error{"no room"}; };
  const auto refused = s.ask<merge_result>(s.actor, apply_closed{std::make_shared<closed_race>(), scoring::total});
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == ec::store_failed);
  CHECK_FALSE(s.ended());
  CHECK(s.counts.store_errors.value() == 1);
  s.records.fail = [] {};
  CHECK(s.ask<merge_result>(s.actor, apply_closed{std::make_shared<closed_race>(), scoring::total}));
}

TEST_CASE("a failure that does not go away ends the process, whichever call meets it") {
  store_stage s;
  SECTION("a failed sync") {
    s.records.fail = [] { throw store_failed_error{"EIO"}; };
    s.ask<merge_result>(s.actor, apply_closed{std::make_shared<closed_race>(), scoring::total});
  }
  SECTION("a damaged value") {
    s.records.fail = [] { throw store_failed_error{"damaged"}; };
    s.ask<applied_answer>(s.actor, find_applied{the_race});
  }
  SECTION("what nobody thought of") {
    s.records.fail = [] { throw std::bad_alloc{}; };
    s.ask<class_records_ptr>(s.actor, load_class{class_id{3}});
  }
  CHECK(s.ended());
}

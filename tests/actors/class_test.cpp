#include "actors/class.hpp"
#include "tests/actors/remembered_records.hpp"
#include "tests/actors/stage.hpp"
#include "tests/actors/stand_ins.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

struct class_stage : stage {
  class_stage() { store_handle = keep(system().spawn(kept_store, records)); }
  void start() {
    actor = keep(system().spawn(class_behavior, &context, under, context.rules.classes.front(),
                                class_partners{store_handle, keep(system().spawn(current_follower)),
                                               keep(system().spawn(kept_shard, shard)),
                                               keep(system().spawn(kept_results, results))}));
    settle();
  }
  void merge(const closed_race_ptr& race) {
    caf::anon_send(actor, race);
    settle();
  }

  std::vector<leaderboard_row> board() {
    const auto page = ask<leaderboard_answer>(actor, get_leaderboard{{0, 100, std::nullopt}});
    return page ? page->rows : std::vector<leaderboard_row>{};
  }

  void correct(const edit& e) {
    caf::anon_send(actor, edited{std::make_shared<const edit>(e)});
    settle();
  }

  /// A ride of ten equal seconds.
  closed_race_ptr closed(std::uint32_t racer, std::uint16_t cadence, std::uint32_t race = the_race.race.value()) {
    auto result = std::make_shared<closed_race>();
    const race_key key{the_race.cls, race_id{race}};
    result->result.key = key;
    ride_record ride;
    ride.key = key;
    ride.racer = racer_id{racer};
    ride.name = "racer number " + std::to_string(racer);
    ride.finished = true;
    ride.rank = 1;
    ride.seconds.assign(10, ride_second{true, {cadence, 500, 0, 0}, 1, 0});
    result->rides.push_back(ride);
    standing row;
    row.racer = ride.racer;
    result->result.rows.push_back(row);
    return result;
  }

  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  std::shared_ptr<remembered_results> results = std::make_shared<remembered_results>();
  std::shared_ptr<remembered_shard> shard = std::make_shared<remembered_shard>();
  term_ptr under = std::make_shared<term>(the_race.cls, epoch{7});
  store_actor store_handle;
  class_actor actor;
};

rank_batch rank_of(std::uint32_t racer, std::uint16_t second, std::uint32_t value) {
  return {the_race, epoch{7}, {{own_second{second}, racer_id{racer}, score{value}}}, {0}};
}

} // namespace

TEST_CASE("a class that could not load says not_ready, and loads when it can") {
  class_stage s;
  s.records->broken = true;
  s.start();
  const auto answer = s.ask<rank_answer>(s.actor, rank_of(8, 1, 1));
  REQUIRE_FALSE(answer);
  CHECK(answer.error() == ec::not_ready);
  CHECK_FALSE(s.shard->class_loaded);
  s.records->broken = false;
  s.pass(1'100ms);
  CHECK(s.ask<rank_answer>(s.actor, rank_of(8, 1, 1)));
  CHECK(s.shard->class_loaded);
}

TEST_CASE("a class knows what the store remembers") {
  class_stage s;
  s.records->bests.push_back(
      {racer_id{5}, std::vector<score>(10, score{1'000}), final_score{score{1'000}, race_id{1}, at_ms(9)}});
  s.start();
  const auto board = s.ask<leaderboard_answer>(s.actor, get_leaderboard{});
  REQUIRE(board);
  REQUIRE(board->rows.size() == 1);
  CHECK(board->rows[0].racer == racer_id{5});
  const auto ranks = s.ask<rank_answer>(s.actor, rank_of(8, 4, 900));
  REQUIRE(ranks);
  CHECK(ranks->places[0] == all_time_place{2, 2, score{}});
  CHECK(ranks->around[0].size() == 2);
  CHECK(ranks->owner_epoch == epoch{7});
}

TEST_CASE("a merged race is in the tables, on the board and in the name book") {
  class_stage s;
  s.start();
  s.merge(s.closed(8, 800));
  const auto board = s.ask<leaderboard_answer>(s.actor, get_leaderboard{});
  REQUIRE(board->rows.size() == 1);
  CHECK(board->owner_epoch == epoch{7});
  CHECK(s.ask<all_time_answer>(s.actor, get_all_time{own_second{3}, {}})->rows.size() == 1);
  CHECK(s.names.of(racer_id{8}) == "racer number 8");
  CHECK(s.publications.leaderboards == std::vector<std::size_t>{1});
  CHECK(s.publications.records == std::vector{racer_id{8}});
}

TEST_CASE("a race that comes from its close and from the follower too is merged once") {
  class_stage s;
  s.start();
  s.merge(s.closed(8, 800));
  s.merge(s.closed(8, 800));
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.size() == 1);
  CHECK(s.publications.leaderboards.size() == 1);
  CHECK(s.counts.bests_beaten.value() == 10);
}

TEST_CASE("a race that comes while the tables are being loaded is in them afterwards") {
  class_stage s;
  s.records->broken = true;
  s.start();
  s.merge(s.closed(8, 800));
  s.records->broken = false;
  s.pass(1'100ms);
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.size() == 1);
}

TEST_CASE("bests that a correction lowered are in the tables and in the changelog, with its number") {
  class_stage s;
  s.start();
  s.merge(s.closed(8, 800));
  s.merge(s.closed(9, 700));
  edit exclude;
  exclude.kind = edit_kind::exclude;
  exclude.racer = racer_id{8};
  exclude.ride = the_race;
  exclude.sequence = 5;
  s.edits.apply(exclude);
  s.records->bests = {{racer_id{8}, std::vector<score>(10, score{1}), final_score{score{1}, race_id{1}, at_ms(9)}, 5}};
  s.correct(exclude);
  const auto board = s.ask<leaderboard_answer>(s.actor, get_leaderboard{});
  REQUIRE(board->rows.size() == 2);
  CHECK(board->rows[0].racer == racer_id{9});
  CHECK(board->rows[1].record.best == score{1});
  REQUIRE(s.results->bests.size() == 1);
  CHECK(s.results->bests[0].edits == 5);
  // The ride that does not count comes once more.
  s.merge(s.closed(8, 800));
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows[1].record.best == score{1});
}

TEST_CASE("who is hidden is in no table, and comes back with what the store has") {
  class_stage s;
  s.start();
  s.merge(s.closed(8, 800));
  edit hide;
  hide.kind = edit_kind::hide;
  hide.racer = racer_id{8};
  hide.sequence = 1;
  s.edits.apply(hide);
  s.records->bests = {
      {racer_id{8}, std::vector<score>(10, score{1'000}), final_score{score{1'000}, race_id{1}, at_ms(9)}}};
  s.correct(hide);
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.empty());
  CHECK(s.ask<all_time_answer>(s.actor, get_all_time{own_second{3}, {}})->rows.empty());
  s.merge(s.closed(8, 900, the_race.race.value() + 1));
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.empty());
  auto clear = hide;
  clear.kind = edit_kind::clear;
  clear.sequence = 2;
  s.edits.apply(clear);
  s.correct(clear);
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.size() == 1);
}

TEST_CASE("a correction that comes while the tables are being loaded is in them afterwards") {
  class_stage s;
  s.records->broken = true;
  s.start();
  edit hide;
  hide.kind = edit_kind::hide;
  hide.racer = racer_id{8};
  s.records->bests = {
      {racer_id{8}, std::vector<score>(10, score{1'000}), final_score{score{1'000}, race_id{1}, at_ms(9)}}};
  s.edits.apply(hide);
  s.correct(hide);
  s.records->broken = false;
  s.pass(1'100ms);
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.empty());
}

TEST_CASE("a class that is only preloaded publishes nothing") {
  class_stage s;
  s.under = std::make_shared<term>(the_race.cls);
  s.start();
  s.merge(s.closed(8, 800));
  CHECK(s.publications.leaderboards.empty());
  CHECK(s.publications.records.empty());
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{})->rows.size() == 1);
}

TEST_CASE("a closed race is ranked by the table as it was before its merge") {
  class_stage s;
  s.start();
  s.merge(s.closed(5, 900, 99'999));
  const auto ranked = s.ask<closed_race_ptr>(s.actor, rank_closed{s.closed(8, 800)});
  REQUIRE(ranked);
  for (const auto& second : (*ranked)->rides[0].seconds)
    CHECK(second.all_time_rank == 2);
  CHECK((*ranked)->result.rows[0].all_time_rank == 2);
}

TEST_CASE("live ranks come between the portions of a merge, and what follows is done behind it") {
  class_stage s;
  s.start();
  s.merge(s.closed(1, 900));
  const auto rank_at = [&](std::uint16_t second) {
    caf::scoped_actor self{s.system()};
    auto request = self->request(s.actor, caf::infinite, rank_of(2, second, 1));
    s.scheduler().run();
    rank_t rank = 0;
    request.receive([&](const rank_answer& answer) { rank = answer.places.at(0).rank; }, [](const caf::error&) {});
    return rank;
  };
  REQUIRE(rank_at(10) == 2);

  caf::anon_send(s.actor, s.closed(3, 800));
  caf::scoped_actor self{s.system()};
  auto ranked = self->request(s.actor, caf::infinite, rank_closed{s.closed(4, 700)});
  s.scheduler().run(); // time stands still: one portion
  CHECK(rank_at(1) == 3);
  CHECK(rank_at(10) == 2);
  CHECK(s.board().size() == 1);

  s.settle();
  CHECK(rank_at(10) == 3);
  CHECK(s.board().size() == 2);
  ranked.receive(
      [](const closed_race_ptr& race) {
        for (const auto& second : race->rides.at(0).seconds)
          CHECK(second.all_time_rank == 3);
      },
      [](const caf::error&) { FAIL("not ranked"); });
}

TEST_CASE("a page can be asked for around a rider") {
  class_stage s;
  s.start();
  for (std::uint32_t racer = 1; racer <= 9; ++racer)
    s.merge(s.closed(racer, static_cast<std::uint16_t>(1'000 - racer), 100'000 + racer));
  const page_request around{.offset = 0, .limit = 3, .around = racer_id{5}};
  const auto board = s.ask<leaderboard_answer>(s.actor, get_leaderboard{around});
  REQUIRE(board->rows.size() == 3);
  CHECK(board->rows[1].racer == racer_id{5});
  CHECK(board->rows[1].rank == 5);
  const auto table = s.ask<all_time_answer>(s.actor, get_all_time{own_second{2}, around});
  REQUIRE(table->rows.size() == 3);
  CHECK(table->rows[1].racer == racer_id{5});
  const page_request stranger{.offset = 0, .limit = 3, .around = racer_id{77}};
  CHECK(s.ask<leaderboard_answer>(s.actor, get_leaderboard{stranger})->rows.empty());
}

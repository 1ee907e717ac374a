#include "compare.hpp"
#include "property.hpp"
#include "rides.hpp"

#include "racing/all_time_table.hpp"

namespace alleycat {
namespace {

constexpr own_second first{1};
constexpr own_second second{2};

racer_bests bests(std::uint32_t racer, std::vector<unsigned> thousands) {
  racer_bests out{.racer = racer_id{racer}, .at = {}, .record = {}};
  for (const auto t : thousands)
    out.at.push_back(thousand(t));
  return out;
}

all_time_table table_of(const std::vector<racer_bests>& all, std::uint32_t ride_seconds = 2) {
  all_time_table table{ride_seconds};
  for (const auto& b : all)
    table.load(b);
  table.sort();
  return table;
}

/// Bests at every second, [s - 1], by the slow way.
std::vector<naive::bests> naive_bests(const std::vector<plain_ride>& rides, scoring rule) {
  std::vector<naive::bests> out(random_ride_seconds);
  for (const auto& r : rides)
    for (std::size_t s = 1; s <= random_ride_seconds && !r.excluded; ++s)
      if (const auto value = plain_score(r, s, rule); value > 0)
        out[s - 1][r.racer] = std::max(out[s - 1][r.racer], value);
  return out;
}

/// The whole table, as rows per second.
std::vector<std::vector<naive::best>> told(const all_time_table& table) {
  std::vector<std::vector<naive::best>> out;
  for (std::uint16_t s = 1; s <= random_ride_seconds; ++s)
    out.push_back(plain(table.page(own_second{s}, 0, table.racers())));
  return out;
}

std::vector<std::vector<naive::best>> told(const std::vector<naive::bests>& bests_by_second) {
  std::vector<std::vector<naive::best>> out;
  for (const auto& at : bests_by_second)
    out.push_back(naive::table_of(at));
  return out;
}

} // namespace

TEST_CASE("a score's place counts the other racers with a higher best", "[all_time]") {
  const auto table = table_of({bests(1, {900}), bests(2, {500}), bests(3, {500}), bests(4, {400}), bests(5, {0, 700})});
  struct row {
    unsigned thousands;
    std::uint32_t self;
    all_time_place expected;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {1000, 77, {1, 5, score{0}}, "a stranger above all; racer 5 has no value at this second"},
      {900, 77, {1, 5, score{0}}, "equal to the best shares its rank"},
      {500, 77, {2, 5, score{0}}, "equal to two shares theirs"},
      {499, 77, {4, 5, score{0}}, "below the two"},
      {350, 77, {5, 5, score{0}}, "below all"},
      {400, 1, {3, 4, thousand(900)}, "the own best does not count against oneself"},
      {950, 1, {1, 4, thousand(900)}, "nor when it is beaten"},
      {450, 3, {3, 4, thousand(500)}, "the other one of a tie does count"},
      {400, 4, {4, 4, thousand(400)}, "equal to the own best"},
      {600, 5, {2, 5, score{0}}, "known, but without a value at this second: a first-timer here"},
  }));
  CAPTURE(r.why);
  CHECK(table.place(first, thousand(r.thousands), racer_id{r.self}) == r.expected);
}

TEST_CASE("in an empty table everybody is first of one", "[all_time]") {
  const all_time_table table{2};
  CHECK(table.racers() == 0);
  CHECK(table.ranked(first) == 0);
  CHECK(table.place(first, thousand(500), racer_id{8}) == all_time_place{1, 1, score{0}});
  CHECK(table.page(first, 0, 10).empty());
  CHECK(table.bests_of(racer_id{8}).empty());
  CHECK(table.neighbours(first, thousand(500), racer_id{8}, 3, 5) ==
        std::vector<best_row>{{1, racer_id{8}, thousand(500)}});
}

TEST_CASE("a second that nobody reached has no rows", "[all_time]") {
  const auto table = table_of({bests(1, {900}), bests(2, {800})});
  CHECK(table.racers() == 2);
  CHECK(table.ranked(first) == 2);
  CHECK(table.ranked(second) == 0);
  CHECK(table.page(second, 0, 10).empty());
  CHECK(table.bests_of(racer_id{2}) == std::vector<score>{thousand(800), score{0}});
}

TEST_CASE("a page tells ranks as the whole table does, also inside a tie", "[all_time]") {
  const auto table = table_of({bests(9, {500}), bests(7, {500}), bests(8, {500}), bests(1, {900}), bests(2, {400})});
  const auto whole = table.page(first, 0, 100);
  CHECK(whole == std::vector<best_row>{{1, racer_id{1}, thousand(900)},
                                       {2, racer_id{7}, thousand(500)},
                                       {2, racer_id{8}, thousand(500)},
                                       {2, racer_id{9}, thousand(500)},
                                       {5, racer_id{2}, thousand(400)}});
  for (std::size_t from = 0; from <= 6; ++from)
    for (std::size_t count = 0; count <= 6; ++count) {
      CAPTURE(from, count);
      const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(std::min(from, whole.size()));
      const auto end = whole.begin() + static_cast<std::ptrdiff_t>(std::min(from + count, whole.size()));
      CHECK(table.page(first, from, count) == std::vector<best_row>(begin, end));
    }
}

TEST_CASE("a page behind a place begins after it, whether or not somebody stands there", "[all_time]") {
  const auto table = table_of({bests(7, {500}), bests(8, {500}), bests(9, {300}), bests(3, {700})});
  CHECK(table.up_to(first, thousand(800), racer_id{1}) == 0);
  CHECK(table.up_to(first, thousand(700), racer_id{3}) == 1);
  CHECK(table.up_to(first, thousand(500), racer_id{6}) == 1);
  CHECK(table.up_to(first, thousand(500), racer_id{7}) == 2);
  CHECK(table.up_to(first, thousand(500), racer_id{4'294'967'295}) == 3);
  CHECK(table.up_to(first, thousand(400), racer_id{7}) == 3);
  CHECK(table.up_to(first, thousand(300), racer_id{9}) == 4);
  CHECK(table.up_to(first, score{0}, racer_id{0}) == 4);
  CHECK(table.up_to(second, thousand(500), racer_id{7}) == 0);
}

TEST_CASE("the own row shows the current value, even below the own best", "[all_time]") {
  const auto table = table_of({bests(1, {900}), bests(2, {800}), bests(3, {700}), bests(4, {600})});
  CHECK(table.neighbours(first, thousand(650), racer_id{1}, 0, 1) ==
        std::vector<best_row>{
            {2, racer_id{3}, thousand(700)}, {3, racer_id{1}, thousand(650)}, {4, racer_id{4}, thousand(600)}});
}

TEST_CASE("top and neighbours do not repeat a row", "[all_time]") {
  std::vector<racer_bests> all;
  for (std::uint32_t racer = 1; racer <= 20; ++racer)
    all.push_back(bests(racer, {1000 - racer * 10}));
  const auto table = table_of(all);
  const auto racers = [&](unsigned thousands) {
    std::vector<std::uint32_t> out;
    for (const auto& row : table.neighbours(first, thousand(thousands), racer_id{77}, 3, 2))
      out.push_back(row.racer.value());
    return out;
  };
  CHECK(racers(1000) == std::vector<std::uint32_t>{77, 1, 2});
  CHECK(racers(985) == std::vector<std::uint32_t>{1, 77, 2, 3});
  CHECK(racers(955) == std::vector<std::uint32_t>{1, 2, 3, 4, 77, 5, 6});
  CHECK(racers(905) == std::vector<std::uint32_t>{1, 2, 3, 8, 9, 77, 10, 11});
  CHECK(racers(400) == std::vector<std::uint32_t>{1, 2, 3, 19, 20, 77});
}

TEST_CASE("first-timers appear with their first closed ride, finished or not", "[all_time]") {
  auto table = table_of({bests(1, {900, 1800})});
  const auto rides = records_of({{.race = 1, .racer = 2, .thousands = {500}, .finished = false}});
  CHECK(table.merge(rides, scoring::total) == 1);
  CHECK(table.racers() == 2);
  CHECK(table.ranked(first) == 2);
  CHECK(table.ranked(second) == 1);
  CHECK(table.bests_of(racer_id{2}) == std::vector<score>{thousand(500), score{0}});
}

TEST_CASE("a best is beaten second by second, not ride by ride", "[all_time]") {
  auto table = table_of({bests(1, {500, 1300})});
  CHECK(table.merge(records_of({{.race = 1, .racer = 1, .thousands = {600, 600}}}), scoring::total) == 1);
  CHECK(table.bests_of(racer_id{1}) == std::vector<score>{thousand(600), thousand(1300)});
}

TEST_CASE("a class that scores by output keeps nothing for a missing second", "[all_time]") {
  all_time_table table{3};
  CHECK(table.merge(records_of({{.race = 1, .racer = 1, .thousands = {500, 0, 600}}}), scoring::output) == 2);
  CHECK(table.bests_of(racer_id{1}) == std::vector<score>{thousand(500), score{0}, thousand(600)});
  CHECK(table.ranked(second) == 0);
}

TEST_CASE("an excluded ride leaves no trace", "[all_time]") {
  all_time_table table{2};
  CHECK(table.merge(records_of({{.race = 1, .racer = 1, .thousands = {500, 600}, .excluded = true}}), scoring::total) ==
        0);
  CHECK(table.ranked(first) == 0);
  CHECK(table.place(first, thousand(400), racer_id{2}) == all_time_place{1, 1, score{0}});
}

TEST_CASE("place, page and bests agree with counting, whoever asks", "[all_time][property]") {
  holds(1500, [] {
    const auto rides = *any_rides();
    const auto rule = *rc::gen::element(scoring::total, scoring::output);
    all_time_table table{random_ride_seconds};
    table.merge(records_of(rides), rule);
    const auto expected = naive_bests(rides, rule);
    RC_ASSERT(told(table) == told(expected));
    std::vector<ranked_score> asked;
    std::vector<all_time_place> places;
    for (std::uint16_t s = 1; s <= random_ride_seconds; ++s) {
      const own_second at{s};
      const auto& bests_at = expected[s - 1U];
      RC_ASSERT(table.ranked(at) == bests_at.size());
      for (std::uint32_t self = 1; self <= 14; ++self) { // 13 and 14 never rode
        const score value{static_cast<std::uint32_t>(*rc::gen::inRange(399, 405)) * 1000U *
                          (rule == scoring::total ? s : 1U)};
        const auto place = table.place(at, value, racer_id{self});
        std::int64_t rank = 1, of = 1, own = 0;
        for (const auto& [racer, best] : bests_at) {
          if (racer == self) {
            own = best;
            continue;
          }
          ++of;
          rank += best > value.value() ? 1 : 0;
        }
        RC_ASSERT(std::int64_t{place.rank} == rank);
        RC_ASSERT(std::int64_t{place.of} == of);
        RC_ASSERT(std::int64_t{place.own_best.value()} == own);
        const auto own_bests = table.bests_of(racer_id{self});
        RC_ASSERT((own_bests.empty() ? 0 : std::int64_t{own_bests[s - 1U].value()}) == own);
        asked.push_back({at, racer_id{self}, value});
        places.push_back(place);
      }
    }
    RC_ASSERT(table.places(asked) == places);
  });
}

TEST_CASE("neighbours agree with a table made for the rider", "[all_time][property]") {
  holds(1500, [] {
    const auto rides = *any_rides();
    const auto rule = *rc::gen::element(scoring::total, scoring::output);
    all_time_table table{random_ride_seconds};
    table.merge(records_of(rides), rule);
    const auto expected = naive_bests(rides, rule);
    const auto top = *rc::gen::inRange<std::size_t>(0, 5);
    const auto around = *rc::gen::inRange<std::size_t>(0, 6);
    for (std::uint16_t s = 1; s <= random_ride_seconds; ++s)
      for (std::uint32_t self = 1; self <= 13; ++self) {
        const score value{static_cast<std::uint32_t>(*rc::gen::inRange(399, 405)) * 1000U *
                          (rule == scoring::total ? s : 1U)};
        RC_ASSERT(plain(table.neighbours(own_second{s}, value, racer_id{self}, top, around)) ==
                  naive::neighbours_of(expected[s - 1U], self, value.value(), top, around));
      }
  });
}

TEST_CASE("merging rides race by race, in any order and again, makes the same table", "[all_time][property]") {
  holds(1500, [] {
    const auto rides = *any_rides();
    const auto rule = *rc::gen::element(scoring::total, scoring::output);
    std::map<std::uint32_t, std::vector<plain_ride>> by_race;
    for (const auto& r : rides)
      by_race[r.race].push_back(r);
    std::vector<std::uint32_t> order;
    for (const auto& [race, its_rides] : by_race)
      order.push_back(race);
    std::mt19937_64 random{*any_seed()};
    std::shuffle(order.begin(), order.end(), random);

    all_time_table table{random_ride_seconds};
    std::vector<plain_ride> so_far;
    for (const auto race : order) {
      const auto before = naive_bests(so_far, rule);
      so_far.insert(so_far.end(), by_race[race].begin(), by_race[race].end());
      const auto after = naive_bests(so_far, rule);
      // A racer with several rides in one race may raise a best more than once.
      std::size_t raised = 0;
      for (std::size_t s = 0; s < after.size(); ++s)
        for (const auto& [racer, best] : after[s])
          raised += before[s].count(racer) == 0 || before[s].at(racer) < best ? 1U : 0U;
      RC_ASSERT(table.merge(records_of(by_race[race]), rule) >= raised);
      RC_ASSERT(told(table) == told(after));
      RC_ASSERT(table.merge(records_of(by_race[race]), rule) == 0U);
      RC_ASSERT(told(table) == told(after));
    }
  });
}

TEST_CASE("a merge and ranks in steps are those made in one go", "[all_time][property]") {
  holds(1500, [] {
    const auto rule = *rc::gen::element(scoring::total, scoring::output);
    const auto before = *any_rides();
    const auto rides = records_of(*any_rides());
    const auto step = *rc::gen::inRange<std::size_t>(1, random_ride_seconds + 1);
    all_time_table whole{random_ride_seconds};
    all_time_table stepwise{random_ride_seconds};
    whole.merge(records_of(before), rule);
    stepwise.merge(records_of(before), rule);

    auto ranked = rides;
    for (auto ranks = stepwise.begin_ranks(ranked, rule); !ranks.done();)
      stepwise.rank_on(ranks, ranked, step);
    for (const auto& ride : ranked) {
      const auto scores = scores_of(ride, rule);
      for (std::size_t s = 0; s < scores.size(); ++s) {
        const own_second at{static_cast<std::uint16_t>(s + 1)};
        const auto expected = scores[s].value() == 0 ? 0 : whole.place(at, scores[s], ride.racer).rank;
        RC_ASSERT(ride.seconds[s].all_time_rank == expected);
      }
    }

    auto merge = stepwise.begin_merge(rides, rule);
    while (!merge.done())
      stepwise.merge_on(merge, step);
    RC_ASSERT(merge.beaten() == whole.merge(rides, rule));
    RC_ASSERT(told(stepwise) == told(whole));
  });
}

TEST_CASE("a table loaded from its bests goes on like the one they were taken from", "[all_time][property]") {
  holds(1000, [] {
    const auto before = *any_rides();
    const auto after = *any_rides();
    all_time_table table{random_ride_seconds};
    table.merge(records_of(before), scoring::total);
    all_time_table loaded{random_ride_seconds};
    for (std::uint32_t racer = 12; racer >= 1; --racer)
      if (const auto at = table.bests_of(racer_id{racer}); !at.empty())
        loaded.load({.racer = racer_id{racer}, .at = at, .record = {}});
    loaded.sort();
    RC_ASSERT(told(loaded) == told(table));
    RC_ASSERT(loaded.merge(records_of(after), scoring::total) == table.merge(records_of(after), scoring::total));
    RC_ASSERT(told(loaded) == told(table));
  });
}

TEST_CASE("bests that become others, or none, are as if they had always been so", "[all_time]") {
  holds(1000, [] {
    const auto rides = *any_rides();
    const auto other = *any_rides();
    const racer_id racer{*rc::gen::inRange(1U, 14U)};
    all_time_table table{random_ride_seconds}, theirs{random_ride_seconds}, expected{random_ride_seconds};
    table.merge(records_of(rides), scoring::total);
    theirs.merge(records_of(other), scoring::total);
    table.replace(racer, theirs.bests_of(racer));
    auto kept = records_of(rides);
    std::erase_if(kept, [racer](const ride_record& ride) { return ride.racer == racer; });
    for (const auto& ride : records_of(other))
      if (ride.racer == racer)
        kept.push_back(ride);
    expected.merge(kept, scoring::total);
    for (std::uint16_t s = 1; s <= random_ride_seconds; ++s)
      RC_ASSERT(table.page(own_second{s}, 0, 100) == expected.page(own_second{s}, 0, 100));
  });
}

TEST_CASE("of forty thousand racers everybody has the place counting gives them", "[all_time]") {
  constexpr std::uint32_t racers = 40'000;
  all_time_table table{1};
  for (std::uint32_t i = 0; i < racers; ++i)
    table.load({.racer = racer_id{i}, .at = {score{300'000 + i * 7919 % racers}}, .record = {}}); // every value once
  table.sort();
  CHECK(table.ranked(first) == racers);
  for (std::uint32_t value = 0; value < racers; value += 97) {
    REQUIRE(table.place(first, score{300'000 + value}, racer_id{racers}).rank == racers - value);
    REQUIRE(table.place(first, score{300'000 + value}, racer_id{racers}).of == racers + 1);
  }
}

} // namespace alleycat

#include "compare.hpp"
#include "property.hpp"
#include "racing/race_ending.hpp"
#include "random_race.hpp"

#include <numeric>

namespace alleycat {
namespace {

using naive::any_race;
using naive::manners;
using naive::random_race;

constexpr class_id cls{3};

race_fold empty_state(const random_race& r) {
  return race_fold{rules_from(r.rule, cls), key_from(r.rule, cls)};
}

race_fold folded(const random_race& r) {
  auto state = empty_state(r);
  for (const auto& line : r.journal)
    state.apply(entry_from(line));
  return state;
}

/// Everything a race state tells, apart from positions and checksum, as text.
std::string told(const race_fold& state) {
  std::ostringstream out;
  out << state.racers() << ' ' << state.furthest() << ' ' << state.finished() << ' ' << state.all_complete() << ' '
      << ms_of(state.last_update()) << ' ' << state.closed() << ' ' << state.marked_by() << '\n';
  for (const auto n : state.outcomes())
    out << n << ' ';
  for (const auto& row : plain(state.ranking()))
    out << row;
  for (std::uint16_t s = 1; s <= state.rules().ride_seconds; ++s) {
    out << "\nsecond " << s << ": " << state.reached(own_second{s});
    for (const auto& row : state.here_now(own_second{s}, 0, 1000))
      out << " #" << row.rank << ' ' << row.racer << ' ' << row.at;
  }
  for (row_index row = 0; row < state.racers(); ++row) {
    out << "\nrow " << row << ": " << state.racer(row) << ' ' << state.name(row) << ' ' << state.wants_view(row)
        << " missing";
    for (const auto s : state.missing(row, 1000))
      out << ' ' << s;
  }
  if (state.closed()) {
    const auto race = state.close(epoch{1});
    for (const auto& row : plain(race.result.rows))
      out << row;
    for (const auto& ride : plain(race.rides))
      out << ride;
  }
  return out.str();
}

/// What the accepted set alone decides: nothing of refusals, names of rows or their order.
std::string decided(const race_fold& state) {
  std::ostringstream out;
  for (const auto& row : plain(state.ranking()))
    out << row;
  const auto race = state.close(epoch{1});
  for (const auto& row : plain(race.result.rows))
    out << row;
  for (const auto& ride : plain(race.rides))
    out << ride;
  return out.str();
}

} // namespace

TEST_CASE("a race says at every second what a naive recomputation says", "[race_fold][property]") {
  holds(3000, [] {
    const auto r = *any_race(manners::wild);
    const auto state = folded(r);
    const naive::race expected{r.rule, r.journal};

    RC_ASSERT(state.racers() == expected.rides.size());
    RC_ASSERT(std::int64_t{state.furthest().value()} == expected.furthest);
    RC_ASSERT(ms_of(state.last_update()) == expected.last_update);
    RC_ASSERT(state.closed() == expected.closed);
    RC_ASSERT(static_cast<std::int64_t>(state.marked_by().value()) == expected.highest_mark);
    RC_ASSERT(refusals_of(state.outcomes()) == expected.refused);
    RC_ASSERT(std::int64_t{state.outcomes()[0]} == expected.accepted);
    std::size_t finished = 0, complete = 0;
    for (const auto& ride : expected.rides) {
      finished += expected.finished(ride) ? 1U : 0U;
      complete += expected.complete(ride) ? 1U : 0U;
    }
    RC_ASSERT(state.finished() == finished);
    RC_ASSERT(state.all_complete() == (complete == expected.rides.size()));

    for (std::size_t i = 0; i < expected.rides.size(); ++i) {
      const auto& ride = expected.rides[i];
      const auto row = static_cast<row_index>(i); // rows are in order of first acceptance
      RC_ASSERT(std::int64_t{state.racer(row).value()} == ride.racer);
      RC_ASSERT(state.find(state.racer(row)) == row);
      RC_ASSERT(state.name(row) == ride.name);
      RC_ASSERT(std::int64_t{state.furthest(row).value()} == ride.furthest());
      RC_ASSERT(state.finished(row) == expected.finished(ride));
      std::vector<std::int64_t> missing, expected_missing;
      for (const auto s : state.missing(row, 20))
        missing.push_back(s.value());
      for (std::int64_t s = 1; s < ride.furthest(); ++s)
        if (ride.seconds.count(s) == 0)
          expected_missing.push_back(s);
      RC_ASSERT(missing == expected_missing);
    }

    for (std::int64_t s = 1; s <= r.rule.ride; ++s) {
      const own_second second{static_cast<std::uint16_t>(s)};
      const auto table = expected.table(s);
      RC_ASSERT(state.ranked(second) == table.size());
      std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> rows;
      for (const auto& row : state.here_now(second, 0, table.size() + 1))
        rows.emplace_back(row.rank, row.racer.value(), row.at.value());
      RC_ASSERT(rows == table);
      std::size_t reached = 0;
      for (std::size_t i = 0; i < expected.rides.size(); ++i) {
        const auto& ride = expected.rides[i];
        const auto row = static_cast<row_index>(i);
        reached += ride.furthest() >= s ? 1U : 0U;
        RC_ASSERT(std::int64_t{state.output(row, second).value()} == expected.output_at(ride, s));
        RC_ASSERT(std::int64_t{state.score_at(row, second).value()} == expected.score(ride, s));
        RC_ASSERT(std::int64_t{state.here_now_rank(row, second)} == expected.here_now(ride, s));
        if (s <= ride.furthest())
          RC_ASSERT(std::int64_t{state.total(row, second).value()} == expected.total(ride, s));
        if (expected.score(ride, s) > 0)
          RC_ASSERT(std::get<1>(table[state.place(row, second)]) == ride.racer);
      }
      RC_ASSERT(state.reached(second) == reached);
    }

    RC_ASSERT(plain(state.ranking()) == expected.ranking());
    if (expected.closed) {
      race_ending ending{state, epoch{7}};
      while (!ending.done())
        ending.go_on(*rc::gen::inRange<std::size_t>(1, 5));
      const auto race = ending.take();
      RC_ASSERT(plain(race.result.rows) == expected.result());
      RC_ASSERT(race.result.finished == finished);
      RC_ASSERT(race.result.owner_epoch == epoch{7});
      RC_ASSERT(static_cast<std::int64_t>(race.result.as_of.value()) == expected.mark_position);
      RC_ASSERT(ms_of(race.result.closed) == expected.mark_stored);
      RC_ASSERT(race.stamp.position == race.result.as_of);
      RC_ASSERT(race.stamp.stored == race.result.closed);
      RC_ASSERT(plain(race.rides) == expected.closed_rides());
    }
  });
}

TEST_CASE("the naive answers hold in the middle of a race too", "[race_fold][property]") {
  holds(300, [] {
    const auto r = *any_race(manners::wild);
    auto state = empty_state(r);
    std::vector<naive::line> read;
    for (std::size_t i = 0; i < r.journal.size(); ++i) {
      state.apply(entry_from(r.journal[i]));
      read.push_back(r.journal[i]);
      if (i % 5 != 0)
        continue;
      const naive::race expected{r.rule, read};
      RC_ASSERT(plain(state.ranking()) == expected.ranking());
      for (std::int64_t s = 1; s <= expected.furthest; ++s) {
        std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> rows;
        for (const auto& row : state.here_now(own_second{static_cast<std::uint16_t>(s)}, 0, 1000))
          rows.emplace_back(row.rank, row.racer.value(), row.at.value());
        RC_ASSERT(rows == expected.table(s));
      }
    }
  });
}

TEST_CASE("a journal read again from any earlier point changes nothing", "[race_fold][property]") {
  holds(1000, [] {
    const auto r = *any_race(manners::wild);
    const auto once = folded(r);
    auto again = empty_state(r);
    for (std::size_t i = 0; i < r.journal.size();) {
      again.apply(entry_from(r.journal[i]));
      ++i;
      if (*rc::gen::inRange(0, 10) != 0)
        continue;
      const auto back = *rc::gen::inRange<std::size_t>(0, i);
      for (auto k = back; k < i; ++k)
        again.apply(entry_from(r.journal[k]));
    }
    RC_ASSERT(told(again) == told(once));
    RC_ASSERT(again.as_of() == once.as_of());
    if (once.closed())
      RC_ASSERT(again.close(epoch{1}).stamp == once.close(epoch{1}).stamp);
  });
}

TEST_CASE("how the updates are cut into batches changes nothing", "[race_fold][property]") {
  holds(1000, [] {
    const auto r = *any_race(manners::wild);
    random_race cut{r.rule, {}};
    const auto together = *rc::gen::inRange(0, 100);
    std::int64_t position = 0;
    for (const auto& line : r.journal) {
      if (line.mark_by) {
        cut.journal.push_back({++position, line.stored, {}, line.mark_by});
        continue;
      }
      for (const auto& e : line.events) {
        auto& journal = cut.journal;
        const bool fits = !journal.empty() && !journal.back().mark_by && journal.back().stored == line.stored;
        if (!fits || *rc::gen::inRange(0, 100) >= together)
          journal.push_back({++position, line.stored, {}, {}});
        journal.back().events.push_back(e);
      }
    }
    RC_ASSERT(told(folded(cut)) == told(folded(r)));
  });
}

TEST_CASE("clean updates in any order, however often each arrives, decide the same", "[race_fold][property]") {
  holds(3000, [] {
    const auto r = *any_race(manners::clean);
    RC_PRE(!r.journal.empty() && r.journal.back().mark_by);
    std::vector<naive::event> events;
    for (const auto& line : r.journal)
      for (auto e : line.events) {
        e.name = "racer " + std::to_string(e.racer); // which update brings it is a matter of order
        events.push_back(e);
      }
    random_race straight{r.rule, {{1, r.rule.start() + 1000 * r.rule.ride, events, {}}, r.journal.back()}};
    straight.journal.back().position = 1'000'000;

    std::mt19937_64 random{*any_seed()};
    const auto copies = *rc::gen::inRange<std::size_t>(0, events.size() + 1);
    auto shuffled = events;
    for (std::size_t i = 0; i < copies; ++i)
      shuffled.push_back(events[random() % events.size()]);
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    random_race mixed{r.rule, {}};
    std::int64_t position = 0;
    for (const auto& e : shuffled)
      mixed.journal.push_back({++position, r.rule.start() + 1000 * r.rule.ride, {e}, {}});
    mixed.journal.push_back(straight.journal.back());

    const auto state = folded(mixed);
    RC_ASSERT(decided(state) == decided(folded(straight)));
    RC_ASSERT(std::size_t{state.outcomes()[static_cast<std::size_t>(refusal::duplicate)]} == copies);
    RC_ASSERT(std::size_t{state.outcomes()[0]} == events.size());
  });
}

TEST_CASE("two races fed one journal in turns stay apart", "[race_fold][property]") {
  holds(300, [] {
    const auto a = *any_race(manners::wild);
    const auto b = *any_race(manners::wild);
    auto first = empty_state(a), second = empty_state(b);
    for (std::size_t i = 0; i < std::max(a.journal.size(), b.journal.size()); ++i) {
      if (i < a.journal.size())
        first.apply(entry_from(a.journal[i]));
      if (i < b.journal.size())
        second.apply(entry_from(b.journal[i]));
    }
    RC_ASSERT(told(first) == told(folded(a)));
    RC_ASSERT(told(second) == told(folded(b)));
  });
}

TEST_CASE("every accepted second is told exactly once, in order, whenever news are taken", "[race_fold][property]") {
  holds(1000, [] {
    const auto r = *any_race(manners::wild);
    const naive::race expected{r.rule, r.journal};
    auto state = empty_state(r);
    std::map<std::int64_t, std::vector<std::int64_t>> told_seconds, expected_seconds;
    refusal_counts refused{};
    const auto take = [&] {
      const auto news = state.take_news();
      for (const auto& [row, second] : news.accepted)
        told_seconds[state.racer(row).value()].push_back(second.value());
      for (const auto& each : news.refused)
        ++refused[static_cast<std::size_t>(each.reason)];
    };
    for (const auto& line : r.journal) {
      state.apply(entry_from(line));
      if (*rc::gen::inRange(0, 4) == 0)
        take();
    }
    take();
    RC_ASSERT(state.take_news().empty());
    for (const auto& [racer, second] : expected.acceptances)
      expected_seconds[racer].push_back(second);
    RC_ASSERT(told_seconds == expected_seconds);
    for (const auto reason : {refusal::duplicate, refusal::conflict, refusal::other_ride})
      RC_ASSERT(refused[static_cast<std::size_t>(reason)] == state.outcomes()[static_cast<std::size_t>(reason)]);
  });
}

} // namespace alleycat

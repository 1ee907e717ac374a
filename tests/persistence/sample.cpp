#include "sample.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace alleycat::sample {

scratch_folder::scratch_folder() {
  auto name = (std::filesystem::temp_directory_path() / "alleycat-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error{"no folder for the test"};
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

lmdb_options small_store() {
  lmdb_options options;
  options.ride_seconds = ride_seconds;
  options.initial_map_bytes = 1 << 20;
  options.max_map_bytes = 256 << 20;
  return options;
}

measurement measured_as(std::uint32_t output) {
  measurement measured;
  measured.cadence = static_cast<std::uint16_t>(output / 650 - 350);
  return measured;
}

ride_record ride_of(race_key key, racer_id racer, std::int64_t closed, const std::vector<std::uint32_t>& outputs) {
  ride_record ride;
  ride.key = key;
  ride.racer = racer;
  ride.name = "rider " + std::to_string(racer.value());
  ride.closed = at_ms(closed);
  ride.anchor = at_ms(closed - 400'000);
  for (const auto output : outputs) {
    ride_second second;
    second.present = output != 0;
    if (second.present)
      second.measured = measured_as(output);
    ride.seconds.push_back(second);
  }
  ride.finished = outputs.size() == ride_seconds;
  return ride;
}

closed_race race_of(race_key key, std::int64_t closed, std::vector<ride_record> rides) {
  closed_race race;
  race.result.key = key;
  race.result.owner_epoch = epoch{3};
  race.result.as_of = journal_position{key.race.value() * 1000ULL + 17};
  race.result.closed = at_ms(closed);
  race.stamp = {race.result.as_of, at_ms(closed), 0x9E3779B97F4A7C15ULL * (key.race.value() + 1)};
  for (const auto& ride : rides) {
    standing row;
    row.racer = ride.racer;
    row.name = ride.name;
    row.second = ride.furthest();
    row.seconds = static_cast<std::uint16_t>(ride.seconds.size());
    row.output = scores_of(ride, scoring::output).back();
    row.total = totals_of(ride).back();
    row.finished = ride.finished;
    row.here_now_rank = ride.racer.value() % 7;
    row.all_time_rank = ride.racer.value() % 11;
    race.result.rows.push_back(row);
    race.result.finished += ride.finished ? 1 : 0;
  }
  std::sort(race.result.rows.begin(), race.result.rows.end(), [](const auto& a, const auto& b) {
    return std::tuple(!a.finished, b.total, a.racer) < std::tuple(!b.finished, a.total, b.racer);
  });
  for (std::uint32_t i = 0; i != race.result.finished; ++i)
    race.result.rows[i].rank = i + 1;
  race.rides = std::move(rides);
  return race;
}

closed_race random_race(std::mt19937& random, race_key key, std::int64_t closed, const shape& like) {
  const auto up_to = [&](std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>{0, most}(random); };
  std::set<std::uint32_t> racers;
  while (racers.size() < std::min(like.racers, like.of_racers))
    racers.insert(1 + up_to(like.of_racers - 1));
  std::vector<ride_record> rides;
  for (const auto racer : racers) {
    ride_record ride;
    ride.key = key;
    ride.racer = racer_id{racer};
    ride.closed = at_ms(closed);
    ride.anchor = at_ms(closed - 300'000 - up_to(10'000));
    ride.finished = up_to(3) != 0;
    ride.name = up_to(4) == 0 ? "" : "rider " + std::to_string(racer) + " in " + std::to_string(key.race.value());
    ride.flags = up_to(9) == 0 ? static_cast<std::uint8_t>(ride_flag::excluded) : std::uint8_t{0};
    ride.rank = ride.finished ? 1 + up_to(500) : 0;
    ride.seconds.resize(ride.finished ? like.seconds : 1 + up_to(like.seconds - 1));
    const bool with_power = up_to(1) == 0;
    const bool with_heart_rate = up_to(1) == 0;
    for (auto& second : ride.seconds) {
      second.here_now_rank = up_to(1000);
      second.all_time_rank = up_to(100'000);
      second.present = up_to(9) != 0 || &second == &ride.seconds.back();
      if (!second.present)
        continue;
      // Coarse steps, so that equal scores happen.
      second.measured.cadence = static_cast<std::uint16_t>(600 + 100 * up_to(3));
      second.measured.resistance = static_cast<std::uint16_t>(500 + 100 * up_to(1));
      if (with_power)
        second.measured.power = static_cast<std::uint16_t>(up_to(65'535));
      if (with_heart_rate)
        second.measured.heart_rate = static_cast<std::uint8_t>(up_to(255));
    }
    rides.push_back(std::move(ride));
  }
  return race_of(key, closed, std::move(rides));
}

bool operator==(const standing& a, const standing& b) {
  const auto fields = [](const standing& x) {
    return std::tie(x.rank, x.here_now_rank, x.racer, x.name, x.second, x.seconds, x.output, x.total, x.finished,
                    x.all_time_rank);
  };
  return fields(a) == fields(b);
}

bool same(const race_result& a, const race_result& b) {
  return a.key == b.key && a.owner_epoch == b.owner_epoch && a.as_of == b.as_of && a.closed == b.closed &&
         a.finished == b.finished &&
         std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(),
                    [](const standing& x, const standing& y) { return sample::operator==(x, y); });
}

expected_tables expected_after(const std::vector<closed_race>& races, scoring rule) {
  expected_tables tables;
  std::map<racer_id, std::tuple<unix_ms, race_id, class_id>> named;
  for (const auto& race : races)
    for (const auto& ride : race.rides) {
      const std::tuple when{ride.closed, ride.key.race, ride.key.cls};
      if (!ride.name.empty() && (!named.contains(ride.racer) || when > named.at(ride.racer))) {
        named[ride.racer] = when;
        tables.names[ride.racer] = ride.name;
      }
      if (ride.flags != 0)
        continue;
      auto& bests = tables.bests[{ride.key.cls, ride.racer}];
      bests.racer = ride.racer;
      std::uint32_t total = 0;
      for (std::size_t i = 0; i != ride.seconds.size(); ++i) {
        const auto& second = ride.seconds[i];
        const auto output =
            second.present ? (second.measured.cadence + 350U) * (second.measured.resistance + 650U) : 0U;
        total += output;
        if (bests.at.size() <= i)
          bests.at.emplace_back();
        bests.at[i] = std::max(bests.at[i], score{rule == scoring::total ? total : output});
        if (ride.finished && i + 1 == ride.seconds.size()) {
          const final_score record{score{rule == scoring::total ? total : output}, ride.key.race, ride.closed};
          if (!bests.record || record.best > bests.record->best ||
              (record.best == bests.record->best && record.race < bests.record->race))
            bests.record = record;
        }
      }
    }
  return tables;
}

std::vector<racer_bests> all_bests(record_store& store, class_id cls) {
  std::vector<racer_bests> all;
  store.each_bests(cls, [&](const racer_bests& bests) { all.push_back(bests); });
  return all;
}

std::map<racer_id, std::string> all_names(record_store& store) {
  std::map<racer_id, std::string> all;
  store.each_name([&](racer_id racer, const std::string& name) { all.emplace(racer, name); });
  return all;
}

std::string difference(record_store& store, const expected_tables& expected, const std::vector<class_id>& classes) {
  for (const auto cls : classes) {
    std::vector<racer_bests> bests;
    for (const auto& [key, of] : expected.bests)
      if (key.first == cls)
        bests.push_back(of);
    if (all_bests(store, cls) != bests)
      return "bests of class " + std::to_string(cls.value());
    for (const auto& of : bests)
      if (store.bests_of(cls, of.racer) != of)
        return "bests of racer " + std::to_string(of.racer.value()) + " in class " + std::to_string(cls.value());
  }
  return all_names(store) == expected.names ? "" : "names";
}

pruned prune(record_store& store, std::int64_t before, std::size_t most_rides) {
  pruned sum;
  for (std::optional<race_key> from = race_key{}; from;) {
    const auto search = store.find_old(at_ms(before), *from, most_rides);
    if (search.found) {
      store.remove_old(*search.found);
      sum.results += search.found->has_result ? 1 : 0;
      sum.rides += search.found->leaving.size();
      sum.kept += search.found->staying;
    }
    from = search.next;
  }
  return sum;
}

pid_t in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child != 0)
    return child;
  try {
    work();
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

int outcome_of(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child)
    throw std::runtime_error{"no such child"};
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace alleycat::sample

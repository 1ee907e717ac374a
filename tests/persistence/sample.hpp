/// Closed races and folders to try the store with.
#pragma once

#include "persistence/lmdb_store.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace alleycat::sample {

/// A new folder, removed at the end.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

inline constexpr std::uint32_t ride_seconds = 10;
/// For short races, in a small map that grows.
lmdb_options small_store();

/// A ride whose second s has the given output; 0 = the second is missing.
/// @param closed  milliseconds since 1970, here as below
/// @param outputs  0, or what `measured_as` can make
ride_record ride_of(race_key key, racer_id racer, std::int64_t closed, const std::vector<std::uint32_t>& outputs);
/// A measurement with nearly this output (the largest one not above it, at 0 % resistance): 227'500..1'852'500.
measurement measured_as(std::uint32_t output);

/// A race of the given rides, with a plausible result and a stamp of its own.
closed_race race_of(race_key key, std::int64_t closed, std::vector<ride_record> rides);

struct shape {
  std::uint32_t racers = 20; ///< drawn from ids 1..`of_racers`
  std::uint32_t of_racers = 40;
  std::uint32_t seconds = ride_seconds;
};
/// A race with random rides: gaps, finishers and others, optional fields, equal scores, excluded rides, missing names.
closed_race random_race(std::mt19937& random, race_key key, std::int64_t closed, const shape& like = {});

bool operator==(const standing& a, const standing& b);
bool same(const race_result& a, const race_result& b);

/// What must be in the store after some races, computed slowly and plainly.
struct expected_tables {
  std::map<std::pair<class_id, racer_id>, racer_bests> bests;
  std::map<racer_id, std::string> names;
};
expected_tables expected_after(const std::vector<closed_race>& races, scoring rule);

/// Everything `store` tells about a class, to compare two stores or a store with `expected_tables`.
std::vector<racer_bests> all_bests(record_store& store, class_id cls);
std::map<racer_id, std::string> all_names(record_store& store);
/// @returns what differs, in words; empty = the same.
std::string difference(record_store& store, const expected_tables& expected, const std::vector<class_id>& classes);

/// What was removed, and what stayed of the races it was removed from.
struct pruned {
  std::size_t results = 0;
  std::size_t rides = 0;
  std::size_t kept = 0;

  friend bool operator==(const pruned&, const pruned&) = default;
};
/// Removes everything that may go of races closed before a time.
/// @param most_rides  of one look
pruned prune(record_store& store, std::int64_t before, std::size_t most_rides = 1'000'000);

/// Runs `work` in a child process. @returns its process id
pid_t in_child(const std::function<void()>& work);
/// Waits for a child. @returns its exit code; 0 when `work` returned, 1 when it threw; -signal when it was killed.
int outcome_of(pid_t child);

/// The message of the exception `Error` that `work` throws; empty when it throws nothing.
template <class Error, class Work>
std::string words_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

} // namespace alleycat::sample

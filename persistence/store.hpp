/// The store behind persistence/lmdb_store.hpp; internal. What opens it is in open.cpp, what it does in apply.cpp,
/// read.cpp, rides.cpp and prune.cpp.
#pragma once

#include "persistence/bytes.hpp"
#include "persistence/folder_lock.hpp"
#include "persistence/layout.hpp"
#include "persistence/lmdb.hpp"
#include "persistence/lmdb_store.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <type_traits>
#include <utility>

namespace alleycat {

/// Name of LMDB's file in a folder.
inline constexpr const char* data_file = "data.mdb";

/// What an operator can do about a file that cannot be used.
inline constexpr const char* way_out = "start once with --rebuild to build it again from the streams";

/// A line of a rider's history.
ride_summary summary_of(const ride_record& ride);

/// The tables, opened once; persistence/README.md says what is in them.
struct tables {
  lmdb::dbi meta, bests, records, results, rides, by_racer, names, applied, unannounced, edits, cleanups;
};

class store_on_lmdb final : public lmdb_store {
public:
  store_on_lmdb(std::filesystem::path folder, const lmdb_options& options);

  using record_store::apply;
  using record_store::count_start;
  bool apply(const closed_race& race, scoring scoring_rule, bool announce) override;
  bool apply_rides(const std::vector<ride_record>& rides, scoring scoring_rule) override;
  void merge_bests(class_id cls, const std::vector<racer_bests>& bests) override;
  std::optional<journal_stamp> applied(race_key key) override;
  std::vector<race_key> unannounced(class_id cls) override;
  std::vector<racer_bests> unannounced_bests_of(race_key key) override;
  void announced(race_key key) override;
  stream_cursor cursor_of(record_stream stream) override;
  void store_cursor(record_stream stream, const stream_cursor& cursor) override;
  void each_bests(class_id cls, const std::function<void(const racer_bests&)>& visit) override;
  void each_name(const std::function<void(racer_id, const std::string&)>& visit) override;
  std::vector<race_summary> races(class_id cls, std::optional<race_id> before, std::size_t limit) override;
  std::optional<race_result> result(race_key key) override;
  void each_result(class_id cls, race_id from, const std::function<void(const race_result&)>& visit) override;
  std::optional<ride_record> ride(race_key key, racer_id racer) override;
  std::vector<ride_record> rides(race_key key) override;
  std::vector<ride_summary> rides_of(racer_id racer, std::size_t limit,
                                     const std::optional<history_place>& after) override;
  std::optional<racer_bests> bests_of(class_id cls, racer_id racer) override;
  edit_effect apply_edit(const edit& e, const stream_cursor& at, const corrections& by,
                         const race_rules& race) override;
  std::vector<race_key> results_to_clean(std::size_t limit) override;
  std::vector<edit> riders_to_clean(std::size_t limit) override;
  void cleaned(race_key key) override;
  void cleaned(const edit& e) override;
  void each_edit(const std::function<void(const edit&)>& visit) override;
  std::vector<edit> edits(std::optional<std::uint64_t> before, std::size_t limit, std::optional<racer_id> of) override;
  std::uint64_t count_start(std::uint64_t at_least) override;
  usage map_usage() override;
  void limit_map(std::uint64_t max_bytes) override { max_map_bytes_ = max_bytes; }
  void backup(const std::filesystem::path& target) override;
  old_race_search find_old(unix_ms before, race_key from, std::size_t most_rides) override;
  void remove_old(const old_race& race) override;

private:
  // open.cpp
  void open_environment();
  /// Makes a file that is shorter than its pages safe to map, and reads all of it to find out whether any are missing.
  void check_length();
  void open_tables();
  void check_meta(lmdb::txn& in);

  // rides.cpp
  /// Writes the rides of a race that has none in the table.
  void put_rides(lmdb::txn& in, race_key key, const std::vector<layout::block_ride<std::string>>& rides);
  void remove_rides(lmdb::txn& in, race_key key);
  std::optional<layout::stored_ride> find_ride(const lmdb::txn& in, race_key key, racer_id racer) const;
  /// Visits a race's rides by racer id; what is handed out is valid until the next write.
  void each_ride(const lmdb::txn& in, race_key key,
                 const std::function<void(racer_id, std::string_view content)>& visit) const;

  // apply.cpp: one table each; `in` is the transaction of the race.
  void refuse_misfits(race_key key, const std::vector<ride_record>& rides) const;
  /// All tables of a race that has no rides in them.
  void put_race(lmdb::txn& in, const closed_race& race, scoring rule);
  /// Everything that follows from a race's rides.
  void merge_rides(lmdb::txn& in, race_key key, const std::vector<ride_record>& rides, scoring rule);
  void merge_bests_at(lmdb::txn& in, const std::string& key, const std::vector<score>& scores);
  void merge_record(lmdb::txn& in, const std::string& key, const final_score& record);
  void merge_names(lmdb::txn& in, const std::vector<ride_record>& rides);
  std::optional<racer_bests> find_bests(const lmdb::txn& in, class_id cls, racer_id racer) const;

  // edits.cpp
  /// Rides of a rider that stand otherwise than they should.
  std::vector<race_key> misfits(const lmdb::txn& in, racer_id racer, const corrections& by,
                                const race_rules& race) const;
  /// Brings a race up to date. @returns whether its result changed
  bool correct_race(lmdb::txn& in, race_key key, const corrections& by, const race_rules& race);
  /// Everything that follows from all rides of a rider.
  void make_bests_anew(lmdb::txn& in, class_id cls, racer_id racer);
  void make_name_anew(lmdb::txn& in, racer_id racer);
  /// Visits a rider's rides, newest first.
  void each_ride_of(const lmdb::txn& in, racer_id racer,
                    const std::function<void(const layout::stored_ride&)>& visit) const;
  void keep_edit(lmdb::txn& in, const edit& e, const stream_cursor& at);

  // prune.cpp
  /// Whether a ride holds its racer's record or a best second.
  bool holds_something(const lmdb::txn& in, race_key race, racer_id racer, std::string_view content) const;
  old_race look_at(const lmdb::txn& in, race_key key) const;

  // store.cpp
  /// Turns an error of LMDB into words. @param doing  as in "while ..."
  [[noreturn]] void raise(const lmdb::error& error, const std::string& doing);
  [[noreturn]] void raise(const damaged_value& error, const std::string& doing);
  /// Doubles the map, up to the maximum. @returns whether there was room to. @throws store_failed_error where the
  /// system does not give the address space: LMDB has given up the old map by then.
  bool grow();
  void refuse_writing() const;
  void refuse_without_map() const;

  /// Runs `work(const lmdb::txn&)` in a short read transaction.
  template <class Work>
  auto read(const std::string& doing, Work&& work) {
    try {
      for (;;) {
        try {
          const std::shared_lock mapped{map_mutex_};
          refuse_without_map();
          const lmdb::txn in{*env_, lmdb::access::read};
          return work(in);
        } catch (const lmdb::error& error) {
          if (error.code() != MDB_MAP_RESIZED)
            throw;
        }
        const std::unique_lock alone{map_mutex_};
        env_->resize(0);
      }
    } catch (const lmdb::error& error) {
      raise(error, doing);
    } catch (const damaged_value& error) {
      raise(error, doing);
    }
  }

  /// Runs `work(lmdb::txn&)` in a write transaction and commits it; again in a larger map when it is full.
  template <class Work>
  auto write(const std::string& doing, Work&& work) {
    refuse_writing();
    try {
      env_->forget_dead_readers();
      for (;;) {
        try {
          lmdb::txn in{*env_, lmdb::access::write};
          auto done = work(in);
          in.commit();
          return done;
        } catch (const lmdb::error& error) {
          if (error.code() != MDB_MAP_FULL || !grow())
            throw;
        }
      }
    } catch (const lmdb::error& error) {
      raise(error, doing);
    } catch (const damaged_value& error) {
      raise(error, doing);
    }
  }

  std::filesystem::path folder_;
  lmdb_options options_;
  std::atomic<std::uint64_t> max_map_bytes_{options_.max_map_bytes};
  std::optional<folder_lock> lock_; ///< none where read only
  std::optional<lmdb::env> env_;    ///< none once the map was lost
  tables tables_{};
  std::shared_mutex map_mutex_; ///< the map must not move while somebody reads
  /// A store_failed_error was thrown: no more writing.
  std::atomic<bool> failed_ = false;
};

} // namespace alleycat

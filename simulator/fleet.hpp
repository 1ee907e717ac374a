/// All riders of one run, on their bikes, on time.
#pragma once

#include "racing/ids.hpp"
#include "simulator/bike.hpp"
#include "simulator/faults.hpp"
#include "simulator/log_writer.hpp"
#include "simulator/nats_link.hpp"
#include "simulator/options.hpp"
#include "simulator/plan.hpp"
#include "simulator/progress.hpp"
#include "simulator/replay.hpp"
#include "simulator/rider_model.hpp"
#include "simulator/server_rules.hpp"
#include "simulator/summary.hpp"

#include <atomic>
#include <deque>
#include <string>
#include <vector>

namespace alleycat::sim {

/// The time of a run. Riders live by race time, which is `speed` times as fast as ours and agrees with it at `start`.
struct run_clock {
  moment start;       ///< when the first rider starts
  unix_ms wall_start; ///< the same by the calendar
  double speed = 1;

  /// @param after  race time since `start`
  moment at(std::chrono::microseconds after) const {
    return start + std::chrono::microseconds{static_cast<std::int64_t>(static_cast<double>(after.count()) / speed)};
  }
  unix_ms device_time(std::chrono::microseconds after) const {
    return wall_start + std::chrono::floor<milliseconds>(after);
  }
};

/// Everything a fleet rides by; all of it must outlive the fleet.
struct fleet_setup {
  const sim_options& options;
  const server_rules& rules;                ///< with the command line's window already in it
  std::uint32_t seconds;                    ///< of each ride
  const std::vector<replay_window>& replay; ///< empty = rider model
  run_clock clock;
};

/// Open loop: when an update is due depends on the plan alone, never on answers. One thread; it sleeps until the next
/// thing to do.
class fleet {
public:
  fleet(const fleet_setup& setup, const std::vector<planned_rider>& plan, nats_link& link, log_writer& log,
        progress& shown);

  /// Rides until all is ridden and (with answers) settled or given up, or until `stop`; then up to a second more for
  /// answers on their way.
  summary run(const std::atomic<bool>& stop);

private:
  struct rider {
    rider(const planned_rider& planned, const fleet_setup& setup, const bike_rules& rules);

    class_id cls;
    racer_id racer;
    std::chrono::microseconds start; ///< of the present attempt, in race time
    std::string subject, name;
    rider_model model, second_try; ///< before and after a restart
    const replay_window* recorded = nullptr;
    fault_plan faults;
    class bike bike;
    std::uint32_t ridden = 0;         ///< updates so far: their numbers are 1..ridden
    std::uint32_t second = 0;         ///< the last one ridden in the present attempt
    std::uint32_t stops_after = 0;    ///< second of the dropout, 0 = none
    std::uint32_t restarts_after = 0; ///< second of the first attempt, 0 = none
    bool restarted = false;
    bool in_active = false; ///< listed in `active_`
  };
  using rider_index = std::uint32_t;

  race_id race_of(const rider& r) const;
  /// When the race of a ride takes no more, by our clock.
  moment deadline_of(const rider& r) const;
  std::chrono::milliseconds room_of(const rider& r) const;
  std::chrono::microseconds next_second(const rider& r) const;

  void ride_due_seconds(moment now);
  void ride_one(rider& r, rider_index index, moment planned);
  /// @returns false when the connection did not take it.
  bool send(rider& r, rider_index index, std::uint32_t number, moment now);
  void read_answers();
  void settle(const nats_link::arrived& letter);
  /// Re-sends, held-back updates, deadlines, reconnects.
  void sweep(moment now);
  void count_given_up(rider_index index, const std::vector<bike::kept_update>& dropped);
  void drain_answers();
  std::uint64_t log_number(rider_index index, std::uint32_t number) const;
  moment wake_at(moment now) const;

  const fleet_setup setup_;
  nats_link& link_;
  log_writer& log_;
  progress& shown_;
  bike_rules bike_rules_;
  std::vector<rider> riders_;       ///< by start
  std::deque<rider_index> riding_;  ///< by the time of their next second: all seconds are equally long
  std::size_t next_start_ = 0;      ///< first of `riders_` who is not riding yet
  std::vector<rider_index> active_; ///< riders with something in the ring
  moment next_sweep_{};
  moment last_deadline_{}; ///< with speed other than 1: of every race
  std::uint64_t seen_reconnects_ = 0;
  std::uint32_t furthest_ = 0;
  summary sum_;
  std::string payload_;                     ///< reused
  std::vector<std::uint32_t> numbers_;      ///< reused
  std::vector<nats_link::arrived> letters_; ///< reused
};

/// Connects, asks for the rules, rides, logs. What `main` calls.
/// @throws std::runtime_error or std::system_error in words: no connection, unreadable replay, unwritable log.
summary run(const sim_options& options, const std::atomic<bool>& stop);

} // namespace alleycat::sim

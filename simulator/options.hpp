/// What the command line of alleycat-sim asks for.
#pragma once

#include "racing/ids.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace alleycat::sim {

/// Things that go wrong on purpose; each a probability 0..1.
struct fault_options {
  double loss = 0;      ///< of a message on its way, in either direction
  double duplicate = 0; ///< of an update being sent twice
  double reorder = 0;   ///< of an update being sent after its successors
  double late = 0;      ///< of an update being sent much later, but before the race's deadline
  double dropout = 0;   ///< of a rider stopping for good
  double restart = 0;   ///< of a rider starting again in the same window
};

struct sim_options {
  std::string nats = "nats://127.0.0.1:4222";
  std::uint32_t wait_seconds = 5;      ///< for the first connection
  std::optional<std::uint32_t> racers; ///< per class; default 100, with `replay` one per window
  racer_id first_racer{1};
  std::vector<class_id> classes{class_id{1}}; ///< ascending, each once
  std::optional<std::uint32_t> seconds;       ///< of each ride
  std::optional<std::uint32_t> window_seconds;
  double speed = 1;
  double stagger_seconds = 1; ///< 0 = all in phase
  bool start_next = false;    ///< wait for the next window
  std::uint64_t seed = 1;
  bool ack = false;
  std::string replay;                ///< empty = the rider model
  std::string log;                   ///< empty = no log
  std::optional<std::uint32_t> past; ///< so many races in each class that are over, instead of riding now
  fault_options faults;
  bool quiet = false;
  bool json = false;
};

inline constexpr std::uint32_t max_racers = 100'000;
inline constexpr std::uint32_t max_past_races = 1'000;
inline constexpr std::uint32_t default_racers = 100;

/// The program has to end before it began: `--help` (0), `--version` (0), wrong usage (2).
struct early_exit {
  int code = 0;
  std::string text;
};

/// @param arguments  without the program's name
std::variant<sim_options, early_exit> parse_options(std::vector<std::string> arguments);

/// "3", "1,3" or "1-6", mixed as you like.
/// @returns ascending, each once; nothing if it is no such list or a class is outside 1..65535.
std::optional<std::vector<class_id>> parse_classes(const std::string& text);

} // namespace alleycat::sim

/// What `alleycat watch race` shows: the live races of one class, as lines of text.
///
///        first standings        result
///   (unknown) ----------> live ----------> final   shown a while longer, or as long as there is no other race
///                          |  ^
///      nothing for 3 s     v  |  standings
///                         stale                    forgotten after 2 minutes
#pragma once

#include "racing/standings.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace alleycat::cli {

struct board_line {
  enum class kind { heading, titles, row, note };
  kind is = kind::row;
  std::string text; ///< printable
};

class board {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Standings of an older epoch than was seen of the class, or behind what is shown, and standings of a race with a result
  /// have no effect.
  /// @returns whether it was taken.
  bool take(const standings& s, time_point now);
  bool take(const race_result& r, time_point now);

  /// The races by id, each with a heading, column titles and its first rows; at most `height` lines of at most `width`
  /// columns. Where not all races fit, the latest are shown.
  std::vector<board_line> render(std::size_t width, std::size_t height, time_point now) const;

  /// The same for one race, with its first `rows` rows; empty if it is not there.
  std::vector<board_line> render_race(race_key key, std::size_t rows, std::size_t width, time_point now) const;

  /// Drops what needs not be shown any longer.
  void forget_old(time_point now);

  std::size_t races() const { return races_.size(); }

private:
  struct shown_race {
    epoch owner_epoch;
    journal_position as_of;
    race_phase phase = race_phase::running;
    unix_ms final_at{};
    bool all_time_stale = false;
    own_second second;
    std::uint32_t reported = 0;
    std::uint32_t finished = 0;
    std::vector<standing> rows;
    time_point heard;
  };

  static std::vector<board_line> lines_of(race_key key, const shown_race& race, std::size_t rows, std::size_t width,
                                          time_point now);

  std::map<class_id, epoch> owners_;     ///< the highest epoch seen; an owner that lost its class may still be talking
  std::map<race_key, shown_race> races_; ///< at most 16: the longest silent goes first
};

inline constexpr std::chrono::seconds stale_after{3};
inline constexpr std::chrono::seconds final_shown_for{60};
inline constexpr std::chrono::seconds forgotten_after{120};
inline constexpr std::size_t most_races = 16;

} // namespace alleycat::cli

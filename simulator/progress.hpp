/// How far the riders are, on standard error.
#pragma once

#include "simulator/bike.hpp"
#include "simulator/summary.hpp"

#include <cstdio>
#include <string>

namespace alleycat::sim {

/// @param width  columns at most; the bar takes what is left
std::string progress_line(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected,
                          std::size_t width);

/// On a terminal one line, redrawn in place; else a line each 5 s; nothing when quiet.
class progress {
public:
  progress(bool quiet, std::FILE* out);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Cheap when nothing is due. @param second  the furthest own second so far
  void show(moment now, const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected);
  /// Shows the last state and ends the line.
  void finish(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected);
  /// A line of its own.
  void note(const std::string& text);

private:
  void draw(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected);

  bool quiet_;
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  moment next_{};
};

} // namespace alleycat::sim

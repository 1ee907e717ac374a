/// How far a command is, as a bar on standard error where that is a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace alleycat::cli {

class progress_bar {
public:
  /// @param unit  what is counted: "races"
  explicit progress_bar(std::string unit);
  /// Leaves the line.
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Drawn ten times a second at most, and always at the end.
  void show(std::size_t done, std::size_t of);
  /// A line of its own, above the bar.
  void say(const std::string& line);

private:
  std::string unit_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

} // namespace alleycat::cli

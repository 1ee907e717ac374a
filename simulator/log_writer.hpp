/// The run as the oracle reads it: one JSON object a line (README.md of this folder has the format).
#pragma once

#include "racing/ids.hpp"
#include "simulator/bike.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alleycat::sim {

/// Appends lines and hands them to the system in whole lines only: whoever kills the program finds no half line, and misses at
/// most what came since the last `flush`. Not thread safe.
class log_writer {
public:
  /// @param path  truncated; empty = every call does nothing
  /// @throws std::system_error when it cannot be opened.
  explicit log_writer(const std::string& path);
  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// @param fields  the object's other members as JSON text, without braces; may be empty
  void start(std::string_view fields);
  /// @param sends  how often this update was sent before: 0 = first
  void sent(std::uint64_t number, unix_ms ts, std::uint32_t sends, send_reason why, std::string_view update_json);
  void lost(std::uint64_t number, unix_ms ts, std::uint32_t sends, send_reason why);
  /// @param settled_before  the update had its final answer already
  void answer(std::uint64_t number, unix_ms ts, bool settled_before, std::string_view answer_json);
  void answer_lost(std::uint64_t number, unix_ms ts, std::string_view answer_json);
  void no_responders(std::uint64_t number, unix_ms ts);
  void given_up(std::uint64_t number, unix_ms ts);
  void end(std::string_view fields);

  /// Writes what has gathered. @throws std::system_error
  void flush();

private:
  int file_ = -1;
  std::string lines_;
};

} // namespace alleycat::sim

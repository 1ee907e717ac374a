/// The node's log: one event, one line, on standard error.
///
///     2026-11-22T22:30:25.123Z info race.closed class=3 race=5400172
///     {"ts":"2026-11-22T22:30:25.123Z","level":"info","event":"race.closed","class":3,"race":5400172}
///
/// An event id is `thing.happened`; whatever varies is a field. Any thread may log. Nothing per update above debug.
#pragma once

#include "racing/time.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alleycat {

enum class log_level : std::uint8_t { debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

/// @returns "debug", "info", "warn" or "error".
std::string_view name_of(log_level level);
std::optional<log_level> log_level_of(std::string_view name);

/// A key (lower case, digits, `_`) with a value. Texts are borrowed for the time of the call.
struct log_field {
  std::string_view key;
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> value;

  log_field(std::string_view k, bool v) : key{k}, value{v} {}
  log_field(std::string_view k, std::signed_integral auto v) : key{k}, value{std::int64_t{v}} {}
  log_field(std::string_view k, std::unsigned_integral auto v) : key{k}, value{std::uint64_t{v}} {}
  log_field(std::string_view k, double v) : key{k}, value{v} {}
  log_field(std::string_view k, std::string_view v) : key{k}, value{v} {}
  log_field(std::string_view k, const std::string& v) : key{k}, value{std::string_view{v}} {}
  log_field(std::string_view k, const char* v) : key{k}, value{std::string_view{v}} {}
  /// Ids and quantities, which know their number.
  template <class Id>
  requires requires(const Id& id) {
    typename Id::number_type;
    { id.value() } -> std::unsigned_integral;
  }
  log_field(std::string_view k, Id id) : key{k}, value{std::uint64_t{id.value()}} {}
};

struct log_settings {
  log_level level = log_level::info; ///< what is less important is dropped
  log_format format = log_format::text;
  bool journal_priority = false; ///< begin each line with `<6>` and the like, as systemd's journal understands
};

/// True when standard error is the journal that `JOURNAL_STREAM` (the value of that variable, "device:inode") names.
bool stderr_is_journal(const char* journal_stream);

/// Applies from the next event on. Before the first call: info, text, no priority.
void start_log(const log_settings& settings);
void set_log_level(log_level level);
log_level current_log_level();

void log_event(log_level level, std::string_view event, std::span<const log_field> fields);
inline void log_event(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) {
  log_event(level, event, std::span{fields.begin(), fields.size()});
}

/// The last 50 lines that were logged, as text, oldest first. Any thread.
std::vector<std::string> recent_events();

/// The line `log_event` writes, without the line end. Values with blanks, quotes, `=` or control characters are
/// quoted, and those characters escaped: a value can neither begin a new line nor pass for another field.
std::string log_line(const log_settings& settings, unix_ms at, log_level level, std::string_view event,
                     std::span<const log_field> fields);
inline std::string log_line(const log_settings& settings, unix_ms at, log_level level, std::string_view event,
                            std::initializer_list<log_field> fields) {
  return log_line(settings, at, level, event, std::span{fields.begin(), fields.size()});
}

} // namespace alleycat

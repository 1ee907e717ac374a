#include "node/telemetry/log.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace alleycat {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};
/// Syslog priorities of the levels.
constexpr std::array<int, 4> priorities{7, 6, 4, 3};

std::size_t index_of(log_level level) {
  return static_cast<std::size_t>(level);
}

spdlog::level::level_enum spdlog_level(log_level level) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
  return levels[index_of(level)];
}

std::string timestamp(unix_ms at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", second, (at - second).count());
}

bool plain(std::string_view text) {
  if (text.empty())
    return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f')
      return false;
  return true;
}

/// JSON's own escapes; bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : json_quoted(fmt::format("{}", value));
}

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};

std::string value_text(const log_field& field, log_format format) {
  return std::visit(overloaded{[](bool value) { return std::string{value ? "true" : "false"}; },
                               [](double value) { return number(value); },
                               [&](std::string_view value) {
                                 const bool bare = format == log_format::text && plain(value);
                                 return bare ? std::string{value} : json_quoted(value);
                               },
                               [](auto value) { return fmt::format("{}", value); }},
                    field.value);
}

/// Owned by nobody else; spdlog does the filtering, the locking and the writing.
struct log_state {
  log_state() : logger{"alleycat", std::make_shared<spdlog::sinks::stderr_sink_mt>()} {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::debug);
  }
  spdlog::logger logger;
  std::atomic<log_format> format{log_format::text};
  std::atomic<bool> journal_priority{false};
  std::atomic<log_level> level{log_level::info};
  std::mutex mutex; ///< guards what follows
  std::deque<std::string> recent;
};

constexpr std::size_t most_recent = 50;

log_state& state() {
  // Never destroyed: threads that outlive main() may still log.
  static auto& log = *new log_state;
  return log;
}

} // namespace

std::string_view name_of(log_level level) {
  return level_names[index_of(level)];
}

std::optional<log_level> log_level_of(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name)
      return static_cast<log_level>(i);
  return std::nullopt;
}

bool stderr_is_journal(const char* journal_stream) {
  struct stat file {};
  if (!journal_stream || fstat(STDERR_FILENO, &file) != 0)
    return false;
  return fmt::format("{}:{}", file.st_dev, file.st_ino) == journal_stream;
}

void start_log(const log_settings& settings) {
  state().format = settings.format;
  state().journal_priority = settings.journal_priority;
  set_log_level(settings.level);
}

void set_log_level(log_level level) {
  state().level = level;
  state().logger.set_level(spdlog_level(level));
}

log_level current_log_level() {
  return state().level;
}

void log_event(log_level level, std::string_view event, std::span<const log_field> fields) {
  auto& log = state();
  if (!log.logger.should_log(spdlog_level(level)))
    return;
  using namespace std::chrono;
  const auto now = floor<milliseconds>(system_clock::now());
  const auto line = log_line({log.level, log.format, log.journal_priority}, now, level, event, fields);
  log.logger.log(spdlog_level(level), spdlog::string_view_t{line.data(), line.size()});
  auto text = log.format == log_format::text && !log.journal_priority ? line : log_line({}, now, level, event, fields);
  const std::lock_guard lock{log.mutex};
  log.recent.push_back(std::move(text));
  if (log.recent.size() > most_recent)
    log.recent.pop_front();
}

std::vector<std::string> recent_events() {
  auto& log = state();
  const std::lock_guard lock{log.mutex};
  return {log.recent.begin(), log.recent.end()};
}

std::string log_line(const log_settings& settings, unix_ms at, log_level level, std::string_view event,
                     std::span<const log_field> fields) {
  std::string line = settings.journal_priority ? fmt::format("<{}>", priorities[index_of(level)]) : "";
  if (settings.format == log_format::text) {
    line += fmt::format("{} {} {}", timestamp(at), name_of(level), event);
    for (const auto& field : fields)
      line += fmt::format(" {}={}", field.key, value_text(field, settings.format));
    return line;
  }
  line += fmt::format(R"({{"ts":"{}","level":"{}","event":{})", timestamp(at), name_of(level), json_quoted(event));
  for (const auto& field : fields)
    line += fmt::format(",{}:{}", json_quoted(field.key), value_text(field, settings.format));
  return line + "}";
}

} // namespace alleycat

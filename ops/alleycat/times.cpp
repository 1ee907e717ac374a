#include "ops/alleycat/times.hpp"

#include "ops/alleycat/commands.hpp"

#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <string_view>

namespace alleycat::cli {

namespace {

/// Reads a text from its beginning, each step only if all before it went well.
class reader {
public:
  explicit reader(std::string_view text) : text_{text} {}

  int number(std::size_t digits) {
    int value = 0;
    if (text_.size() < digits)
      fine_ = false;
    for (std::size_t i = 0; fine_ && i < digits; ++i) {
      fine_ = text_[i] >= '0' && text_[i] <= '9';
      value = 10 * value + (text_[i] - '0');
    }
    text_.remove_prefix(fine_ ? digits : 0);
    return value;
  }
  bool sign(char c) {
    if (!fine_ || !text_.starts_with(c))
      return false;
    text_.remove_prefix(1);
    return true;
  }
  void must(bool that) { fine_ = fine_ && that; }
  bool at_end() const { return text_.empty(); }
  bool read_all() const { return fine_ && text_.empty(); }
  /// Digits behind a point as thousandths; the rest of them is dropped.
  int thousandths() {
    int value = 0;
    int digits = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++digits, text_.remove_prefix(1))
      if (digits < 3)
        value = 10 * value + (text_.front() - '0');
    must(digits > 0);
    for (; digits < 3; ++digits)
      value *= 10;
    return value;
  }

private:
  std::string_view text_;
  bool fine_ = true;
};

constexpr std::size_t day_length = 10;
constexpr std::size_t hour_length = 13;

} // namespace

unix_ms time_of(const std::string& text) {
  using namespace std::chrono;
  reader in{text};
  const auto y = in.number(4);
  in.must(in.sign('-'));
  const auto m = in.number(2);
  in.must(in.sign('-'));
  const auto d = in.number(2);
  int hour = 0, minute = 0, second = 0, thousandths = 0, ahead_minutes = 0;
  if (!in.at_end()) {
    in.must(in.sign('T') || in.sign(' '));
    hour = in.number(2);
  }
  if (!in.at_end()) {
    in.must(in.sign(':'));
    minute = in.number(2);
    in.must(in.sign(':'));
    second = in.number(2);
    if (in.sign('.'))
      thousandths = in.thousandths();
    if (!in.sign('Z') && !in.at_end()) {
      const bool east = in.sign('+');
      in.must(east || in.sign('-'));
      const int of_hours = in.number(2);
      in.must(in.sign(':'));
      ahead_minutes = (east ? 1 : -1) * (of_hours * 60 + in.number(2));
    }
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!in.read_all() || !date.ok() || y < 1970 || hour > 23 || minute > 59 || second > 59)
    throw command_failed{
        fmt::format("\"{}\" is no time: 2026-11-26, 2026-11-26T20 or 2026-11-26T20:00:00, in UTC", text)};
  return sys_days{date} + hours{hour} + minutes{minute - ahead_minutes} + seconds{second} + milliseconds{thousandths};
}

time_span day_of(const std::string& text) {
  const auto from = time_of(text);
  if (text.size() != day_length)
    throw command_failed{fmt::format("\"{}\" is no day: 2026-11-26", text)};
  return {from, from + std::chrono::days{1}};
}

time_span hour_of(const std::string& text) {
  const auto from = time_of(text);
  if (text.size() != hour_length)
    throw command_failed{fmt::format("\"{}\" is no hour: 2026-11-26T20", text)};
  return {from, from + std::chrono::hours{1}};
}

std::string timestamp_text(unix_ms t) {
  using namespace std::chrono;
  const auto whole_days = floor<days>(t);
  const year_month_day date{whole_days};
  const hh_mm_ss of_day{t - whole_days};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day.hours().count(),
                     of_day.minutes().count(), of_day.seconds().count(), of_day.subseconds().count());
}

} // namespace alleycat::cli

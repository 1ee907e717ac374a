/// Rides as CSV: those of `alleycat export`, and tables with a line a second from elsewhere.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/recording.hpp"
#include "ops/alleycat/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace alleycat::cli {

namespace {

using csv_cells = std::vector<std::string>;

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

/// RFC 4180, without line ends in cells.
csv_cells cells_of(std::string_view line) {
  csv_cells all{{}};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && line.substr(i + 1).starts_with('"')) {
      all.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      all.emplace_back();
    } else {
      all.back() += c;
    }
  }
  return all;
}

/// Where the columns are.
class csv_columns {
public:
  explicit csv_columns(const csv_cells& head) : head_{head} {
    second_ = place({"second"});
    if (!second_)
      throw command_failed{"line 1: there is no column \"second\""};
    cadence_ = place({"cadence", "cadence_rpm"});
    resistance_ = place({"resistance", "resistance_pct"});
    power_ = place({"power", "watts", "output_w"});
    heart_rate_ = place({"heartRate", "heart_rate"});
    if (!(cadence_ && resistance_) && !power_)
      throw command_failed{"line 1: there are neither columns \"cadence\" and \"resistance\" nor one \"power\""};
    for (const auto* name : {"classId", "raceId", "racerId"})
      if (const auto found = place({name}))
        ride_.push_back(*found);
    if (const auto found = place({"ride"}); ride_.size() != 3) {
      ride_.clear();
      if (found)
        ride_.push_back(*found);
    }
  }

  /// What tells the ride from others of the file; empty where nothing does.
  std::string ride(const csv_cells& row) const {
    std::string key;
    for (const auto place : ride_)
      key += (key.empty() ? "" : " ") + cell(row, place);
    return key;
  }
  std::uint32_t second(const csv_cells& row) const {
    const auto value = number(row, second_, "second", max_recorded_second);
    if (!value || *value < 1 || std::floor(*value) != *value)
      throw command_failed{fmt::format("second \"{}\" is outside 1..{}", cell(row, *second_), max_recorded_second)};
    return static_cast<std::uint32_t>(*value);
  }
  /// None where nothing was recorded.
  std::optional<measurement> measured(const csv_cells& row) const {
    const auto cadence = number(row, cadence_, "cadence", max_cadence / 10.0);
    const auto resistance = number(row, resistance_, "resistance", max_resistance / 10.0);
    const auto power = number(row, power_, "power", 65'535);
    const auto heart_rate = number(row, heart_rate_, "heart rate", 255);
    const auto tenths = [](double value) { return static_cast<std::uint16_t>(std::lround(value * 10)); };
    measurement m;
    if (cadence && resistance)
      m = {.cadence = tenths(*cadence), .resistance = tenths(*resistance)};
    else if (power)
      m = measured_by_power(static_cast<std::uint32_t>(std::lround(*power)),
                            cadence ? std::optional{tenths(*cadence)} : std::nullopt);
    else
      return std::nullopt;
    m.power = static_cast<std::uint16_t>(std::lround(power.value_or(0)));
    m.heart_rate = static_cast<std::uint8_t>(std::lround(heart_rate.value_or(0)));
    return m;
  }

private:
  std::optional<std::size_t> place(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
      for (std::size_t i = 0; i < head_.size(); ++i)
        if (head_[i] == name)
          return i;
    return std::nullopt;
  }
  static std::string cell(const csv_cells& row, std::size_t place) { return place < row.size() ? row[place] : ""; }

  static std::optional<double> number(const csv_cells& row, std::optional<std::size_t> place, std::string_view what,
                                      double highest) {
    const auto text = place ? cell(row, *place) : std::string{};
    if (text.empty())
      return std::nullopt;
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [to, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || to != end || !(value >= 0 && value <= highest))
      throw command_failed{fmt::format("{} \"{}\" is no number in 0..{}", what, printable(text), highest)};
    return value;
  }

  csv_cells head_;
  std::optional<std::size_t> second_, cadence_, resistance_, power_, heart_rate_;
  std::vector<std::size_t> ride_;
};

std::string choices_text(const std::set<std::string>& rides) {
  constexpr std::size_t shown = 5;
  std::string text;
  std::size_t count = 0;
  for (const auto& ride : rides)
    if (count++ < shown)
      text += (text.empty() ? "" : ", ") + printable(ride);
  return rides.size() > shown ? text + ", ..." : text;
}

} // namespace

recording read_csv(std::string_view text, const std::string& ride) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const csv_columns there{cells_of(next_line(text))};
  std::set<std::string> rides;
  recording seconds;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const auto row = cells_of(next_line(text));
    if (row.size() == 1 && row.front().empty())
      continue;
    try {
      const auto key = there.ride(row);
      rides.insert(key);
      if (!ride.empty() && key != ride)
        continue;
      const auto measured = there.measured(row);
      if (measured && !seconds.emplace(there.second(row), *measured).second && (rides.size() == 1 || !ride.empty()))
        throw command_failed{"this second was there before"};
    } catch (const command_failed& fault) {
      throw command_failed{fmt::format("line {}: {}", number, fault.what())};
    }
  }
  if (ride.empty() && rides.size() > 1)
    throw command_failed{
        fmt::format("it holds {} rides: choose one with --ride, of {}", rides.size(), choices_text(rides))};
  if (!ride.empty() && !rides.contains(ride))
    throw command_failed{fmt::format("it holds no ride {}, but {}", printable(ride), choices_text(rides))};
  if (seconds.empty())
    throw command_failed{"it holds no second of a ride"};
  return seconds;
}

} // namespace alleycat::cli

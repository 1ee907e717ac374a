#include "simulator/replay.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace alleycat::sim {

namespace {

std::vector<std::string_view> cells_of(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  std::vector<std::string_view> cells;
  for (;;) {
    const auto comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) {
      return cells;
    }
    line.remove_prefix(comma + 1);
  }
}

/// The columns that count, by their place in a row.
class columns {
public:
  explicit columns(std::string_view header) {
    const auto names = cells_of(header);
    const auto place = [&](std::string_view name) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
          return i;
        }
      }
      throw std::runtime_error{fmt::format("line 1: there is no column '{}'", name)};
    };
    ride_ = place("ride");
    second_ = place("second");
    cadence_ = place("cadence_rpm");
    resistance_ = place("resistance_pct");
  }

  struct row {
    std::uint32_t ride, second;
    measurement measured;
  };

  row read(std::string_view line, std::size_t line_number) const {
    const auto cells = cells_of(line);
    const auto number = [&](std::size_t column, double low, double high) {
      const auto cell = column < cells.size() ? cells[column] : std::string_view{};
      double value = 0;
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (error != std::errc{} || end != cell.data() + cell.size() || !(value >= low && value <= high)) {
        throw std::runtime_error{fmt::format("line {}: '{}' is not a number in {}..{}", line_number, cell, low, high)};
      }
      return value;
    };
    const auto tenths = [](double value) { return static_cast<std::uint16_t>(std::lround(value * 10)); };
    return {
        .ride = static_cast<std::uint32_t>(number(ride_, 0, 4294967295.0)),
        .second = static_cast<std::uint32_t>(number(second_, 1, 1'000'000)),
        .measured = {.cadence = tenths(number(cadence_, 0, 250)), .resistance = tenths(number(resistance_, 0, 100))}};
  }

private:
  std::size_t ride_, second_, cadence_, resistance_;
};

} // namespace

std::vector<replay_window> read_replay(std::istream& csv, std::uint32_t seconds) {
  std::string line;
  if (!std::getline(csv, line)) {
    throw std::runtime_error{"line 1: the file is empty"};
  }
  const columns layout{line};
  std::vector<std::uint32_t> order;
  std::map<std::uint32_t, std::map<std::uint32_t, measurement>> rides;
  for (std::size_t line_number = 2; std::getline(csv, line); ++line_number) {
    if (line.empty() || line == "\r") {
      continue;
    }
    const auto row = layout.read(line, line_number);
    auto [ride, is_new] = rides.try_emplace(row.ride);
    if (is_new) {
      order.push_back(row.ride);
    }
    ride->second.try_emplace(row.second, row.measured);
  }
  std::vector<replay_window> windows;
  for (const auto ride : order) {
    const auto& by_second = rides[ride];
    for (std::uint32_t first = 1; !by_second.empty() && first <= by_second.rbegin()->first; first += seconds) {
      replay_window window{.ride = ride, .first_second = first, .measured = {}};
      for (auto at = by_second.lower_bound(first); at != by_second.end() && at->first < first + seconds; ++at) {
        window.measured.push_back(at->second);
      }
      if (window.measured.size() == seconds) {
        windows.push_back(std::move(window));
      }
    }
  }
  return windows;
}

std::vector<replay_window> read_replay_file(const std::string& path, std::uint32_t seconds) {
  std::ifstream csv{path};
  if (!csv) {
    throw std::runtime_error{fmt::format("{}: cannot be read", path)};
  }
  std::vector<replay_window> windows;
  try {
    windows = read_replay(csv, seconds);
  } catch (const std::runtime_error& fault) {
    throw std::runtime_error{fmt::format("{}: {}", path, fault.what())};
  }
  if (windows.empty()) {
    throw std::runtime_error{fmt::format("{}: no ride has a whole window of {} seconds", path, seconds)};
  }
  return windows;
}

} // namespace alleycat::sim

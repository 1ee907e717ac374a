#include "ops/alleycat/format.hpp"

#include "ops/alleycat/text.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace alleycat::cli {

namespace {

constexpr const char* nothing = "-";

} // namespace

std::string score_text(score s) {
  return fmt::format("{}.{:04}", s.value() / 10'000, s.value() % 10'000);
}

std::string rank_text(rank_t rank) {
  return rank == 0 ? nothing : fmt::format("{}", rank);
}

std::string name_text(std::string_view name, racer_id racer) {
  auto text = printable(name);
  return text.empty() ? fmt::format("#{}", racer.value()) : text;
}

std::string time_text(unix_ms t) {
  const std::time_t seconds = ms_of(t) / 1000;
  std::tm utc{};
  return gmtime_r(&seconds, &utc) == nullptr ? nothing : fmt::format("{:%Y-%m-%d %H:%M:%S}", utc);
}

std::string score_cell(const nlohmann::json& row, const char* field) {
  const auto found = row.find(field);
  return found != row.end() && found->is_number() ? fmt::format("{:.4f}", found->get<double>()) : nothing;
}

std::string number_cell(const nlohmann::json& row, const char* field) {
  const auto found = row.find(field);
  return found != row.end() && found->is_number_integer() ? fmt::format("{}", found->get<std::int64_t>()) : nothing;
}

std::string time_cell(const nlohmann::json& row, const char* field) {
  const auto found = row.find(field);
  return found != row.end() && found->is_number_integer() ? time_text(at_ms(found->get<std::int64_t>())) : nothing;
}

std::string name_cell(const nlohmann::json& row) {
  const auto name = row.find("name");
  if (name != row.end() && name->is_string()) {
    if (auto text = printable(name->get<std::string>()); !text.empty()) {
      return text;
    }
  }
  const auto id = number_cell(row, "racerId");
  return id == nothing ? id : "#" + id;
}

std::string sparkline(const std::vector<std::optional<double>>& values, std::size_t width) {
  constexpr std::array<std::string_view, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto columns = std::min(width, values.size());
  std::vector<std::optional<double>> means(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    double sum = 0;
    std::size_t count = 0;
    for (auto i = c * values.size() / columns; i < (c + 1) * values.size() / columns; ++i) {
      if (values[i]) {
        sum += *values[i];
        ++count;
      }
    }
    if (count != 0) {
      means[c] = sum / static_cast<double>(count);
    }
  }
  std::optional<double> lowest;
  std::optional<double> highest;
  for (const auto& mean : means) {
    if (mean) {
      lowest = std::min(lowest.value_or(*mean), *mean);
      highest = std::max(highest.value_or(*mean), *mean);
    }
  }
  std::string line;
  for (const auto& mean : means) {
    if (!mean) {
      line += ' ';
      continue;
    }
    const auto span = *highest - *lowest;
    const auto share = span > 0 ? (*mean - *lowest) / span : 0.5;
    line += bars[std::min(bars.size() - 1, static_cast<std::size_t>(share * static_cast<double>(bars.size())))];
  }
  return line;
}

const nlohmann::json& rows_of(const nlohmann::json& answer) {
  static const auto none = nlohmann::json::array();
  const auto found = answer.find("rows");
  return found != answer.end() && found->is_array() ? *found : none;
}

std::string one_line(std::string_view json) {
  std::string line{json};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return isatty(STDOUT_FILENO) == 1 ? printable(line) : line;
}

} // namespace alleycat::cli
